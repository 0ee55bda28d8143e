"""Answer: what became of each call, and what the record says to an allegation. Pure: values in, values out."""
