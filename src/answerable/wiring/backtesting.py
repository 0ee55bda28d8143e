"""A back-test: calls judged under the policy of the time, and under another as if it had been in force."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from answerable import __version__
from answerable.answer.intake.decisions_file import read_decisions
from answerable.answer.intake.facts_file import read_facts
from answerable.answer.record import terms_of
from answerable.config import read_settings
from answerable.engines.backtest import calls_by_version, changed_calls, compare, judge_twice
from answerable.engines.coded_record import fresh_coded
from answerable.model.backtest import Backtest
from answerable.policy import Policy, VersionSet
from answerable.report import write_backtest
from answerable.wiring.files import EARLIEST_US, as_of_us, read_small
from answerable.wiring.folders import made, work_folder
from answerable.wiring.importing import Progress, canonical
from answerable.wiring.policies import in_force, load_policies

PROGRAM = f"answerable {__version__}"


def backtest_policy(  # noqa: PLR0913  the options of `answerable policy backtest`
    policy: Path,
    *,
    against: Path,
    base: Path | None = None,
    policies: Sequence[Path] = (),
    source: str | None = None,
    facts: Path | None = None,
    decisions: Path | None = None,
    as_of: str | None = None,
    out: Path | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Backtest:
    """Which past calls would have had another duty, limit or outcome under `policy`, applied as if in force.

    Compared with `base`, applied in the same way, or with the versions of `policies`, each while it was in force. With
    `out`, the page, the list and the figures are written there. Raises AnswerableError.
    """
    tested = _only(load_policies([policy]))
    compared = load_policies([base] if base is not None else policies)
    before = VersionSet([_as_if_in_force(_only(compared))]) if base is not None else compared
    said = () if facts is None else read_facts(read_small(facts, what="a list of facts"), file=facts.name)
    taken = (
        ()
        if decisions is None
        else read_decisions(read_small(decisions, what="a list of decisions"), file=decisions.name)
    )
    with work_folder(Path(tempfile.gettempdir())) as folder:
        parquet, manifest = canonical(
            against, source=source, folder=folder, encoding=None, as_of=as_of, progress=progress
        )  # fmt: skip
        terms = terms_of(manifest, as_of_us=as_of_us(as_of), decisions_supplied=decisions is not None)
        judged = judge_twice(
            parquet, coded=fresh_coded(parquet, parquet_sha256=manifest.parquet_sha256), before=before,
            after=VersionSet([_as_if_in_force(tested)]), terms=terms, assertions=said, decisions=taken,
            settings=read_settings(), progress=progress,
        )  # fmt: skip
        with closing(judged.connection):
            figures, governed = compare(judged).figures(), calls_by_version(judged)
            found = Backtest(
                program=PROGRAM,
                source=manifest,
                as_of_us=terms.horizon_us,
                policy=in_force(tested, calls=figures["calls"]),
                base=tuple(in_force(one, calls=governed.get(one.version, 0)) for one in compared.policies),
                base_as_if=base is not None,
                with_decisions=decisions is not None,
                recompute=command,
                **figures,
            )
            if out is not None:
                with made(out):
                    write_backtest(found, changed_calls(judged, timezone=manifest.timezone), out)
    return found


def _only(versions: VersionSet) -> Policy:
    """The one version of a file."""
    (policy,) = versions.policies
    return policy


def _as_if_in_force(policy: Policy) -> Policy:
    """The policy as if it had been issued before the first call and were never superseded."""
    return replace(
        policy, issued_at_us=EARLIEST_US, effective_from_us=EARLIEST_US, effective_to_us=None, supersedes=None
    )
