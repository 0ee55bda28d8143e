"""The one place where files, settings, rooms and ports meet: what the doors call. No rule of the field is here.

Each name is loaded with its module when it is first asked for: no command waits for engines that it does not use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from answerable.sources.profiling.catalogue import find_profile
    from answerable.sources.profiling.catalogue import profiles as list_profiles
    from answerable.sources.profiling.recognising import recognise
    from answerable.wiring.auditing import audit_files
    from answerable.wiring.backtesting import backtest_policy
    from answerable.wiring.bundling import Bundled, Given, bundle_result
    from answerable.wiring.claim_answers import ClaimsAnswered, answer_claims
    from answerable.wiring.claims import Registered, check_claim, new_claim, register_claim
    from answerable.wiring.comparing import PolicyDiff, RegionCompared, compare_policy_files
    from answerable.wiring.demo import DemoResult, play_demo
    from answerable.wiring.describing import describe_file, describe_files, describe_sources
    from answerable.wiring.documents import Committed, Sealed, commit_evidence, file_evidence, open_evidence, seal_file
    from answerable.wiring.drafting import Drafted, ProfileChecked, check_profile, draft_file
    from answerable.wiring.examining import examine_file
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

_PLACES: dict[str, str] = {
    "answerable.sources.profiling.catalogue": "find_profile list_profiles",
    "answerable.sources.profiling.recognising": "recognise",
    "answerable.wiring.auditing": "audit_files",
    "answerable.wiring.backtesting": "backtest_policy",
    "answerable.wiring.bundling": "Bundled Given bundle_result",
    "answerable.wiring.claim_answers": "ClaimsAnswered answer_claims",
    "answerable.wiring.claims": "Registered check_claim new_claim register_claim",
    "answerable.wiring.comparing": "PolicyDiff RegionCompared compare_policy_files",
    "answerable.wiring.demo": "DemoResult play_demo",
    "answerable.wiring.documents": "Committed Sealed commit_evidence file_evidence open_evidence seal_file",
    "answerable.wiring.drafting": "Drafted ProfileChecked check_profile draft_file",
    "answerable.wiring.describing": "describe_file describe_files describe_sources",
    "answerable.wiring.examining": "examine_file",
    "answerable.wiring.explaining": "Explained Recomputed explain_call recompute_receipt",
    "answerable.wiring.exporting": "Exported export_sqlite",
    "answerable.wiring.finding_acts": (
        "FindingTold ask_for_reply enter_reply propose_finding show_finding supersede_finding"
    ),
    "answerable.wiring.finding_publishing": "FindingPublished publish_finding",
    "answerable.wiring.finding_signature": "KeyMade make_signer_key read_signer_key",
    "answerable.wiring.finding_signing": "sign_finding",
    "answerable.wiring.generating": "generate_calls",
    "answerable.wiring.handbook": "HandbookWritten write_handbook",
    "answerable.wiring.importing": "import_file",
    "answerable.wiring.listing": "ListReconciled reconcile_list",
    "answerable.wiring.log_reading": "read_log_versions",
    "answerable.wiring.log_verbs": (
        "Appended Made Proved Recorded Rotated State append_lines "
        "close_record examine_record make_record receipt_for redact_fields rotate_key state_of"
    ),
    "answerable.wiring.policies": "PolicyCheck check_policies",
    "answerable.wiring.publisher": "Round open_publisher",
    "answerable.wiring.publishing": "Published publish_record",
    "answerable.wiring.reconciling": "reconcile",
    "answerable.wiring.recording": "open_record read_record",
    "answerable.wiring.registering": "RegistrationEntered seal_into",
    "answerable.wiring.sampling": "SampleDrawn SampleRead by_outcome draw_sample read_sample sample_result",
    "answerable.wiring.trusting": "read_trust",
    "answerable.wiring.verifying": "Judged verify_paths",
    "answerable.wiring.witnessing": "Witness look_at_log open_witness",
    "answerable.wiring.writing": "LaidOut lay_out schema_text starter_policy write_new",
}
_MODULE_OF = {name: module for module, names in _PLACES.items() for name in names.split()}
_CALLED_THERE = {"list_profiles": "profiles"}


def __getattr__(name: str) -> object:
    """Load a name when it is first asked for."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_MODULE_OF[name]), _CALLED_THERE.get(name, name))
    globals()[name] = found
    return found


__all__ = [
    "Appended",
    "Bundled",
    "ClaimsAnswered",
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
    "answer_claims",
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
    "describe_files",
    "describe_sources",
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
