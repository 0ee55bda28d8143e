"""Desks to test with: a record in memory, a clock that is set by hand, people who hold their roles."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.records import KEYRING, ORIGIN, Parts, in_memory

from answerable.errors import AnswerableError
from answerable.model.vocabulary import FactValue
from answerable.proof.note import SigningKey
from answerable.proof.promise import key_name
from answerable.record.opening import looked_again, opened
from answerable.record.ports import Clock, Store, Vault
from answerable.record.prepared import Prepared
from answerable.record.sequencer import Placed, Sequencer
from answerable.watch import commands as do
from answerable.watch.alarms import Alarm
from answerable.watch.events import Event, EventName
from answerable.watch.people import DESK_ITSELF, Actor, Role
from answerable.watch.rules import DeskRules
from answerable.watch.subject import Subject
from answerable.wiring.desk_core import DeskCore, Spool, Written
from answerable.wiring.desk_spool import MemorySpool
from answerable.wiring.promising import Promiser

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOON = 1_529_434_800_000_000
"""19 June 2018, 12:00 in Portland."""

ALDER = Path(__file__).resolve().parents[2] / "src/answerable/demo/story/policies/alder-city-2018-01-01.toml"
ALDER_NAME = "alder-city/response 2018-01-01"

PROMISER = Promiser(ORIGIN, SigningKey(name=key_name(ORIGIN), seed=bytes(range(32, 64))))

CALLER = Actor(id="c-1", role=Role.CALLER)
FPS = Actor(id="q-1", role=Role.REQUESTER, agency="Federal Protective Service")
OTHER_AGENCY = Actor(id="q-2", role=Role.REQUESTER, agency="County Sheriff")
TAKER = Actor(id="u-taker", role=Role.CALL_TAKER)
DISPATCHER = Actor(id="u-dispatch", role=Role.DISPATCHER)
SERGEANT = Actor(id="u-sergeant", role=Role.WATCH_COMMANDER)
DEPUTY = Actor(id="u-deputy", role=Role.WATCH_COMMANDER)
CHIEF = Actor(id="u-chief", role=Role.WATCH_COMMANDER)
WRITER = Actor(id="u-writer", role=Role.POLICY_OFFICER)
APPROVER = Actor(id="u-approver", role=Role.POLICY_APPROVER)
AUDITOR = Actor(id="u-audit", role=Role.AUDITOR)
ADMIN = Actor(id="console", role=Role.ADMINISTRATOR)
CAD = Actor(id="cad", role=Role.FEED)
RANKS = {SERGEANT: "watch_commander", DEPUTY: "deputy_chief", CHIEF: "chief", DISPATCHER: "dispatcher"}

CALM: dict[str, FactValue] = {"life_safety": False, "officer_assaulted": False, "safe_exit_needed": False}
RESOURCES: dict[str, FactValue] = {
    "asks_for": "additional_resources",
    "requester": "federal_agency",
    "place": "federal_property",
    "alternatives_exhausted": False,
    "own_service_used": True,
    "priority": 4,
    **CALM,
}
"""What makes a request one that a deputy chief may decline for now (Directive B.4)."""


class HandClock:
    """Shows what it is set to."""

    def __init__(self, now_us: int = NOON) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        return self.now_us


class SequencedRecorder:
    """A record without a thread: the sequencer itself. Implements `answerable.wiring.desk_core.Recorder`."""

    def __init__(self, parts: Parts, clock: Clock, *, seed: int = 0) -> None:
        self.store: Store = parts.store
        self.vault: Vault = parts.vault
        self.origin = ORIGIN
        snapshot = opened(origin=ORIGIN, store=parts.store, high_water=parts.high_water, keys=KEYRING.verifiers)
        self.sequencer = Sequencer(
            origin=ORIGIN,
            store=parts.store,
            vault=parts.vault,
            high_water=parts.high_water,
            keyring=KEYRING,
            clock=clock,
            chance=random.Random(seed).randbytes,
            snapshot=snapshot,
        )

    def submit(self, prepared: Sequence[Prepared]) -> list[Placed | AnswerableError]:
        """See `Recorder.submit`."""
        self.sequencer = looked_again(self.sequencer)
        return list(self.sequencer.write(prepared))

    def promise(self, prepared: Prepared, *, at_us: int) -> bytes | None:
        """See `Recorder.promise`."""
        return PROMISER.promise(prepared, at_us=at_us)


class Room:
    """A desk with everybody in it. `say` gives a command and hands back the answer or raises what the desk says."""

    def __init__(
        self,
        *,
        parts: Parts | None = None,
        spool: Spool | None = None,
        clock: HandClock | None = None,
        policies: Sequence[Path] = (ALDER,),
        rules: DeskRules | None = None,
        seed: int = 1,
        staffed: bool = True,
    ) -> None:
        self.parts = parts or in_memory()
        self.clock = clock or HandClock()
        self.spool = spool or MemorySpool()
        chance = random.Random(seed).randbytes
        recorder = SequencedRecorder(self.parts, self.clock, seed=seed)
        self.core = DeskCore(recorder, self.spool, time=self.clock, chance=chance, rules=rules)
        self.core.replay()
        self._numbers = iter(range(1_000_000))
        self._prefix = f"s{seed}"
        if policies and not self.core.world.versions:
            self.core.enter([self._filed(path) for path in policies])
            self.core.tick()
        if staffed:
            for actor in (TAKER, DISPATCHER, SERGEANT, DEPUTY, CHIEF, WRITER, APPROVER):
                self.assign(actor, RANKS.get(actor))

    def _filed(self, path: Path) -> Event:
        return Event(
            id=self.core.new_id(),
            name=EventName.POLICY_FILED,
            actor=DESK_ITSELF,
            recorded_at_us=self.clock(),
            public={"text": path.read_text(encoding="utf-8"), "file": path.name},
        )

    def assign(self, actor: Actor, rank: str | None = None, **more: Any) -> None:
        self.say(do.Assign(id=self.id(), person=actor.id, role=actor.role, rank=rank, **more), ADMIN)

    def id(self) -> str:
        return f"{self._prefix}-{next(self._numbers)}"

    def say(self, command: do.Command, by: Actor) -> Written:
        (answer,) = self.core.take([(command, by)])
        if isinstance(answer, AnswerableError):
            raise answer
        return answer

    def call(self, by: Actor = TAKER, *, facts: Mapping[str, FactValue] | None = None, **more: Any) -> str:
        """A call for help; priority 3, nobody in danger, unless `facts` says otherwise."""
        given: dict[str, FactValue] = {"kind": "call", "asks_for": "help", "priority": 3, **CALM}
        command = do.ReceiveCall(id=self.id(), facts={**given, **(facts or {})}, **more)
        return self.say(command, by).id

    def request(self, by: Actor = FPS, *, facts: Mapping[str, FactValue] | None = None, **more: Any) -> str:
        """A request for more officers, which may be declined for now."""
        given = {**RESOURCES, **(facts or {})}
        fields = {"agency": FPS.agency, "asks": "Four officers at the gate", **more}
        return self.say(do.RequestAssistance(id=self.id(), facts=given, **fields), by).id

    def decline(self, about: str, by: Actor = DEPUTY, **changed: Any) -> Written:
        """A refusal in which nothing is missing, but for what `changed` says."""
        fields: dict[str, Any] = {
            "policy_version": ALDER_NAME,
            "clause": "agency-resources",
            "reason_code": do.ReasonCode.ALTERNATIVES_NOT_EXHAUSTED,
            "conditions": (
                do.ConditionAsked(text="Everything short of arrests was tried", fact="alternatives_exhausted"),
            ),
            "review_due_us": self.clock() + DAY,
            "notice_text": "Not now; report it when you have tried everything else.",
            **changed,
        }
        return self.say(do.Decline(id=self.id(), about=about, **fields), by)

    def fact(
        self, about: str, fact: str, value: FactValue | None, *, by: Actor = TAKER, said_by: str = "caller"
    ) -> None:
        self.say(do.ReportFact(id=self.id(), about=about, fact=fact, value=value, asserted_by=said_by), by)

    def unit(self, about: str, status: do.UnitStatus, *, unit: str = "4A12", by: Actor = DISPATCHER) -> None:
        self.say(do.RecordUnit(id=self.id(), about=about, unit=unit, status=status), by)

    def pass_time(self, us: int, *, step_us: int = 10 * 1_000_000) -> None:
        """Let time go by, a tick every `step_us`."""
        end_us = self.clock.now_us + us
        while self.clock.now_us < end_us:
            self.clock.now_us = min(end_us, self.clock.now_us + step_us)
            self.core.tick()

    def subject(self, id: str) -> Subject:  # noqa: A002
        found = self.core.world.subject(id)
        assert found is not None
        return found

    def alarms(self, id: str) -> list[str]:  # noqa: A002
        return [alarm.kind.value for alarm in self.subject(id).alarms]

    def alarm(self, id: str) -> Alarm:  # noqa: A002
        (alarm,) = self.subject(id).alarms
        return alarm

    def events(self, id: str) -> list[str]:  # noqa: A002
        return [event.name.value for event in self.core.events_of(self.subject(id))]

    def reopened(self, *, seed: int = 99) -> Room:
        """Another desk on the same record and spool, as after a stop."""
        return Room(
            parts=self.parts, spool=self.spool, clock=self.clock, rules=self.core.world.rules, seed=seed, staffed=False
        )
