"""Text rows into the staging database: read in blocks, numbered, every physical line accounted for."""
