"""The page that leads from a number to its proof lists every claim, with links that lead somewhere."""

import os
import re
from pathlib import Path

from accounting.claims import CLAIMS
from docs._generate.pages import made
from proofs.checks.registry import all_checks

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "proofs.md"
MARK = "<!-- made by tests/docs/test_proofs.py; run it with REGENERATE=1 after a change of claims -->\n"


def index() -> str:
    rows = ["", "| claim | statement | checks |", "|---|---|---|"]
    checks = all_checks()
    for claim in sorted(CLAIMS.values(), key=lambda claim: claim.id):
        found = (check.function.__module__ for check in checks if check.claim == claim.id)
        modules = sorted(
            {module.rpartition(".")[2] for module in found if module.startswith("proofs.checks.")}
        )
        links = ", ".join(f"[{module}](../proofs/checks/{module}.py)" for module in modules)
        rows.append(
            f"| [{claim.id}](../proofs/statements/{claim.id}.md) | {claim.title.replace('|', chr(92) + '|')} | {links} |"
        )
    return "\n".join(rows) + "\n"


def test_the_index_lists_every_claim() -> None:
    text, _, found = PAGE.read_text(encoding="utf-8").partition(MARK)
    if os.environ.get("REGENERATE") == "1":
        PAGE.write_text(text + MARK + index(), encoding="utf-8")
        found = index()
    assert found == index()


def test_links_lead_somewhere() -> None:
    """Pages that a build makes count as there; the build itself checks links among pages, with their anchors."""
    docs = ROOT / "docs"
    there = {docs / name for name in made()}
    broken = []
    for page in [ROOT / "README.md", *(page for page in sorted(docs.rglob("*.md")) if page not in there)]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            path = (page.parent / target).resolve()
            if not path.exists() and path not in there:
                broken.append(f"{page.name}: {target}")
    assert not broken


def test_the_readme_links_to_the_page() -> None:
    assert "(docs/proofs.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
