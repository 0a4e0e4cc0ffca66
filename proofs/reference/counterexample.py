"""Checks a counterexample to a published bound, trusting nothing but the certificate's channel and data sets.

``python -m proofs.reference.counterexample FILE`` prints ``confirmed`` (exit code 0) or ``denied`` and why (exit code 1). It goes
through the histograms that the two data sets release, adds up their divergence in fractions, works out the published formula
by sums over all counts, and compares everything with what the certificate says.
"""

import json
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

Matrix = list[list[Fraction]]

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


class DeniedError(Exception):
    """The certificate does not show what it claims to show."""


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


def divergence(first: dict[Any, Fraction], second: dict[Any, Fraction], alpha: Fraction) -> Fraction:
    """Return ``sum_y (first(y) - alpha second(y))_+``."""
    zero = Fraction(0)
    return sum((max(zero, p - alpha * second.get(y, zero)) for y, p in first.items()), zero)


def trinomial_pair(users: int, clone: Fraction, truth: Fraction, lie: Fraction, alpha: Fraction) -> Fraction:
    """Return the divergence of a published pair of counts.

    Each of the others adds to the first count with chance ``clone``, to the second with chance ``clone``; the target adds to
    its own count with chance ``truth``, to the other one with chance ``lie``, else to none.
    """
    first: dict[tuple[int, int], Fraction] = {}
    second: dict[tuple[int, int], Fraction] = {}
    others = users - 1
    for a in range(others + 1):
        for b in range(others - a + 1):
            ways = comb(others, a) * comb(others - a, b)
            chance = ways * clone ** (a + b) * (1 - 2 * clone) ** (others - a - b)
            for law, zero, one in ((first, truth, lie), (second, lie, truth)):
                for seen, sent in (((a + 1, b), zero), ((a, b + 1), one), ((a, b), 1 - truth - lie)):
                    law[seen] = law.get(seen, Fraction(0)) + chance * sent
    return divergence(first, second, alpha)


def response(channel: Matrix) -> tuple[Fraction, Fraction]:
    """Return the chances of the truth and of each lie of k-ary response; deny other channels."""
    truth, lie = channel[0][0], channel[0][-1]
    rows = range(len(channel))
    if truth <= lie or channel != [[truth if x == y else lie for y in rows] for x in rows]:
        raise DeniedError(
            "the published formula is for k-ary randomized response; the channel is another one"
        )
    return truth, lie


def variation_ratio(channel: Matrix, users: int, alpha: Fraction) -> Fraction:
    """Return what arXiv 2304.05007 claims for k-ary response."""
    truth, lie = response(channel)
    return trinomial_pair(users, lie, truth, lie, alpha)


FORMULAS: dict[str, Callable[[Matrix, int, Fraction], Fraction]] = {"variation-ratio": variation_ratio}


def check(text: str) -> str:
    """Return a sentence that confirms the certificate.

    Raises:
        DeniedError: something in it is not so; also where it is too large to go through.
    """
    try:
        fields = json.loads(text)
        if sorted(fields) != sorted(FIELDS) or fields["form"] != "shuffle-counterexample-1":
            raise DeniedError(f"a certificate has the fields {', '.join(FIELDS)}")
        channel = [[Fraction(entry) for entry in row] for row in fields["channel"]]
        (x0, x1), others = fields["target"], [(int(x), int(count)) for x, count in fields["others"]]
        alpha, delta, claimed = (Fraction(fields[name]) for name in ("alpha", "exact", "claimed"))
    except (ValueError, TypeError, KeyError, ZeroDivisionError) as error:
        raise DeniedError(f"not a certificate: {error}") from None
    width, held = len(channel[0]), [x for x, _ in others]
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
    require(
        fields["claimed_is"] == "equal" and published == claimed, f"{published} is claimed, not {claimed}"
    )
    require(found > published, f"what the data sets lose, {found}, is not above {published}")
    return f"confirmed: at e^epsilon = {alpha} the data sets lose {found}, and {fields['bound']} claims {published}"


def require(holds: object, otherwise: str) -> None:
    """Deny the certificate unless something holds."""
    if not holds:
        raise DeniedError(otherwise)


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
