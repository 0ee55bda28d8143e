"""From anybody's file to calls: source profiles, the readers, and the import (sources.md)."""

from answerable.sources.below import Below, Found, files_below
from answerable.sources.catalogue import find_profile, profiles
from answerable.sources.importer import import_calls
from answerable.sources.parquet_rows import is_publishers_parquet
from answerable.sources.profile import Profile
from answerable.sources.profile_text import read_profile
from answerable.sources.recognising import recognise
from answerable.sources.recognition import Candidate, Fit, Recognition
from answerable.sources.recount import Recount, recount
from answerable.sources.snapshots import add_snapshot

__all__ = [
    "Below",
    "Candidate",
    "Fit",
    "Found",
    "Profile",
    "Recognition",
    "Recount",
    "add_snapshot",
    "files_below",
    "find_profile",
    "import_calls",
    "is_publishers_parquet",
    "profiles",
    "read_profile",
    "recognise",
    "recount",
]
