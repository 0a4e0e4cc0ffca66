"""Functions with one term of their text replaced: a certificate must fail without each of its terms."""

import __future__

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


def mutant(function: Function, term: str, instead: str) -> Function:
    """Return the function with a term of its source replaced.

    The term must occur exactly once, so that a test notices when the function is rewritten. The result reads
    the same globals as the original and relies on no claim.
    """
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(term) == 1, f"{function.__qualname__} has {source.count(term)} times {term!r}"
    lines = [line for line in source.replace(term, instead).splitlines() if not line.startswith("@relies_on")]
    code = compile(
        "\n".join(lines),
        f"<{function.__qualname__} without {term}>",
        "exec",
        flags=__future__.annotations.compiler_flag,
    )
    made: dict[str, Any] = {}
    exec(code, function.__globals__, made)
    changed: Function = made[function.__name__]
    return changed
