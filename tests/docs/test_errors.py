"""Every case of the page of error messages is run: the code says what the page shows."""

import io
import json
import os
import re
import shlex
from contextlib import redirect_stderr
from pathlib import Path

import pytest

import accounting as csa
from accounting.cli import command_line, main
from docs._generate.errors import DATA, SURVEY, Case, cases

CASES = list(cases())


def said(case: Case, folder: Path) -> str:
    """Run a case in a folder of its own, and return the message."""
    if case.python is not None:
        with pytest.raises((csa.AccountingError, TypeError)) as caught:
            eval(case.python, {"csa": csa})
        kind = type(caught.value)
        name = f"{kind.__module__}.{kind.__name__}".removeprefix("builtins.")
        return f"{name}: {caught.value}"
    survey = SURVEY
    if case.edit is not None:
        assert survey.count(case.edit[0]) == 1
        survey = survey.replace(*case.edit)
    for name, text in {"survey.toml": survey, **case.files}.items():
        (folder / name).write_text(text, encoding="utf-8")
    with redirect_stderr(io.StringIO()) as stderr:
        assert main(shlex.split(case.command or "")) == 2
    message = stderr.getvalue()
    assert message.count("\n") == 1
    return message.rstrip("\n")


def fits(message: str, shown: str) -> bool:
    """Compare; what stands as ``[...]`` on the page is a list that grows with the toolkit."""
    return re.fullmatch(r"\S.*\S".join(map(re.escape, shown.split("[...]"))), message) is not None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.command or case.python or "no command")
def test_the_code_says_so(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if os.environ.get("REGENERATE") == "1":
        pytest.skip("renewed below")
    assert fits(said(case, tmp_path), case.says)
    assert case.do


def test_the_page_is_renewed_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes what the code says now into the file, if asked to; else sees that there is one line for each case."""
    text = DATA.read_text(encoding="utf-8")
    assert len(re.findall(r"^says = .*$", text, re.MULTILINE)) == len(CASES)
    if os.environ.get("REGENERATE") != "1":
        return
    monkeypatch.chdir(tmp_path)
    found = ((said(case, tmp_path), case.says) for case in CASES)
    messages = iter([json.dumps(old if fits(new, old) else new, ensure_ascii=False) for new, old in found])
    renewed = re.sub(r"^says = .*$", lambda _: f"says = {next(messages)}", text, flags=re.MULTILINE)
    DATA.write_text(renewed, encoding="utf-8")


def test_every_command_has_a_case() -> None:
    with_cases = {(case.command or "").partition(" ")[0] for case in CASES}
    assert {name for name in command_line() if not name.startswith("-")} <= with_cases
