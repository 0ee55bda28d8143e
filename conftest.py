"""Makes `tests.support` importable from every test."""
