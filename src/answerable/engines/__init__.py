"""Bulk engines: DuckDB over the canonical Parquet file, its SQL in .sql files."""
