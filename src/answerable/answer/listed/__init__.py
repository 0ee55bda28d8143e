"""Which calls of the record the entries of a complainant's list are: every weight stated, in doubt a person looks."""
