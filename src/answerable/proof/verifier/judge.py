"""One file at a time: receipts, checkpoints, disclosures, seals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from answerable.errors import MalformedError, ProofError
from answerable.proof.disclosure import Revealed, reveal
from answerable.proof.promise import open_promise
from answerable.proof.quorum import TrustPolicy, Witnessed
from answerable.proof.receipt import Carried, Receipt, Spoken
from answerable.proof.sealing import Seal, seal_of
from answerable.proof.spelling import Json, json_value, utf8
from answerable.proof.tree import leaf_hash, verify_inclusion
from answerable.proof.verifier.verdict import NOT_TRUE, Docket, Judgement, Kind, time_text

NOT_COUNTED = (
    "That the file has so many rows, and that the profile makes the normalised file of it: import the same files with "
    "the same profile, and compare."
)
WITHHELD = "What the values that are not shown were: they are withheld or erased."


def judge_receipt(data: bytes, *, trust: TrustPolicy, entry: bytes | None = None) -> Judgement:
    """A receipt. The entry is the one it carries, or `entry` where its holder left that out (which then must agree)."""
    docket = Docket(Kind.RECEIPT)
    judge_entry(docket, data, trust=trust, entry=entry)
    return docket.closed()


def judge_entry(
    docket: Docket, data: bytes, *, trust: TrustPolicy, entry: bytes | None = None, about: str = ""
) -> dict[str, Json] | None:
    """Put a receipt on the docket; gives what its entry shows, where nothing failed and nothing was missing."""
    before = len(docket.refuted) + len(docket.cannot_tell)
    receipt = docket.check(lambda: Receipt.parse(data), about=about)
    if receipt is None or (carried := _carried(docket, receipt, entry, about=about)) is None:
        return None
    proven, disclosures = carried
    witnessed = _witnessed(docket, receipt, proven, trust=trust, about=about)
    shown = docket.check(lambda: _shown(proven, disclosures), about=about)
    if len(docket.refuted) + len(docket.cannot_tell) > before or witnessed is None:
        return None
    if shown is not None and shown.closed:
        docket.not_proved.append(WITHHELD)
    if shown is not None and shown.value.get("type") == "dataset" and "normalised_sha256" in shown.value:
        docket.not_proved.append(NOT_COUNTED)
    docket.not_proved.append(NOT_TRUE)
    docket.proved.append(f"{about or 'The entry'} {_place(receipt, proven, witnessed)}.")
    docket.add_state(witnessed)
    docket.shows = shown.value if shown else None
    return shown.value if shown else {}


def _carried(
    docket: Docket, receipt: Receipt, entry: bytes | None, *, about: str
) -> tuple[bytes, tuple[str, ...]] | None:
    """The entry to prove, and what is shown of it. Nobody vouches for `extra`: failing to read it refutes nothing."""
    try:
        carried = receipt.carried()
    except MalformedError:
        carried = Carried(None, ())
    if entry is None and carried.entry is None:
        docket.cannot_tell.append(
            f"{about or 'The receipt'}: the entry is not here; without it there is nothing to prove."
        )
        return None
    if entry is not None and carried.entry not in (None, entry):
        docket.refuted.append(f"{about or 'The receipt'}: it carries another entry than the one given.")
        return None
    return entry if entry is not None else carried.entry or b"", carried.disclosures


def _witnessed(docket: Docket, receipt: Receipt, entry: bytes, *, trust: TrustPolicy, about: str) -> Witnessed | None:
    """Inclusion under the stated root is checked first: it needs nobody's key to be refuted."""
    at = receipt.stated()
    docket.check(
        lambda: verify_inclusion(
            leaf_hash(entry), index=receipt.index, size=at.size, proof=receipt.proof, root=at.root
        ),
        about=about,
    )
    return docket.check(lambda: trust.check(receipt.checkpoint), about=about)


def _place(receipt: Receipt, entry: bytes, witnessed: Witnessed) -> str:
    at = witnessed.checkpoint
    words = f"is number {receipt.index:,} of the {at.size:,} entries of the log {at.origin}"
    try:
        return f"{words} (said: {Spoken.of(origin=at.origin, index=receipt.index, leaf=leaf_hash(entry))})"
    except MalformedError:
        return words  # logs of others have other names


def _shown(entry: bytes, disclosures: tuple[str, ...]) -> Revealed | None:
    """What an entry of JSON shows with the disclosures. Without any, one that cannot be read is proved all the same."""
    try:
        return reveal(json_value(utf8(entry, what="the entry"), what="the entry"), disclosures)
    except ProofError:
        if disclosures:
            raise
        return None


def judge_checkpoint(data: bytes, *, trust: TrustPolicy) -> Judgement:
    """A checkpoint by itself: that this state was signed."""
    docket = Docket(Kind.CHECKPOINT)
    if witnessed := docket.check(lambda: trust.check(data)):
        docket.add_state(witnessed)
        docket.not_proved.append("What any entry of the log says.")
        docket.not_proved.append(NOT_TRUE)
    return docket.closed()


