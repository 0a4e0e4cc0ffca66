"""``docs/literature.md`` shows what the command prints, and names every bound with its status."""

import re
import shlex
from pathlib import Path

import pytest

from accounting.cli import main
from accounting.literature import PUBLISHED

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "literature.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```console\n\$ shuffle-accounting (.*)\n((?:.*\n)*?)```$", TEXT, re.MULTILINE)


def test_commands_are_shown() -> None:
    assert SHOWN


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_command(capfd: pytest.CaptureFixture[str], command: str, output: str) -> None:
    assert main(shlex.split(command)) == 0
    assert capfd.readouterr().out.rstrip() == output.rstrip()


def test_every_bound_is_named_with_its_status() -> None:
    named = dict(re.findall(r"^\| `([a-z0-9-]+)` \|.*\| (\w+) \|$", TEXT, re.MULTILINE))
    assert named == {name: bound.status.value for name, bound in PUBLISHED.items()}
