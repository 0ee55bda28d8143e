"""The one place where files, settings, rooms and ports meet: what the doors call. No rule of the field is here."""

from answerable.sources import find_profile, recognise
from answerable.sources import profiles as list_profiles
from answerable.wiring.auditing import audit_files
from answerable.wiring.backtesting import backtest_policy
from answerable.wiring.bundling import Bundled, Given, bundle_result
from answerable.wiring.claims import Registered, check_claim, new_claim, register_claim
from answerable.wiring.comparing import PolicyDiff, RegionCompared, compare_policy_files
from answerable.wiring.demo import DemoResult, play_demo
from answerable.wiring.documents import (
    Committed,
    Sealed,
    commit_evidence,
    file_evidence,
    open_evidence,
    seal_file,
)
from answerable.wiring.drafting import Drafted, ProfileChecked, check_profile, draft_file
from answerable.wiring.examining import describe_file, examine_file
from answerable.wiring.explaining import Explained, Recomputed, explain_call, recompute_receipt
from answerable.wiring.exporting import Exported, export_sqlite
from answerable.wiring.finding_acts import (
    FindingTold,
    ask_for_reply,
    enter_reply,
    propose_finding,
    show_finding,
    supersede_finding,
)
from answerable.wiring.finding_publishing import FindingPublished, publish_finding
from answerable.wiring.finding_signature import KeyMade, make_signer_key, read_signer_key
from answerable.wiring.finding_signing import sign_finding
from answerable.wiring.generating import generate_calls
from answerable.wiring.handbook import HandbookWritten, write_handbook
from answerable.wiring.importing import import_file
from answerable.wiring.listing import ListReconciled, reconcile_list
from answerable.wiring.log_reading import read_log_versions
from answerable.wiring.log_verbs import (
    Appended,
    Made,
    Proved,
    Recorded,
    Rotated,
    State,
    append_lines,
    close_record,
    examine_record,
    make_record,
    receipt_for,
    redact_fields,
    rotate_key,
    state_of,
)
from answerable.wiring.policies import PolicyCheck, check_policies
from answerable.wiring.publisher import Round, open_publisher
from answerable.wiring.publishing import Published, publish_record
from answerable.wiring.reconciling import reconcile
from answerable.wiring.recording import open_record, read_record
from answerable.wiring.registering import RegistrationEntered, seal_into
from answerable.wiring.sampling import SampleDrawn, SampleRead, by_outcome, draw_sample, read_sample, sample_result
from answerable.wiring.trusting import read_trust
from answerable.wiring.verifying import Judged, verify_paths
from answerable.wiring.witnessing import Witness, look_at_log, open_witness
from answerable.wiring.writing import LaidOut, lay_out, schema_text, starter_policy, write_new

__all__ = [
    "Appended",
    "Bundled",
    "Committed",
    "DemoResult",
    "Drafted",
    "Explained",
    "Exported",
    "FindingPublished",
    "FindingTold",
    "Given",
    "HandbookWritten",
    "Judged",
    "KeyMade",
    "LaidOut",
    "ListReconciled",
    "Made",
    "PolicyCheck",
    "PolicyDiff",
    "ProfileChecked",
    "Proved",
    "Published",
    "Recomputed",
    "Recorded",
    "RegionCompared",
    "Registered",
    "RegistrationEntered",
    "Rotated",
    "Round",
    "SampleDrawn",
    "SampleRead",
    "Sealed",
    "State",
    "Witness",
    "append_lines",
    "ask_for_reply",
    "audit_files",
    "backtest_policy",
    "bundle_result",
    "by_outcome",
    "check_claim",
    "check_policies",
    "check_profile",
    "close_record",
    "commit_evidence",
    "compare_policy_files",
    "describe_file",
    "draft_file",
    "draw_sample",
    "enter_reply",
    "examine_file",
    "examine_record",
    "explain_call",
    "export_sqlite",
    "file_evidence",
    "find_profile",
    "generate_calls",
    "import_file",
    "lay_out",
    "list_profiles",
    "look_at_log",
    "make_record",
    "make_signer_key",
    "new_claim",
    "open_evidence",
    "open_publisher",
    "open_record",
    "open_witness",
    "play_demo",
    "propose_finding",
    "publish_finding",
    "publish_record",
    "read_log_versions",
    "read_record",
    "read_sample",
    "read_signer_key",
    "read_trust",
    "receipt_for",
    "recognise",
    "recompute_receipt",
    "reconcile",
    "reconcile_list",
    "redact_fields",
    "register_claim",
    "rotate_key",
    "sample_result",
    "schema_text",
    "seal_file",
    "seal_into",
    "show_finding",
    "sign_finding",
    "starter_policy",
    "state_of",
    "supersede_finding",
    "verify_paths",
    "write_handbook",
    "write_new",
]
