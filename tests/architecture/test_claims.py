"""The tie between code and claims: every claim used is declared, stated, proved and checked somewhere."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import accounting
from accounting.claims import CLAIMS, USED

ROOT = Path(__file__).resolve().parents[2]
STATEMENTS = {path.stem: path for path in sorted((ROOT / "proofs" / "statements").glob("*.md"))}
SECTIONS = ("Claim", "Assumes", "Numerics", "Checked", "Source", "Proof")
HEADING = re.compile(r"^(Claim|Assumes|Numerics|Used by|Checked|Source|Proof)\.(?=\s)", re.MULTILINE)
CHECK = re.compile(r"\b((?:tests|proofs)/[\w./-]*\w)(?:::(\w+))?")


def sections(statement: Path) -> dict[str, str]:
    _, *parts = HEADING.split(statement.read_text(encoding="utf-8"))
    return {heading: body.strip() for heading, body in zip(parts[::2], parts[1::2], strict=True)}


def used_claims() -> dict[str, set[str]]:
    for module in pkgutil.walk_packages(accounting.__path__, "accounting."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    return USED


def test_used_claims_are_declared() -> None:
    used = used_claims()
    assert used, "no function relies on a claim"
    undeclared = {name: sorted(functions) for name, functions in used.items() if name not in CLAIMS}
    assert not undeclared


def test_ids_are_words() -> None:
    for key, claim in CLAIMS.items():
        assert key == claim.id
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)
        assert claim.title.strip()


def test_each_declared_claim_has_a_statement() -> None:
    assert not sorted(CLAIMS.keys() - STATEMENTS.keys())


def test_each_statement_belongs_to_a_claim() -> None:
    assert not sorted(STATEMENTS.keys() - CLAIMS.keys())


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_is_complete(name: str) -> None:
    path = STATEMENTS[name]
    found = sections(path)
    assert path.read_text(encoding="utf-8").splitlines()[0] == f"# {name}"
    assert [heading for heading in found if heading in SECTIONS] == list(SECTIONS), "sections in this order"
    assert all(found.values()), "no section is empty"
    assert re.match(r"(exact|enclosed|idealised)\b", found["Numerics"])


@pytest.mark.parametrize("name", STATEMENTS)
def test_checks_named_by_a_statement_exist(name: str) -> None:
    missing = []
    for path, function in CHECK.findall(sections(STATEMENTS[name])["Checked"]):
        target = ROOT / path
        if not target.exists():
            missing.append(path)
        elif function and f"def {function}(" not in target.read_text(encoding="utf-8"):
            missing.append(f"{path}::{function}")
    assert not missing
