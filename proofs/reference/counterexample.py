"""Checks a counterexample to a published bound, trusting nothing but the certificate's channel and data sets.

``python -m proofs.reference.counterexample FILE`` prints ``confirmed`` (exit code 0) or ``denied`` and why (exit code 1). It goes
through the histograms that the two data sets release, adds up their divergence in fractions, works out the published formula
independently, and compares everything with what the certificate says.
"""

import json
import re
import sys
from collections.abc import Sequence
from fractions import Fraction
from math import comb
from pathlib import Path

from .published import FORMULAS, DeniedError, Matrix, divergence, require

FIELDS = (
    "form",
    "bound",
    "channel",
    "users",
    "target",
    "others",
    "alpha",
    "exact",
    "exact_is",
    "claimed",
    "claimed_is",
)
MOST_HISTOGRAMS = 200_000
FLOATS = Fraction(1, 10**9)  # far above the rounding errors of a formula in floats, far below what matters


def histogram_law(channel: Matrix, values: Sequence[int]) -> dict[tuple[int, ...], Fraction]:
    """Return the law of the counts of the messages, adding one user after the other."""
    law = {(0,) * len(channel[0]): Fraction(1)}
    for value in values:
        longer: dict[tuple[int, ...], Fraction] = {}
        for counts, chance in law.items():
            for message, sent in enumerate(channel[value]):
                if sent:
                    seen = (*counts[:message], counts[message] + 1, *counts[message + 1 :])
                    longer[seen] = longer.get(seen, Fraction(0)) + chance * sent
        law = longer
    return law


def fraction(text: str) -> Fraction:
    """Read a fraction that is written as such: digits, or digits over digits."""
    if not re.fullmatch(r"[0-9]+(/[0-9]+)?", text):
        raise ValueError(f"{text!r} is not a fraction")
    return Fraction(text)


def whole(value: object) -> int:
    """Read a whole number, which JSON keeps as such."""
    if type(value) is not int:
        raise ValueError(f"{value!r} is not a whole number")
    return value


def check(text: str) -> str:
    """Return a sentence that confirms the certificate.

    Raises:
        DeniedError: something in it is not so; also where it is too large to go through.
    """
    try:
        fields = json.loads(text)
        if sorted(fields) != sorted(FIELDS) or fields["form"] != "shuffle-counterexample-1":
            raise DeniedError(f"a certificate has the fields {', '.join(FIELDS)}")
        channel = [[fraction(entry) for entry in row] for row in fields["channel"]]
        x0, x1 = (whole(x) for x in fields["target"])
        others = [(whole(x), whole(count)) for x, count in fields["others"]]
        alpha, delta, claimed = (fraction(fields[name]) for name in ("alpha", "exact", "claimed"))
        width, held = len(channel[0]), [x for x, _ in others]
    except (ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, RecursionError) as error:
        raise DeniedError(f"not a certificate: {error}") from None
    require(all(len(row) == width and min(row) >= 0 and sum(row) == 1 for row in channel), "a row is no law")
    require(x0 != x1 and {x0, x1, *held} <= set(range(len(channel))), "a value has no row in the channel")
    require(
        all(count > 0 for _, count in others) and len(held) == len(set(held)),
        "others are not counted properly",
    )
    require(
        fields["users"] == 1 + sum(count for _, count in others), "users are not the target and the others"
    )
    require(alpha >= 1, "e^epsilon is below 1")
    require(
        comb(fields["users"] + width - 1, width - 1) <= MOST_HISTOGRAMS,
        "there are too many histograms to check",
    )
    require(fields["bound"] in FORMULAS, f"no formula is known here for {fields['bound']}")
    rest = [x for x, count in others for _ in range(count)]
    found = divergence(histogram_law(channel, [*rest, x0]), histogram_law(channel, [*rest, x1]), alpha)
    published = FORMULAS[fields["bound"]](channel, fields["users"], alpha)
    require(fields["exact_is"] == "equal" and found == delta, f"the data sets lose {found}, not {delta}")
    if isinstance(published, Fraction):
        agrees = fields["claimed_is"] == "equal" and published == claimed
    else:  # a formula without a fraction, worked out in floats
        agrees = (
            fields["claimed_is"] == "at most" and abs(claimed - Fraction(published)) <= abs(claimed) * FLOATS
        )
        published = Fraction(published) * (1 + FLOATS)
    require(agrees, f"{published} is claimed, not {claimed}")
    require(found > published, f"what the data sets lose, {found}, is not above {published}")
    return f"confirmed: at e^epsilon = {alpha} the data sets lose {found}, and {fields['bound']} claims {shown(published)}"


def shown(value: Fraction) -> str:
    """Show a fraction, or a decimal where it is long."""
    return str(value) if len(str(value)) < 40 else f"about {float(value):.9g}"


def main(arguments: Sequence[str]) -> int:
    """Check one file; return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m proofs.reference.counterexample FILE\n")
        return 2
    try:
        sys.stdout.write(check(Path(arguments[0]).read_text(encoding="utf-8")) + "\n")
    except (DeniedError, OSError, UnicodeDecodeError) as error:
        sys.stdout.write(f"denied: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
