"""House rules that can be read off the source text."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = sorted((ROOT / "accounting").rglob("*.py"))
SOURCES = LIBRARY + sorted((ROOT / "proofs").rglob("*.py"))
MAY_PRINT = ("__main__", "cli", "report")
MOST_LINES = 400


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def forbidden(tree: ast.AST, *, may_print: bool) -> Iterator[tuple[int, str]]:
    """Yield the line and the kind of everything that library code refuses to contain."""
    for node in ast.walk(tree):
        match node:
            case ast.Assert():
                yield node.lineno, "assert"
            case ast.ExceptHandler(type=None):
                yield node.lineno, "bare except"
            case ast.ExceptHandler(type=ast.expr() as caught):
                for part in ast.walk(caught):
                    if isinstance(part, ast.Name) and part.id in ("Exception", "BaseException"):
                        yield node.lineno, f"except {part.id}"
            case ast.Attribute(value=ast.Name(id="warnings"), attr="warn"):
                yield node.lineno, "warnings.warn"
            case ast.ImportFrom(module="warnings"):
                yield node.lineno, "from warnings import"
            case ast.Call(func=ast.Name(id="print")) if not may_print:
                yield node.lineno, "print"
            case _:
                pass


def test_there_is_source() -> None:
    assert LIBRARY


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_length(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_identifiers_are_ascii(path: Path) -> None:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    assert not [token for token in tokens if token.type == tokenize.NAME and not token.string.isascii()]


@pytest.mark.parametrize("path", LIBRARY, ids=name_of)
def test_no_forbidden_construct(path: Path) -> None:
    room = path.relative_to(ROOT / "accounting").with_suffix("").parts[0]
    tree = ast.parse(path.read_text(encoding="utf-8"), path)
    assert not list(forbidden(tree, may_print=room in MAY_PRINT))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("assert x", "assert"),
        ("try: f()\nexcept: pass", "bare except"),
        ("try: f()\nexcept (KeyError, Exception): pass", "except Exception"),
        ("warnings.warn('x')", "warnings.warn"),
        ("from warnings import warn", "from warnings import"),
        ("print('x')", "print"),
    ],
)
def test_the_rule_sees_what_it_forbids(text: str, kind: str) -> None:
    assert [found for _, found in forbidden(ast.parse(text), may_print=False)] == [kind]
