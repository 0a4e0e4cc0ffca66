"""An adversary against a filter, by definition: it chooses each release after seeing the earlier ones.

A menu lists what may be released in one step: its charge, and the laws of the release under the two data sets.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from .shuffle_enumeration import Law

Choice = tuple[int, Law, Law]


def worst_excess(
    menus: Sequence[Sequence[Choice]], factor: Callable[[int], Fraction], most: int | None = None
) -> Fraction:
    """Return the largest sum over transcripts y of ``(P(y) - factor(s(y)) Q(y))_+``, s(y) the sum of y's charges.

    In each step the adversary takes one choice of the step's menu, or none, as a function of all earlier releases. A choice
    with which the sum would exceed ``most`` is refused.
    """

    def worst(p: Fraction, q: Fraction, spent: int, step: int) -> Fraction:
        if step == len(menus):
            return max(Fraction(0), p - factor(spent) * q)
        best = worst(p, q, spent, step + 1)
        for charge, first, second in menus[step]:
            if most is not None and spent + charge > most:
                continue
            found = sum(
                (worst(p * first[y], q * second[y], spent + charge, step + 1) for y in first), Fraction(0)
            )
            best = max(best, found)
        return best

    return worst(Fraction(1), Fraction(1), 0, 0)
