"""The page of error messages: ``docs/errors.toml``, of which tests run every case."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["DATA", "SURVEY", "Case", "cases", "page"]

DATA = Path(__file__).resolve().parents[1] / "errors.toml"

SURVEY = """title = "A survey"
relation = "replace-one"

[budget]
epsilon = 1.0
delta = 1e-8

[[shuffler]]
name = "survey"
users = 20_000
[shuffler.randomizer]
kind = "kary-randomized-response"
values = 16
epsilon0 = 4.0
"""
"""The deployment file that cases change in one place."""

HEAD = """# Error messages

A command that cannot answer prints one line on standard error, nothing on standard output, and exits with 2. Below are the errors that one
meets, with what was wrong and what to do. Every line is what the code says: a test runs each case.

The file `survey.toml` of these cases is this one, but for the change that is shown:

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Bad input, and what is said about it.

    Attributes:
        command: what follows the name of the program; None for a case in Python.
        python: an expression in which ``csa`` is the toolkit; None for a command.
        edit: what is replaced in the survey file, and by what.
        files: other files, by their names.
        says: the whole message.
        do: what to do about it, in Markdown.
    """

    command: str | None = None
    python: str | None = None
    edit: tuple[str, str] | None = None
    files: dict[str, str] = field(default_factory=dict)
    says: str
    do: str


def cases() -> Iterator[Case]:
    """Return all cases in their order."""
    for group in _groups():
        for case in group["case"]:
            yield _case(case)


def page() -> str:
    """Return the page, in Markdown."""
    parts = [f"{HEAD}```toml\n{SURVEY}```\n"]
    for group in _groups():
        parts.append(f"## {group['title']}\n")
        if "text" in group:
            parts.append(f"{group['text']}\n")
        parts += [_shown(_case(case)) for case in group["case"]]
    return "\n".join(parts)


def _groups() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(DATA.read_text(encoding="utf-8"))["group"]
    return found


def _case(table: dict[str, Any]) -> Case:
    edit = table.get("edit")
    return Case(**{**table, "edit": None if edit is None else (edit[0], edit[1])})


def _shown(case: Case) -> str:
    if case.python is not None:
        return f"```pycon\n>>> {case.python}\n{case.says}\n```\n\n{case.do}\n"
    lines = []
    if case.edit is not None:
        old, new = (text.strip("\n") for text in case.edit)
        removed = "".join(f"- {line}\n" for line in old.split("\n"))
        added = "".join(f"+ {line}\n" for line in new.split("\n") if new)
        lines.append(f"```diff\n{removed}{added}```\n")
    for name, text in case.files.items():
        lines.append(f"With `{name}`:\n\n```text\n{text}```\n")
    command = f"shuffle-accounting {case.command}".strip()
    lines.append(f"```console\n$ {command}\n{case.says}\n```\n\n{case.do}\n")
    return "\n".join(lines)
