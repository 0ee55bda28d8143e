"""The one place where files, settings, rooms and ports meet: what the doors call. No rule of the field is here."""

from answerable.sources import find_profile, recognise
from answerable.sources import profiles as list_profiles
from answerable.wiring.backtesting import backtest_policy
from answerable.wiring.claims import check_claim, new_claim, register_claim
from answerable.wiring.comparing import PolicyDiff, RegionCompared, compare_policy_files
from answerable.wiring.demo import DemoResult, play_demo
from answerable.wiring.drafting import Drafted, ProfileChecked, check_profile, draft_file
from answerable.wiring.examining import describe_file, examine_file
from answerable.wiring.explaining import Explained, Recomputed, explain_call, recompute_receipt
from answerable.wiring.exporting import Exported, export_sqlite
from answerable.wiring.handbook import HandbookWritten, write_handbook
from answerable.wiring.importing import import_file
from answerable.wiring.listing import ListReconciled, reconcile_list
from answerable.wiring.policies import PolicyCheck, check_policies
from answerable.wiring.reconciling import reconcile
from answerable.wiring.sampling import SampleDrawn, SampleRead, by_outcome, draw_sample, read_sample, sample_result
from answerable.wiring.verifying import Judged, read_trust, verify_paths
from answerable.wiring.writing import LaidOut, lay_out, schema_text, starter_policy, write_new

__all__ = [
    "DemoResult",
    "Drafted",
    "Explained",
    "Exported",
    "HandbookWritten",
    "Judged",
    "LaidOut",
    "ListReconciled",
    "PolicyCheck",
    "PolicyDiff",
    "ProfileChecked",
    "Recomputed",
    "RegionCompared",
    "SampleDrawn",
    "SampleRead",
    "backtest_policy",
    "by_outcome",
    "check_claim",
    "check_policies",
    "check_profile",
    "compare_policy_files",
    "describe_file",
    "draft_file",
    "draw_sample",
    "examine_file",
    "explain_call",
    "export_sqlite",
    "find_profile",
    "import_file",
    "lay_out",
    "list_profiles",
    "new_claim",
    "play_demo",
    "read_sample",
    "read_trust",
    "recognise",
    "recompute_receipt",
    "reconcile",
    "reconcile_list",
    "register_claim",
    "sample_result",
    "schema_text",
    "starter_policy",
    "verify_paths",
    "write_handbook",
    "write_new",
]
