"""The one place where files, settings, rooms and ports meet: what the doors call. No rule of the field is here."""

from answerable.sources import find_profile, recognise
from answerable.sources import profiles as list_profiles
from answerable.wiring.bundling import Bundled, Given, bundle_result
from answerable.wiring.demo import DemoResult, play_demo
from answerable.wiring.documents import (
    Committed,
    Sealed,
    commit_evidence,
    file_evidence,
    open_evidence,
    seal_file,
)
from answerable.wiring.examining import describe_file, examine_file
from answerable.wiring.exporting import Exported, export_sqlite
from answerable.wiring.importing import import_file
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
from answerable.wiring.publishing import Published, publish_record
from answerable.wiring.recording import open_record, read_record
from answerable.wiring.sampling import SampleDrawn, SampleRead, by_outcome, draw_sample, read_sample, sample_result
from answerable.wiring.verifying import Judged, read_trust, verify_paths
from answerable.wiring.witnessing import Witness, look_at_log, open_witness

__all__ = [
    "Appended",
    "Bundled",
    "Committed",
    "DemoResult",
    "Exported",
    "Given",
    "Judged",
    "Made",
    "PolicyCheck",
    "Proved",
    "Published",
    "Recorded",
    "Rotated",
    "SampleDrawn",
    "SampleRead",
    "Sealed",
    "State",
    "Witness",
    "append_lines",
    "bundle_result",
    "by_outcome",
    "check_policies",
    "close_record",
    "commit_evidence",
    "describe_file",
    "draw_sample",
    "examine_file",
    "examine_record",
    "export_sqlite",
    "file_evidence",
    "find_profile",
    "import_file",
    "list_profiles",
    "look_at_log",
    "make_record",
    "open_evidence",
    "open_record",
    "open_witness",
    "play_demo",
    "publish_record",
    "read_record",
    "read_sample",
    "read_trust",
    "receipt_for",
    "recognise",
    "redact_fields",
    "rotate_key",
    "sample_result",
    "seal_file",
    "state_of",
    "verify_paths",
]
