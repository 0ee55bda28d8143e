"""Answerable: the system of record and of proof for calls for help."""

__version__ = "0.1.0"
