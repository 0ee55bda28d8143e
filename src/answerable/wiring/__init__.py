"""The one place where files, settings, rooms and ports meet: what the doors call. No rule of the field is here."""

from answerable.sources import find_profile, recognise
from answerable.sources import profiles as list_profiles
from answerable.wiring.backtesting import backtest_policy
from answerable.wiring.demo import DemoResult, play_demo
from answerable.wiring.examining import describe_file, examine_file
from answerable.wiring.exporting import Exported, export_sqlite
from answerable.wiring.handbook import HandbookWritten, write_handbook
from answerable.wiring.importing import import_file
from answerable.wiring.policies import PolicyCheck, check_policies
from answerable.wiring.sampling import SampleDrawn, SampleRead, by_outcome, draw_sample, read_sample, sample_result

__all__ = [
    "DemoResult",
    "Exported",
    "HandbookWritten",
    "PolicyCheck",
    "SampleDrawn",
    "SampleRead",
    "backtest_policy",
    "by_outcome",
    "check_policies",
    "describe_file",
    "draw_sample",
    "examine_file",
    "export_sqlite",
    "find_profile",
    "import_file",
    "list_profiles",
    "play_demo",
    "read_sample",
    "recognise",
    "sample_result",
    "write_handbook",
]
