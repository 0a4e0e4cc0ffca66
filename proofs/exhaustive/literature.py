"""Published bounds against what explicit data sets lose: what stands, what falls, and where.

``python -m proofs.exhaustive.literature survey`` compares every published bound with the worst data sets in all families (minutes; add
``--deep`` for larger families), and prints one line for each bound and family, with the smallest counterexample. With
``--certificates FOLDER`` each of these is written to a file that ``python -m proofs.reference.counterexample`` checks.

``python -m proofs.exhaustive.literature ranges`` prints for which numbers of values and users, and at which factors
e^epsilon, a bound for k-ary response fails (``--bound``, by default the variation ratio).
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from accounting.errors import AccountingError
from accounting.literature import PUBLISHED
from accounting.literature.ranges import RangeRow, ranges
from accounting.literature.survey import DEEP, FAMILIES, SurveyRow, survey
from accounting.numerics.rounding import print_at_most

__all__ = ["main", "range_lines", "survey_lines"]

VALUES = (2, 3, 4, 10, 100)
FACTORS = tuple(map(Fraction, (2, 3, 13, 50)))
USERS = (3, 10, 100, 1000, 10**4, 10**6)


def survey_lines(rows: Iterable[SurveyRow], certificates: Path | None = None) -> Iterator[str]:
    """Yield the lines of the survey in Markdown, and write its certificates."""
    yield "| bound | family | cases | refuted | undecided | smallest counterexample |"
    yield "|---|---|---|---|---|---|"
    for number, row in enumerate(rows):
        found = row.smallest
        if found is not None and certificates is not None:
            found.write(certificates / f"{row.bound}-{number}.json")
        words = "" if found is None else found.sentence().partition(" is no bound: ")[2]
        yield f"| {row.bound} | {row.family} | {row.cases} | {row.refuted} | {row.undecided} | {words} |"


def range_lines(rows: Iterable[RangeRow]) -> Iterator[str]:
    """Yield the lines of the table of ranges in Markdown; an excess is rounded down."""
    yield "| e^epsilon0 | values | users | compared | refuted | undecided | from e^epsilon | to | largest excess | at e^epsilon | others |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        head = f"| {row.factor} | {row.values} | {row.users} | {row.compared} | {len(row.refuted)} | {row.undecided} "
        if not row.refuted:
            yield head + "| | | | | |"
            continue
        ends = f"| {print_at_most(row.refuted[0])} | {print_at_most(row.refuted[-1])} "
        if row.worst is None or row.loss is None:
            yield head + ends + "| claimed 0 | | |"
            continue
        others = ", ".join(f"{count} hold {value}" for value, count in row.loss.others)
        yield (head + ends + f"| {_shown(row.excess)} | {print_at_most(row.worst)} | {others} |")


def _shown(excess: float) -> str:
    return f"{print_at_most(100 * excess, 3)} %" if excess < 1 else f"{print_at_most(1 + excess, 3)} times"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table; return the exit code."""
    parser = ArgumentParser(
        prog="python -m proofs.exhaustive.literature", description=(__doc__ or "").partition("\n")[0]
    )
    commands = parser.add_subparsers(dest="table", required=True)
    surveying = commands.add_parser("survey", help="every bound against every family")
    surveying.add_argument("--bound", choices=list(PUBLISHED), help="one bound only")
    surveying.add_argument("--deep", action="store_true", help="larger families too")
    surveying.add_argument("--certificates", type=Path, help="a folder for the counterexamples")
    ranging = commands.add_parser("ranges", help="where a bound for k-ary response fails")
    ranging.add_argument("--bound", choices=list(PUBLISHED), default="variation-ratio")
    ranging.add_argument("--values", type=int, nargs="+", default=VALUES)
    ranging.add_argument("--factors", type=Fraction, nargs="+", default=FACTORS, help="e^epsilon0")
    ranging.add_argument("--users", type=int, nargs="+", default=USERS)
    chosen = parser.parse_args(arguments)
    if chosen.table == "survey":
        if chosen.certificates is not None:
            chosen.certificates.mkdir(parents=True, exist_ok=True)
        bounds = [PUBLISHED[chosen.bound]] if chosen.bound else list(PUBLISHED.values())
        lines = survey_lines(survey(bounds, DEEP if chosen.deep else FAMILIES), chosen.certificates)
    else:
        bound = PUBLISHED[chosen.bound]
        lines = range_lines(ranges(bound, values=chosen.values, factors=chosen.factors, users=chosen.users))
    try:
        for line in lines:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    except AccountingError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
