"""Which pages are made, where they go, and how links to files of the project become links to pages."""

from __future__ import annotations

import re
from pathlib import Path

from accounting.claims import CLAIMS

from . import api, commands, deployment, errors

__all__ = ["links", "made", "written"]

ROOT = Path(__file__).resolve().parents[2]
HEADING = re.compile(r"^(Claim|Assumes|Numerics|Checked|Source|Proof)\.(?=\s)", re.MULTILINE)
INDENT = "    "
LINK = re.compile(r"\]\((?P<target>(?!https?:|#)[^)#\s]+)(?P<anchor>#[^)]*)?\)")


def made() -> dict[str, str]:
    """Return every page that is made, by its path below ``docs``."""
    return {
        **{f"reference/{name}": text for name, text in api.pages().items()},
        "reference/commands.md": commands.page(),
        "reference/deployment_files.md": deployment.page(),
        "reference/errors.md": errors.page(),
        **_proofs(),
    }


def written(docs: Path) -> None:
    """Write the pages that changed; remove those of an earlier build that are no longer made."""
    pages = made()
    for folder in ("reference/api", "proofs_of_claims"):
        for path in (docs / folder).rglob("*.md"):
            if path.relative_to(docs).as_posix() not in pages:
                path.unlink()
    for name, text in pages.items():
        path = docs / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def links(app: object, name: str, source: list[str]) -> None:
    """Point links to files outside this folder at the pages that show them; a hook of ``source-read``.

    A page of the repository links to files, so that it can be read on a code host; in the book the statements of
    claims and the code of their checks are pages, too, and any other file is named but not linked.
    """
    docs = ROOT / "docs"
    folder = (docs / name).parent

    def pointed(match: re.Match[str]) -> str:
        path = (folder / match["target"]).resolve()
        if path.is_relative_to(docs) or not path.exists():
            return match[0]
        page = docs / _page_of(path)
        up = "../" * len(folder.relative_to(docs).parts)
        return f"]({up}{page.relative_to(docs)}{match['anchor'] or ''})"

    del app
    source[0] = LINK.sub(pointed, source[0])


def _page_of(path: Path) -> str:
    """Return the page, below ``docs``, that shows a file of the project."""
    name = path.relative_to(ROOT).as_posix()
    if name.startswith("proofs/statements/"):
        return f"proofs_of_claims/{path.stem}.md"
    return f"proofs_of_claims/files/{name.replace('/', '.')}.md"


def _proofs() -> dict[str, str]:
    """Return the statements as pages, and the files that pages link to, shown as they are."""
    statements = sorted((ROOT / "proofs" / "statements").glob("*.md"))
    pages = {_page_of(path): _statement(path) for path in statements}
    names = [path.stem for path in statements]
    for page in [*sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "howto").glob("*.md"))]:
        for match in LINK.finditer(page.read_text(encoding="utf-8")):
            path = (page.parent / match["target"]).resolve()
            if path.is_file() and path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "docs"):
                pages.setdefault(_page_of(path), _shown(path))
    listed = "\n".join(names)
    index = f"# Proofs\n\nOne page a claim. [The index](../proofs.md) says what each states and how it is checked.\n\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    return {**pages, "proofs_of_claims/index.md": index}


def _statement(path: Path) -> str:
    """Return a statement with its parts in bold and apart, and links to other claims.

    Text between backticks and indented blocks stay as they are; elsewhere an underscore is a part of a formula, not emphasis.
    """
    title, text = path.read_text(encoding="utf-8").split("\n", 1)
    claims = "|".join(sorted(CLAIMS.keys() - {path.stem}, key=len, reverse=True))
    marked = re.compile(
        r"(?P<as_it_is>`[^`]*`|\[[^\]]*\]\([^)]*\))"
        rf"|(?<![\w/.-])(?P<claim>{claims})(?![\w/-]|\.\w)|_"
    )

    def replaced(match: re.Match[str]) -> str:
        if match["as_it_is"] is not None:
            return match["as_it_is"]
        return r"\_" if match["claim"] is None else f"[{match['claim']}]({match['claim']}.md)"

    parts = [title]
    for paragraph in re.split(r"\n(?:[ \t]*\n)+", HEADING.sub(r"\n**\1.**", text.strip("\n"))):
        block = paragraph.startswith(INDENT) and not re.match(rf"{INDENT} {{4,}}", paragraph)
        lines = [line.strip() for line in paragraph.splitlines()]
        parts.append(paragraph if block else marked.sub(replaced, "\n".join(lines)))
    return "\n\n".join(parts) + "\n"


def _shown(path: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    lexer = {".py": "python", ".toml": "toml", ".md": "markdown"}.get(path.suffix, "text")
    text = path.read_text(encoding="utf-8")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`{3,}", text)), default=0))
    return f"---\norphan: true\n---\n\n# `{name}`\n\n{fence}{lexer}\n{text}{fence}\n"
