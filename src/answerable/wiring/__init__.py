"""The one place where files, settings, rooms and ports meet: what the doors call. No rule of the field is here."""

from answerable.sources import find_profile, recognise
from answerable.sources import profiles as list_profiles
from answerable.wiring.demo import DemoResult, play_demo
from answerable.wiring.examining import describe_file, examine_file
from answerable.wiring.importing import import_file
from answerable.wiring.policies import PolicyCheck, check_policies

__all__ = [
    "DemoResult",
    "PolicyCheck",
    "check_policies",
    "describe_file",
    "examine_file",
    "find_profile",
    "import_file",
    "list_profiles",
    "play_demo",
    "recognise",
]
