"""From anybody's file to calls: source profiles, the readers, and the import (sources.md)."""

from answerable.sources.below import Below, Found, files_below
from answerable.sources.catalogue import find_profile, profiles
from answerable.sources.drafting import Draft, draft_profile
from answerable.sources.importer import import_calls
from answerable.sources.open_questions import OpenQuestion
from answerable.sources.parquet_rows import is_publishers_parquet
from answerable.sources.profile import Profile
from answerable.sources.profile_text import questions_left, read_profile
from answerable.sources.recognising import recognise
from answerable.sources.recognition import Candidate, Fit, Recognition
from answerable.sources.recount import Recount, recount
from answerable.sources.snapshots import add_snapshot

__all__ = [
    "Below",
    "Candidate",
    "Draft",
    "Fit",
    "Found",
    "OpenQuestion",
    "Profile",
    "Recognition",
    "Recount",
    "add_snapshot",
    "draft_profile",
    "files_below",
    "find_profile",
    "import_calls",
    "is_publishers_parquet",
    "profiles",
    "questions_left",
    "read_profile",
    "recognise",
    "recount",
]
