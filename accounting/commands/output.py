"""How commands write: one document or a text on standard output, signs of life on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Output", "deliver", "forget_output", "patience"]

Output = Annotated[str | None, Parameter(name=["--output", "-o"])]
"""The option that names the file to write."""


def deliver(
    *,
    text: Callable[[], str],
    content: Callable[[], dict[str, Any] | list[dict[str, Any]]],
    json: bool,
    on_terminal: Callable[[Console], None] | None = None,
) -> None:
    """Write an answer to standard output; that nobody reads it changes no answer.

    Args:
        text: the answer as plain text.
        content: the answer as JSON-able values.
        json: write the JSON document and nothing else.
        on_terminal: prints the answer on a terminal; None writes the plain text there, too.
    """
    out = sys.stdout
    if out is None:  # closed by the caller
        return
    if isinstance(out, TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
    try:
        if json:
            from ..report.as_json import document

            out.write(document(content()))
        elif out.isatty() and on_terminal is not None:
            from rich.console import Console

            on_terminal(Console(file=out))
        else:
            out.write(text())
        out.flush()
    except BrokenPipeError:
        forget_output()


def patience(words: str) -> AbstractContextManager[object]:
    """Show on a terminal that work goes on; stay silent in a pipe."""
    if sys.stderr is None or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(words)


def forget_output() -> None:
    """Let what is still buffered go nowhere, so that the interpreter does not complain at its end."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
