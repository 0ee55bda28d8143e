"""A person who answers the questions of a draft: the text of the profile that comes of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence

from answerable.sources import Draft
from answerable.sources.drafting.paper import bare


def answered(
    draft: Draft, answers: Mapping[str, str | Mapping[str, str]], added: Mapping[str, Sequence[str]] | None = None
) -> str:
    """The draft with each question answered by its key: a text for its mark, "" to delete its line, or for a list of
    codes the TOML of each (a code that is not in it loses its line). `removals` is answered with none.

    Fails for a question that has no answer, and for an answer to what nobody asked."""
    lines: list[str | None] = list(draft.text.splitlines())
    asked = {question.key for question in draft.questions}
    assert set(answers) <= asked, f"nobody asked {set(answers) - asked}"
    for question in draft.questions:
        answer = "" if question.key == "removals" else answers[question.key]
        for at, line in enumerate(lines):
            if line is not None and f'"?{question.number}"' in line and not line.startswith("#"):
                lines[at] = _line(line, question.number, answer)
    return _with("\n".join(line for line in lines if line is not None) + "\n", added or {})


def _line(line: str, number: int, answer: str | Mapping[str, str]) -> str | None:
    if isinstance(answer, str):
        return line.replace(f"?{number}", answer) if answer else None
    ((code, _),) = tomllib.loads(line).items()
    value = answer.get(code, "")
    return f"{bare(code)} = {value}" if value else None


def _with(text: str, added: Mapping[str, Sequence[str]]) -> str:
    """More lines at the beginning of a table, each in place of one of its key; a table that is not there is begun."""
    for table, lines in added.items():
        if f"[{table}]\n" not in text:
            text += f"\n[{table}]\n"
        for line in lines:
            head, body = text.split(f"[{table}]\n", 1)
            inside, *rest = re.split(r"^(?=\[)", body, maxsplit=1, flags=re.MULTILINE)
            key = re.escape(line.split("=")[0].strip())
            inside = re.sub(rf"^{key} *=.*\n", "", inside, flags=re.MULTILINE)
            text = f"{head}[{table}]\n{line}\n{inside}{''.join(rest)}"
    return text
