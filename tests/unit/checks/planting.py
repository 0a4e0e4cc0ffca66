"""Planting errors: checks with one term of their text replaced, and the failure that has to follow."""

import __future__

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accounting.numerics.ball import arb
from accounting.randomizers.base import Letter
from proofs.checks.check import CheckFailedError

Function = Callable[..., Any]


def planted(function: Function, term: str, instead: str) -> Function:
    """Return the function with a term of its source replaced; it is registered nowhere.

    The term must occur exactly once, so that a test notices when the function is rewritten.
    """
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(term) == 1, f"{function.__qualname__} has {source.count(term)} times {term!r}"
    tree = ast.parse(source.replace(term, instead))
    (definition,) = tree.body
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    flags = __future__.annotations.compiler_flag
    code = compile(tree, f"<{function.__qualname__} with {instead}>", "exec", flags=flags)
    made: dict[str, Any] = {}
    exec(code, function.__globals__, made)
    changed: Function = made[function.__name__]
    return changed


def assert_fails(check: Function, *unit: Any) -> None:
    """Assert that the check finds a contradiction."""
    with pytest.raises(CheckFailedError):
        check(*unit)


def clones_pair_of_twice_the_mass(right: Callable[[Any, int], Any]) -> Callable[[Any, int], Any]:
    """Return the function that makes the clones pair, with mass 1/w of each clone in place of 1/(2w)."""

    def wrong(factor: Any, users: int) -> Any:
        pair = right(factor, users)

        def letters() -> tuple[Letter, ...]:
            first, second, rest = pair.letters()
            more = 2 * first.reference
            return (
                replace(first, reference=more),
                replace(second, reference=more),
                Letter(arb(0), arb(0), rest.reference - 2 * first.reference),
            )

        return replace(pair, letters=letters)

    return wrong
