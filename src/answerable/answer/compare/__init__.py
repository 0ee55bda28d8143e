"""Fair comparison: does a caller wait longer, or get fewer answers, than others under the same load?

The protocol is docs/explanation/statistics.md: matching in calendar time, one call an incident, a permutation test and
an exact conditional test, placebos, sensitivity, and what the record could have shown. Arrays in, values out.
"""
