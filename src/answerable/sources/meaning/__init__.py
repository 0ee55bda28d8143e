"""Rows to canonical calls, as SQL: times to instants, units folded to calls, codes to meanings, facts."""
