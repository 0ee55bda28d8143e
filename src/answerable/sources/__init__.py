"""From anybody's file to calls: source profiles, the readers, and the import (sources.md)."""

from answerable.sources.drafting import Draft, draft_profile
from answerable.sources.files.below import Below, Found, files_below
from answerable.sources.files.parquet_rows import is_publishers_parquet
from answerable.sources.importer import import_calls
from answerable.sources.profiling.catalogue import find_profile, profiles
from answerable.sources.profiling.open_questions import OpenQuestion
from answerable.sources.profiling.profile import Profile
from answerable.sources.profiling.profile_text import questions_left, read_profile
from answerable.sources.profiling.recognising import recognise
from answerable.sources.profiling.recognition import Candidate, Fit, Recognition
from answerable.sources.recount import Recount, recount
from answerable.sources.snapshots.later_export import add_snapshot

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
