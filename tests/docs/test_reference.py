"""The reference pages: whole, and what the code says."""

import io
import json
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import accounting as csa
from accounting.cli import command_line, main
from accounting.model import Deployment
from accounting.model.deployment import _KEYS, _SHUFFLER_KEYS
from accounting.model.kinds import KINDS, read_randomizer
from accounting.model.reading import parse
from docs._generate import api, commands, deployment, pages

ROOT = Path(__file__).resolve().parents[2]
JSON = (ROOT / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
SMALL = "--users 2000 --shufflers 2 --epsilon 1 --delta 1e-6"
RUNS = {
    "check": ["check examples/three_cadences.toml --json"],
    "solve": ["solve users --kind pure-local --epsilon0 2 --epsilon 0.5 --delta 1e-6 --json"],
    "plan": [f"plan {SMALL} --json"],
    "count": [f"plan {SMALL} -o plan.toml", "count stream.txt --plan plan.toml --json"],
    "bandit plan": [f"bandit plan {SMALL} --features 1 --json"],
    "bandit run": [
        f"bandit plan {SMALL} --features 1 -o bandit.toml",
        "bandit run users.csv --plan bandit.toml --json",
    ],
    "plot": ["plot curve examples/ages.toml --json"],
    "lower-bound": [
        "lower-bound --users 2e4 --shufflers 2 --epsilon 1 --json --schedule examples/policies/two_shufflers.csv"
    ],
    "table": ["table examples/tables/smallest_batch.toml -o table.csv --jobs 1 --json"],
    "literature": ["literature clones --json"],
    "prove": ["prove swap-law --json --jobs 1"],
}


def section(name: str) -> str:
    return re.split(r"^## ", JSON, flags=re.MULTILINE)[1:][list(RUNS).index(name)]


def paths(value: Any, prefix: str = "") -> set[str]:
    """Return the path of every key, those of inner objects included."""
    found = {prefix} if prefix else set()
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= paths(inner, f"{prefix}.{key}" if prefix else key)
    elif isinstance(value, list):
        for inner in value:
            found |= paths(inner, f"{prefix}[]")
    return found


def test_every_command_with_json_has_a_section() -> None:
    with_json = {
        name
        for name in command_line()
        if not name.startswith("-") and "--json" in command_line()[name].generate_docs()
    }
    assert with_json == {name.partition(" ")[0] for name in RUNS}
    assert re.findall(r"^## (.*)$", JSON, re.MULTILINE) == list(RUNS)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name,
            marks=[pytest.mark.slow]
            if name in {"count", "plan", "bandit plan", "bandit run", "literature"}
            else [],
        )
        for name in RUNS
    ],
)
def test_json_has_the_keys_of_the_page(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "stream.txt").write_text("1\n0\n1\n1\n" * 500, encoding="utf-8")
    (tmp_path / "users.csv").write_text("user,reward,x\na,1,0.5\na,0,-1\nb,1,1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for line in RUNS[name]:
        with redirect_stdout(io.StringIO()) as stdout:
            assert main(shlex.split(line)) == 0
    found = paths(json.loads(stdout.getvalue()))
    rows = re.findall(r"^\| ((?:`[^`|]+`(?:, )?)+) \|", section(name), re.MULTILINE)
    listed = {path for row in rows for path in re.findall(r"`([^`]+)`", row)}
    assert listed <= found
    parents = {path.rpartition(".")[0].removesuffix("[]") for path in listed} | {"[]"}
    parents |= {path.removesuffix("[]") for path in listed}
    unnamed = {
        path
        for path in found - listed - parents - {f"{parent}[]" for parent in parents}
        if not any(path.startswith((f"{each}.", f"{each}[")) for each in listed)
    }
    assert not unnamed


def test_deployment_keys() -> None:
    text = deployment.HEAD.read_text(encoding="utf-8")
    whole, of_shufflers = text.split("## Each")
    assert re.findall(r"^\| `(\w+)` \|", whole, re.MULTILINE) == sorted(
        _KEYS, key=lambda key: _KEYS.index(key)
    )
    assert re.findall(r"^\| `(\w+)` \|", of_shufflers, re.MULTILINE) == list(_SHUFFLER_KEYS)
    (block,) = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [named.shuffle.users for named in Deployment.from_toml(block).shufflers] == [100_000, 690_000]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_described_with_an_example(name: str) -> None:
    text = deployment.page()
    (part,) = re.findall(rf"^### `{name}`\n(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL)
    kind = KINDS[name]
    keys = re.findall(r"^\| `(\w+)` \| [^|]+ \| \S", part, re.MULTILINE)
    assert keys == [*kind.needed, *kind.either]
    (block,) = re.findall(r"^```toml\n\[shuffler.randomizer\]\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
    table = parse(block)
    assert table["kind"] == name
    assert read_randomizer("randomizer", table) in deployment.randomizers()


def test_every_public_name_is_documented() -> None:
    text = "\n".join(api.pages().values())
    documented = re.findall(r"^\.\. (?:auto\w+|py:data):: (\S+)$", text, re.MULTILINE)
    assert len(documented) == len(set(documented))
    for name in csa.__all__:
        if name != "__version__" and not isinstance(getattr(csa, name), ModuleType):
            assert f"accounting.{name}" in documented
        elif name not in {"__version__", "lower_bound"}:
            assert f"api/accounting.{name}.md" in api.pages()
    assert "accounting.lower_bound.bound.lower_bound" in documented
    assert "accounting.testing.check_randomizer" in documented
    shuffles = api.pages()["api/shuffles.md"]  # their delta and epsilon come from a class that nobody names
    for name in ("Shuffle", "ConcurrentShuffles", "ReusedReports"):
        assert f".. autoclass:: accounting.{name}\n   :inherited-members:\n" in shuffles


def test_every_command_is_described() -> None:
    text = commands.page()
    found = re.findall(r"^##+ shuffle-accounting (.*)$", text, re.MULTILINE)
    names = [name for name in command_line() if not name.startswith("-")]
    assert [name for name in found if " " not in name] == names
    assert {"solve users", "solve epsilon0"} <= set(found)
    assert "Table of Contents" not in text
    groups = {name for name in found if any(other.startswith(f"{name} ") for other in found)}
    assert text.count("```console") == 2 * len(found) + 2 - len(
        groups
    )  # usage and an example; groups have no usage


def test_made_pages_are_not_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8")
    for name in pages.made():
        assert any(f"docs/{name}".startswith(line) for line in ignored.splitlines() if line), name
