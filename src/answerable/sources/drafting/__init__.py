"""A draft of a profile for a file that nobody has described: what its rows show, and what only a person can answer."""

from answerable.sources.drafting.draft import draft_profile
from answerable.sources.drafting.paper import Draft, Guess, Question, Unused

__all__ = ["Draft", "Guess", "Question", "Unused", "draft_profile"]
