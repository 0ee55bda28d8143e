"""Findings to people: the page, the calls, the findings as JSON, the manifest; and the plain words of every key."""

from answerable.report.write import write_report

__all__ = ["write_report"]
