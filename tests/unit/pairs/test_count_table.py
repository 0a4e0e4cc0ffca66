"""Tables of binomial tails: against exact fractions, against the contour, and each of their parts is needed."""

import math
from fractions import Fraction

import pytest

from accounting import BinomialCount
from accounting.numerics.ball import arb, exact_lower, exact_upper, precision
from accounting.numerics.factor import Factor
from accounting.pairs import count_table as module
from accounting.pairs import counts
from accounting.pairs.count_table import count_table
from accounting.pairs.counts import CountPair


def exact_tail(bits: int, p: Fraction, t: int) -> Fraction:
    return sum(
        (Fraction(math.comb(bits, i)) * p**i * (1 - p) ** (bits - i) for i in range(max(t, 0), bits + 1)),
        Fraction(0),
    )


@pytest.mark.parametrize(("bits", "p"), [(1, "1/3"), (7, "1/2"), (40, "1/100"), (60, "19/20"), (400, "1/7")])
def test_every_tail_holds_the_exact_one(bits: int, p: str) -> None:
    table = count_table(bits, Fraction(p))
    assert table is not None
    with precision(192):
        for t in range(table.first, table.first + len(table.tails)):
            found = table.tail(t)
            assert found is not None
            exact = exact_tail(bits, Fraction(p), t)
            assert exact_lower(found) <= exact <= exact_upper(found)
            assert exact_upper(found) - exact_lower(found) <= exact * Fraction(1, 2**100)


def test_beyond_the_window_there_is_no_entry() -> None:
    table = count_table(10**6, Fraction(1, 1000))
    assert table is not None
    assert table.tail(table.first - 1) is None
    assert table.tail(table.first + len(table.tails)) is None


def test_too_wide_a_law_has_no_table() -> None:
    assert count_table(10**9, Fraction(1, 2)) is None


def test_the_rest_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DEPTH", 5)
    count_table.cache_clear()
    table = count_table(200, Fraction(1, 2))
    count_table.cache_clear()
    assert table is not None
    last = table.first + len(table.tails) - 1
    with precision(192):
        found, exact = table.tail(last), exact_tail(200, Fraction(1, 2), last)
        assert found is not None
        assert exact_lower(found) <= exact <= exact_upper(found)
        without = found - (table.tails[-1] - 0)
        assert not exact_upper(without) >= exact  # the mass at the end and the rest together


@pytest.mark.parametrize(
    ("bits", "p", "shift"), [(500, "1/2", 1), (10**5, "1/1000", 1), (8192, "3/256", 3), (3000, "1/3", 50)]
)
@pytest.mark.parametrize("alpha", ["1", "21/20", "2", "40"])
def test_the_same_as_the_contour(
    monkeypatch: pytest.MonkeyPatch, bits: int, p: str, shift: int, alpha: str
) -> None:
    for rising in (True, False):
        pair = CountPair(randomizer=BinomialCount(shift, 1, p), users=bits, rising=rising)
        tabulated = pair.value(Factor.of(Fraction(alpha)), 1e-9).delta
        with monkeypatch.context() as patch:
            patch.setattr(counts, "count_table", lambda *_: None)
            by_contour = pair.value(Factor.of(Fraction(alpha)), 1e-9).delta
        assert tabulated.lower <= by_contour.upper
        assert by_contour.lower <= tabulated.upper
        if by_contour.lower > 0:  # else so far below all floats that nobody looks
            assert tabulated.upper - tabulated.lower <= tabulated.upper * Fraction(1, 10**20)


@pytest.mark.parametrize("shift", [1, 2, 5, 60])
@pytest.mark.parametrize("alpha", ["1", "1.01", "3", "1000"])
def test_the_threshold_is_the_least_one(shift: int, alpha: str) -> None:
    bits, p = 700, Fraction(2, 7)
    pair = CountPair(randomizer=BinomialCount(shift, 1, p), users=bits, rising=True)

    def is_above(t: int) -> bool:
        if t > bits:
            return True
        first = Fraction(math.comb(bits, t - shift)) * p ** (t - shift) * (1 - p) ** (bits - t + shift)
        return first > Fraction(alpha) * math.comb(bits, t) * p**t * (1 - p) ** (bits - t)

    with precision(160):
        found = pair._thresholds(p, Factor.of(Fraction(alpha)))
    least = next(t for t in range(shift, bits + 2) if is_above(t))
    assert least in found


def test_balls_of_a_table_are_not_written_to() -> None:
    table = count_table(50, Fraction(1, 2))
    assert table is not None
    assert isinstance(table.tails, tuple)
    assert all(isinstance(tail, arb) for tail in table.tails)
