"""The command line: one function a command; errors are one line on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from functools import cache
from traceback import print_exception
from typing import TYPE_CHECKING

from .commands.output import deliver, forget_output, patience
from .errors import AccountingError, UndecidedError

if TYPE_CHECKING:
    from cyclopts import App

    from .report import CheckReport

__all__ = ["command_line", "main"]

NAME = "shuffle-accounting"
DISTRIBUTION = "concurrent-shuffle-accounting"

_HELP = """Certified privacy accounting for shuffled reports.

Each command prints an answer with what it rests on; `--json` prints it as one JSON document and nothing else. Epsilon is in
nats, delta is a probability, users are present and honest. Numbers are read exactly: `0.1`, `1e-8`, `1/3`, `20_000`.
`COMMAND --help` describes a command, with an example.

Example: `shuffle-accounting check examples/three_cadences.toml --json`

Exit codes of all commands:

- 0: answered; for `check`, certified to stay within the budget
- 1: a verdict against what was asked: a budget that is certified to be exceeded, an error outside its law, a claim that is contradicted
- 2: no answer: a mistake in a file or in the call, told in one line on standard error
- 3: nothing could be certified, in either direction
- 130: interrupted
"""

WITHIN, EXCEEDS, BAD_INPUT, UNDECIDED, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments after the program's name; None takes those of the process.

    Returns:
        The exit code: 0 certified within budget, 1 certified to exceed it, 3 neither, 2 bad input or usage,
        130 interrupted.
    """
    with _CrashIsNoVerdict():
        return _handled(sys.argv[1:] if argv is None else argv)
    return _complain(f"{NAME}: a defect of the toolkit, not a verdict; please report it", BAD_INPUT)


class _CrashIsNoVerdict(AbstractContextManager[None]):
    """Shows what nobody foresaw and goes on: Python's own exit code for it is that of a broken budget."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        with suppress(OSError):
            print_exception(error)
        return True


def _handled(argv: Sequence[str]) -> int:
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return _complain(f"{NAME}: interrupted", INTERRUPTED)
    except UndecidedError as error:
        return _complain(str(error), UNDECIDED)
    except AccountingError as error:
        return _complain(str(error), BAD_INPUT)
    except BrokenPipeError:
        forget_output()
        return WITHIN
    except OSError as error:  # a full disk under standard output
        forget_output()
        return _complain(f"{NAME}: " + (error.strerror or str(error)), BAD_INPUT)
    except MemoryError:
        return _complain(f"{NAME}: not enough memory for this input", BAD_INPUT)


def _run(argv: Sequence[str]) -> int:
    from cyclopts import CycloptsError

    app = command_line()
    try:
        if not argv:
            return _complain(f"{NAME}: give a command, like check FILE.toml; --help lists them", BAD_INPUT)
        code = app(argv, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        reason = str(error).rstrip(".")
        return _complain(
            f"{NAME}: {reason}{'' if reason.endswith('?') else '.'} See {NAME} --help", BAD_INPUT
        )
    return code if isinstance(code, int) else 0


@cache
def command_line() -> App:
    """Return the commands, their options and their help."""
    from cyclopts import App, Parameter

    from .commands.bandit import app as bandit_app
    from .commands.completion import completion_of
    from .commands.count import count
    from .commands.literature import literature
    from .commands.lower_bound import lower_bound
    from .commands.plan import plan
    from .commands.plot import app as plot_app
    from .commands.prove import prove
    from .commands.solve import app as solve_app
    from .commands.table import table

    app = App(
        name=NAME,
        help=_HELP,
        version=_version,
        default_parameter=Parameter(negative=()),
        help_format="markdown",
        suppress_keyboard_interrupt=False,
    )
    app.command(check)
    app.command(solve_app())
    app.command(plan)
    app.command(count)
    app.command(bandit_app())
    app.command(literature)
    app.command(prove)
    app.command(lower_bound)
    app.command(table)
    app.command(plot_app())
    app.command(completion_of(app))
    return app


def check(file: str, /, *, json: bool = False, html: str | None = None) -> int:
    """Compare what a deployment loses with its budget.

    Prints the verdict, what each shuffler and all of them together lose, what the numbers rest on and what they
    assume.

    Example: `shuffle-accounting check examples/three_cadences.toml --json`

    Exit codes:

    - 0: certified to stay within the budget
    - 1: certified to exceed the budget
    - 2: bad file or bad usage
    - 3: neither can be certified

    Args:
        file: a deployment file in TOML.
        json: print one JSON document and nothing else.
        html: also write the report as a page to print, sign and file: one file, .html, that needs no other.
    """
    from .commands.page import check_page, write_page
    from .model import Deployment
    from .model.reading import decoded, located, read_bytes
    from .report import Verdict
    from .report import check as checked

    if html is not None:
        check_page(html)
    content = read_bytes(file)
    source = decoded(file, content)
    try:
        deployment = Deployment.from_toml(source)
        with patience(f"adding up what {len(deployment.shufflers)} shufflers lose"):
            report = checked(deployment)
    except AccountingError as error:
        raise located(file, error) from None
    if html is not None:
        with patience("drawing the privacy curve"):
            write_page(report, html, file=file, content=content)
    _deliver(report, json=json)
    return {Verdict.WITHIN: WITHIN, Verdict.EXCEEDS: EXCEEDS, Verdict.UNDECIDED: UNDECIDED}[report.verdict]


def _deliver(report: CheckReport, *, json: bool) -> None:
    from .report.text import as_text, print_on_terminal

    deliver(
        text=lambda: as_text(report),
        content=report.as_dict,
        json=json,
        on_terminal=lambda console: print_on_terminal(report, console),
    )


def _complain(message: str, code: int) -> int:
    if sys.stderr is not None:
        with suppress(OSError):  # nobody reads the complaint; the exit code still tells
            print(" ".join(message.split()), file=sys.stderr)
    return code


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{NAME} {version(DISTRIBUTION)}"
    except PackageNotFoundError:
        return f"{NAME} (of a version that only an installation knows)"
