"""The whole error tree. A class's docstring is its default message: what happened, and what to do.

AnswerableError
├── InputError                  something given to us is wrong (exit 2)
│   ├── RowError                a value in a file of rows: names file, line, column, value
│   │   ├── SourceError         a file of calls
│   │   └── ClaimError          a claim, its facts, decisions or evidence
│   ├── PolicyError             a response policy: names line, column, rule
│   └── FindingError            a finding cannot take that step: signed before anybody was asked, changed, not whole
├── ProofError                  a proof does not hold (exit 1)
│   ├── MalformedError          not the bytes a proof is made of
│   ├── InclusionError          the entry is not in that log, at that place
│   ├── ConsistencyError        one state of the log does not continue the other
│   ├── DisclosureError         what is shown is not what the entry committed to
│   └── SignatureError          a signature by a known key is false
│       └── UntrustedError      none, or too few, of the keys you trust have signed: proves nothing either way
├── RecordError                 the record could not do it; help itself never waits for it
│   ├── ConflictError           the id is taken by another entry (exit 2)
│   ├── OverloadedError         too much is waiting; send it again (exit 4)
│   ├── UncertainWriteError     it may or may not be recorded; stop and look (exit 4)
│   │   └── UnansweredWriteError    a server did not say; what it holds is read again first
│   └── ForkedLogError          there would be two histories; nothing is signed (exit 4)
├── DeskError                   the desk does not do this, and says why (exit 2)
│   ├── NotAllowedError         not this role, or not one's own
│   ├── RankError               the rank that this person holds now is too low
│   ├── UnknownSubjectError     there is no such call or request
│   ├── NotPossibleError        not in this state
│   ├── IncompleteError         something that must be said is missing
│   └── RecordDownError         the record takes nothing, and this ends something (exit 4)
├── SettingsError               an option or environment value is wrong (exit 2)
├── StorageError                the disk refused; what was there before is untouched (exit 4)
└── MissingExtraError           an optional engine is not installed (exit 5)

Exit 1 is kept for "the answer is no" (a check that found faults), never for a crash.
"""

from __future__ import annotations

from typing import ClassVar


class AnswerableError(Exception):
    """Something went wrong that nobody foresaw. Please report it with the text above."""

    code: ClassVar[str] = "unexpected"
    exit_code: ClassVar[int] = 70

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        self.message = message if message is not None else (type(self).__doc__ or "").strip()
        self.hint = hint
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message

    def as_dict(self) -> dict[str, object]:
        """The error as JSON-ready values: code, message, hint, and where it happened."""
        return {"error": self.code, "message": self.message, "hint": self.hint, **self.where()}

    def where(self) -> dict[str, object]:
        """The place of the fault, as far as it is known."""
        return {}


class InputError(AnswerableError):
    """The input cannot be used as it is. Nothing was written; correct it and run again."""

    code = "input"
    exit_code = 2


