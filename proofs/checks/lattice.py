"""Checks of the lattice contour: brackets of two binomials, against whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from flint import arb, ctx, fmpz_poly

from accounting.numerics import lattice

from .boxes import contains, exactly
from .check import CheckFailedError, Evidence, checks

__all__ = ["brackets_of_two_binomials", "lattice_sum_is_an_alias_sum"]

F = Fraction


def _tails(m: int, others: int, first: Fraction, second: Fraction) -> list[Fraction]:
    """P(Z >= t) for t = 0 .. m + others + 1, by whole numbers."""
    coins = [(first, m), (second, others)]
    law, scale = fmpz_poly([1]), 1
    for p, count in coins:
        law *= fmpz_poly([p.denominator - p.numerator, p.numerator]) ** count
        scale *= p.denominator**count
    masses = [F(int(law[z]), scale) for z in range(m + others + 1)]
    tails = [F(0)]
    for mass in reversed(masses):
        tails.append(tails[-1] + mass)
    return tails[::-1]


def _bracket(
    total: int, first: Fraction, second: Fraction, shift: int, gain: Fraction, loss: Fraction
) -> lattice.Bracket:
    return lattice.Bracket(
        total=total,
        first=exactly(first),
        second=exactly(second),
        shift=shift,
        gain=exactly(gain),
        loss=exactly(loss),
    )


def _value(tails: Sequence[Fraction], t: int, shift: int, gain: Fraction, loss: Fraction) -> Fraction:
    def tail(at: int) -> Fraction:
        return F(1) if at <= 0 else tails[at] if at < len(tails) else F(0)

    return gain * tail(t - shift) - loss * tail(t)


@checks("lattice-contour", evidence=Evidence.EXHAUSTIVE, units=((6,), (11,)))
@checks(
    "lattice-contour",
    evidence=Evidence.EXHAUSTIVE,
    units=tuple((total,) for total in (20, 30, 40)),
    deep=True,
)
def brackets_of_two_binomials(total: int) -> int:
    """All m and t of 6 and of 11 variables, three brackets, 5 sets of nodes from too few to plenty: the exact value is inside."""
    seen = 0
    for first, second, shift, gain, loss in (
        (F(3, 4), F(1, 4), 1, F(3, 8), F(5, 8)),
        (F(9, 10), F(1, 10), 1, F(7, 10), F(8, 10)),
        (F(1, 2), F(1, 3), 2, F(1), F(3, 2)),
    ):
        with ctx.workprec(128):
            bracket = _bracket(total, first, second, shift, gain, loss)
            chosen = lattice.choose_contour(bracket, total // 2, total // 2 + 1, 1e-4)
            plans = [
                chosen,
                *(
                    replace(chosen, nodes=nodes, kept=kept)
                    for nodes, kept in ((6, 2), (9, 4), (12, 6), (20, 5))
                ),
            ]
            for contour in plans:
                for m in range(total + 1):
                    tails = _tails(m, total - m, first, second)
                    for t in range(total + 2):
                        found, truth = contour.value(m, t), _value(tails, t, shift, gain, loss)
                        if not contains(found, truth):
                            raise CheckFailedError(
                                f"{contour}, m = {m}, t = {t}: {found} does not contain {truth}"
                            )
                        seen += 1
    return seen


@checks("lattice-contour", evidence=Evidence.PROPERTY)
def lattice_sum_is_an_alias_sum() -> int:
    """All m, t of 5 variables, all nodes kept, 5, 7, 9 and 11: the sum over nodes is the bracket plus its aliases, to 25 digits."""
    total, first, second, shift, gain, loss = 5, F(3, 4), F(1, 4), 1, F(3, 8), F(5, 8)
    seen = 0
    with ctx.workprec(160):
        bracket = _bracket(total, first, second, shift, gain, loss)
        for nodes in (5, 7, 9, 11):
            contour = lattice.LatticeContour(bracket, 0.75, 2.0, nodes, nodes // 2, 0)
            for m in range(total + 1):
                tails = _tails(m, total - m, first, second)
                for t in range(1, total + 2):
                    terms = contour.state(m, contour.offset(m, t))
                    found = lattice.combined(terms, contour.tail_kernel)
                    wanted = arb(0)
                    for i in range(-14 * 8, 3):
                        wanted += (arb(0.75) * nodes * i).exp() * exactly(
                            _value(tails, t + i * nodes, shift, gain, loss)
                        )
                    if not abs(found - wanted) < arb(10) ** -25:
                        raise CheckFailedError(f"{nodes} nodes, m = {m}, t = {t}: {found}, not {wanted}")
                    seen += 1
    return seen
