"""Where records are kept: memory, SQLite, PostgreSQL, tile files. Adapters of the ports of `answerable.record`."""