class RowError(InputError):
    """A value in a file of rows cannot be used. See the place named."""

    code = "row"
    shows_value: ClassVar[bool] = False

    def __init__(
        self,
        message: str | None = None,
        *,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.file, self.line, self.column, self.value = file, line, column, value
        parts = (
            file,
            f"line {line}" if line is not None else None,
            f"column {column}" if column is not None else None,
            f"value {value!r}" if value is not None and self.shows_value else None,
        )
        place = ", ".join(part for part in parts if part)
        text = message if message is not None else (type(self).__doc__ or "").strip()
        super().__init__(f"{place}: {text}" if place else text, hint=hint)

    def where(self) -> dict[str, object]:
        """File, line (1-based, physical), column name and value, as far as the fault has them."""
        return {"file": self.file, "line": self.line, "column": self.column, "value": self.value}


class SourceError(RowError):
    """The file of calls cannot be read as it is. Nothing was lost; see the place named."""

    code = "source"
    shows_value = True


class PolicyError(InputError):
    """The response policy cannot be used. See the line named; `answerable policy check` lists everything."""

    code = "policy"

    def __init__(
        self,
        message: str | None = None,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        rule: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.file, self.line, self.column, self.rule = file, line, column, rule
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        text = message if message is not None else (type(self).__doc__ or "").strip()
        self.what = text
        """What is wrong, without its place."""
        if rule:
            text = f"{rule}: {text}"
        super().__init__(f"{place}: {text}" if place else text, hint=hint)

    def where(self) -> dict[str, object]:
        """File, line and column (1-based), rule id."""
        return {"file": self.file, "line": self.line, "column": self.column, "rule": self.rule}


class ClaimError(RowError):
    """The claim, or a file it rests on, cannot be used. See the key named."""

    code = "claim"


class FindingError(InputError):
    """The finding cannot take that step. What it lacks is named; nothing was changed."""

    code = "finding"


class ProofError(AnswerableError):
    """The proof does not hold. Keep the file as it is, and ask where it came from."""

    code = "proof"
    exit_code = 1


class MalformedError(ProofError):
    """These are not the bytes that a proof is made of. Ask for the file again, unedited."""

    code = "malformed"


class InclusionError(ProofError):
    """The proof does not lead from this entry to the signed root."""

    code = "inclusion"


class ConsistencyError(ProofError):
    """The later state of the log does not continue the earlier one. Keep both: together they are evidence."""

    code = "consistency"


class DisclosureError(ProofError):
    """What is shown is not what the entry committed to."""

    code = "disclosure"


class SignatureError(ProofError):
    """A key that you trust is named, but the signature is not its own."""

    code = "signature"


class UntrustedError(SignatureError):
    """None, or too few, of the keys you trust have signed. This proves nothing, in either direction."""

    code = "untrusted"


class SettingsError(AnswerableError):
    """An option or a setting has a value that cannot be used."""

    code = "settings"
    exit_code = 2


class StorageError(AnswerableError):
    """The disk refused to read or write. What was there before is untouched."""

    code = "storage"
    exit_code = 4


class HeldRecordError(StorageError):
    """Another program is writing to this record, and only one may. Sending the same entries again is safe."""

    code = "record-held"


class MissingExtraError(AnswerableError):
    """An optional part that this needs is not installed."""

    code = "missing-extra"
    exit_code = 5


class RecordError(AnswerableError):
    """The record could not do this. What it holds is unchanged."""

    code = "record"
    exit_code = 4
    http_status: ClassVar[int] = 500
    retry: ClassVar[bool] = False


class ConflictError(RecordError):
    """An entry with this id and other content is in the record already. Nothing was added; use another id."""

    code = "conflict"
    exit_code = 2
    http_status = 409


class OverloadedError(RecordError):
    """Too many entries are waiting. Nothing was recorded; send it again, with the same id, in a second."""

    code = "overloaded"
    http_status = 503
    retry = True


class UncertainWriteError(RecordError):
    """The disk failed while writing: what was sent may be recorded or not. The record has stopped."""

    code = "uncertain-write"
    http_status = 500


class UnansweredWriteError(UncertainWriteError):
    """The server did not answer whether it wrote. What it holds is read again before anything more is written."""

    code = "unanswered-write"
    retry = True


class ForkedLogError(RecordError):
    """The record does not continue what was signed before. Nothing is signed."""

    code = "forked-log"


class DeskError(AnswerableError):
    """The desk does not do this."""

    code = "desk"
    exit_code = 2
    http_status: ClassVar[int] = 400


class NotAllowedError(DeskError):
    """Your role may not do this."""

    code = "not-allowed"
    http_status = 403


class RankError(NotAllowedError):
    """The rank that you hold now is too low for this."""

    code = "rank"


class UnknownSubjectError(DeskError):
    """There is no such call or request in this record."""

    code = "unknown-subject"
    http_status = 404


class NotPossibleError(DeskError):
    """Nobody can do it in the state in which the call or request is."""

    code = "not-possible"
    http_status = 409


class IncompleteError(DeskError):
    """Something that must be said is missing."""

    code = "incomplete"
    http_status = 422


class RecordDownError(DeskError):
    """The record takes nothing now, and what ends a call is not done without it. Responding goes on."""

    code = "record-down"
    exit_code = 4
    http_status = 503
