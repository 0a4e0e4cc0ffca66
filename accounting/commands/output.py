"""How commands write: one document or a text on standard output, signs of life on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from cyclopts import Parameter

from ..errors import ParameterError
from ..files import check_writable, written

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Output", "deliver", "deliver_plan", "forget_output", "patience"]

Found = TypeVar("Found")

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


def deliver_plan(
    search: Callable[[], Found],
    *,
    toml: Callable[[Found], str],
    text: Callable[[Found], str],
    content: Callable[[Found], dict[str, Any]],
    output: str | None,
    json: bool,
) -> None:
    """Look for a plan, and write it to a file that was seen to be writable before, or to standard output.

    Args:
        search: looks for it; errors about its arguments are told of the options of the same names.
        toml: the plan as a file.
        text: says what the plan is, where it goes to a file.
        content: the same as JSON-able values.
        output: the file; None for standard output.
        json: write the JSON document in place of the text, or of the plan.

    Raises:
        ParameterError: an option breaks its rule, or the file cannot be written.
    """
    if output is not None:
        check_writable(output, name="--output")
    try:
        with patience("looking for batch sizes and noise"):
            found = search()
    except ParameterError as error:
        raise error.renamed(f"--{error.name.replace('_', '-')}") from None
    if output is not None:
        with written(output, name="--output") as file:
            file.write(toml(found))
    deliver(
        text=lambda: toml(found) if output is None else text(found),
        content=lambda: content(found),
        json=json,
    )


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
