"""The story of the demonstration: two months of calls in a made-up city, as files an agency would hand over."""

from __future__ import annotations

from answerable.demo.entries import StoryEntry, story_entries
from answerable.demo.write import NOTICE, Story, write_story

__all__ = ["NOTICE", "Story", "StoryEntry", "story_entries", "write_story"]