def judge_promise(data: bytes, *, trust: TrustPolicy, recorded: Sequence[bytes] = ()) -> Judgement:
    """A promise, held against the entries that receipts given with it have proved (`recorded`)."""
    docket = Docket(Kind.PROMISE)
    if opened := docket.check(lambda: open_promise(data, [party.key for party in trust.logs])):
        promise, key = opened
        when = time_text(promise.promised_at_us // 1_000_000)
        docket.proved.append(
            f"At {when} it was promised to record the entry {promise.id} in the log {promise.origin}, signed by "
            f"{key.name}+{key.key_id.hex()}."
        )
        same_id = [entry for entry in recorded if _id_of(entry) == promise.id]
        if any(promise.is_kept_by(entry) for entry in same_id):
            docket.proved.append("The promise was kept: the entry of the receipt is the one that was promised.")
        elif same_id:
            docket.refuted.append(f"The entry {promise.id} of the receipt is not the one that was promised.")
        else:
            docket.cannot_tell.append(
                f"Whether the promise was kept: the receipt of the entry {promise.id} is not here."
            )
        docket.not_proved.append("That the entry was received at that time: it is the promiser's own clock.")
        docket.not_proved.append(NOT_TRUE)
    return docket.closed()


def _id_of(entry: bytes) -> Json:
    try:
        body = json_value(utf8(entry, what="the entry"), what="the entry")
    except MalformedError:
        return None  # a log of others may hold anything
    return body.get("id") if isinstance(body, dict) else None


def judge_disclosures(data: bytes) -> Judgement:
    """An entry and values shown of it: `{"schema": "answerable/disclosures@1", "entry": TEXT, "disclosures": […]}`."""
    docket = Docket(Kind.DISCLOSURES)
    if docket.check(lambda: _disclosed(docket, data)):
        docket.proved.append("Every value shown is one that this entry committed to, unchanged.")
        docket.not_proved.append("That the entry is in any log: that takes its receipt.")
        docket.not_proved.append(NOT_TRUE)
    return docket.closed()


def _disclosed(docket: Docket, data: bytes) -> bool:
    given = members(data, {"schema", "entry", "disclosures"}, schema="answerable/disclosures@1")
    entry, disclosures = given["entry"], given["disclosures"]
    if not isinstance(entry, str) or not isinstance(disclosures, list):
        raise MalformedError("`entry` is the entry's text and `disclosures` a list of texts")
    texts = [text for text in disclosures if isinstance(text, str)]
    if len(texts) != len(disclosures) or not texts:
        raise MalformedError("`disclosures` is a list of one or more texts")
    revealed = reveal(json_value(entry, what="the entry"), texts)
    docket.shows = revealed.value
    if revealed.closed:
        docket.not_proved.append(WITHHELD)
    return True


def judge_seal(data: bytes, pieces: Iterable[bytes] | None) -> Judgement:
    """A seal against the file it names, given in pieces; None where that file is not here."""
    docket = Docket(Kind.SEAL)
    if named := docket.check(lambda: read_seal(data)):
        name, seal = named
        if pieces is None:
            docket.cannot_tell.append(f"{name}: the sealed file is not here.")
        elif seal_of(pieces) == seal:
            docket.proved.append(
                f"{name} is the file that was sealed: {seal.size_bytes:,} bytes, SHA-256 {seal.sha256}."
            )
        else:
            docket.refuted.append(f"{name} is not the file that was sealed.")
        docket.not_proved.append("When it was sealed, and by whom: that takes the receipt of an entry with this seal.")
        docket.not_proved.append("That what the file says is true.")
    return docket.closed()


def read_seal(data: bytes) -> tuple[str, Seal]:
    """The name and seal in `{"schema": "answerable/seal@1", "file": NAME, "seal": {…}}`; the name is no path."""
    given = members(data, {"schema", "file", "seal"}, schema="answerable/seal@1")
    name = given["file"]
    if not isinstance(name, str) or not is_plain_path(name) or "/" in name:
        raise MalformedError("`file` names the sealed file, which lies beside the seal")
    return name, Seal.from_json(given["seal"])


def members(data: bytes, keys: set[str], *, schema: str) -> dict[str, Json]:
    """The members of a JSON object that has exactly these keys and this schema."""
    given = json_value(utf8(data, what=schema), what=schema)
    if not isinstance(given, dict) or set(given) != keys or given["schema"] != schema:
        raise MalformedError(f"{schema} has {', '.join(sorted(keys))}, and nothing else")
    return given


def is_plain_path(name: str) -> bool:
    """Whether a name is a relative path that leads downwards only, without anything that systems read differently."""
    parts = name.split("/")
    return all(
        part not in ("", ".", "..") and not any(sign < " " or sign in '\\:*?"<>|\x7f' for sign in part)
        for part in parts
    )
