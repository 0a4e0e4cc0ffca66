"""Symbolic deltas at rational numbers are the exact deltas of the toolkit, which enumerates in numbers."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import accounting as csa
from accounting.symbolic import SymbolicRandomizer, delta
from tests.strategies import Channel, channels

F = Fraction
FACTORS = (F(11, 10), F(2), F(3), F(10))
ALPHAS = (F(1, 3), F(1), F(6, 5), F(2), F(7, 2))
LOPSIDED = SymbolicRandomizer.of_matrix(
    [["w/(2 + w)", "1/(2 + w)", "1/(2 + w)"], ["1/(1 + w)", "w/(1 + w)", "0"], ["1/3", "1/2 - 1/(6*w)", "1/6 + 1/(6*w)"]],
    assume="w > 1",
)  # fmt: skip
RANDOMIZERS = {
    "binary": SymbolicRandomizer.binary(),
    "ternary": SymbolicRandomizer.kary(3),
    "quaternary": SymbolicRandomizer.kary(4),
    "lopsided": LOPSIDED,
}


def exact(randomizer: SymbolicRandomizer, users: int, alpha: Fraction, **symbols: int | Fraction) -> object:
    shuffle = csa.Shuffle(randomizer.with_values(**symbols), users=users)
    return csa.exact_delta(shuffle, alpha=alpha).delta


@pytest.mark.parametrize(
    ("name", "users"),
    [
        ("binary", 2),
        ("binary", 5),
        ("ternary", 3),
        ("ternary", 4),
        ("quaternary", 4),
        ("lopsided", 2),
        ("lopsided", 3),
    ],
)
def test_delta_over_all_data_sets(name: str, users: int) -> None:
    randomizer = RANDOMIZERS[name]
    found = delta(randomizer, users=users)
    for w in FACTORS:
        pieces = found.pieces(w=w)
        for alpha in ALPHAS:
            assert found.at(alpha, w=w) == pieces.at(alpha) == exact(randomizer, users, alpha, w=w)


@pytest.mark.slow
@pytest.mark.parametrize(("values", "users"), [(2, 8), (3, 5)])
def test_larger_cases(values: int, users: int) -> None:
    randomizer = SymbolicRandomizer.kary(values)
    found = delta(randomizer, users=users)
    for w in FACTORS:
        for alpha in ALPHAS:
            assert found.at(alpha, w=w) == exact(randomizer, users, alpha, w=w)


def test_a_symbolic_number_of_values() -> None:
    randomizer = SymbolicRandomizer.kary("k", assume=("w > 1", "k >= 4"))
    found = delta(randomizer, users=3)
    for values in (4, 5, 9):
        for w in (F(3, 2), F(6)):
            for alpha in (F(1, 2), F(1), F(2), F(4)):
                assert found.at(alpha, w=w, k=values) == exact(randomizer, 3, alpha, w=w, k=values)


@pytest.mark.parametrize(
    ("names", "sizes"), [(("binary", "binary"), (3, 3)), (("binary", "ternary"), (2, 2))]
)
def test_several_shuffles_with_fixed_data(names: tuple[str, ...], sizes: tuple[int, ...]) -> None:
    randomizers = [RANDOMIZERS[name] for name in names]
    found = delta(randomizers, users=sizes)
    for w in (F(3, 2), F(3)):
        shuffles = [csa.Shuffle(r.with_values(w=w), users=n) for r, n in zip(randomizers, sizes, strict=True)]
        for alpha in (F(1, 2), F(1), F(2), F(5)):
            assert found.at(alpha, w=w) == csa.exact_delta(shuffles, alpha=alpha, inputs="fixed").delta


def mixed(first: Channel, second: Channel) -> SymbolicRandomizer:
    """Use one channel with chance 1/w, another one else: rows sum to 1 identically, and all is nonnegative."""
    rows = [
        [f"({p.numerator}/{p.denominator})/w + ({q.numerator}/{q.denominator})*(1 - 1/w)" for p, q in zip(*both, strict=True)]
        for both in zip(first, second, strict=True)
    ]  # fmt: skip
    return SymbolicRandomizer.of_matrix(rows, assume="w > 1")


@st.composite
def symbolic_randomizers(draw: st.DrawFn, *, inputs: int = 3) -> SymbolicRandomizer:
    first = draw(channels(inputs=inputs, letters=3, weight=5))
    width = len(first[0])
    weights = st.lists(st.integers(0, 5), min_size=width, max_size=width).filter(any)
    second = draw(st.lists(weights, min_size=len(first), max_size=len(first)))
    return mixed(first, tuple(tuple(F(weight, sum(row)) for weight in row) for row in second))


@settings(max_examples=20)
@given(
    symbolic_randomizers(),
    st.integers(2, 3),
    st.fractions(F(10, 9), 20, max_denominator=9),
    st.fractions(F(1, 9), 9, max_denominator=9),
)
def test_any_randomizer(randomizer: SymbolicRandomizer, users: int, w: Fraction, alpha: Fraction) -> None:
    assert delta(randomizer, users=users).at(alpha, w=w) == exact(randomizer, users, alpha, w=w)


@pytest.mark.slow
@settings(max_examples=4)
@given(
    symbolic_randomizers(inputs=2),
    st.just(2),
    st.lists(st.fractions(F(10, 9), 9, max_denominator=9), max_size=4),
)
def test_regions_of_any_randomizer(
    randomizer: SymbolicRandomizer, users: int, points: list[Fraction]
) -> None:
    """Inside every region, and at any point, the pieces give delta at their breakpoints and between them."""
    found = delta(randomizer, users=users)
    regions = found.regions()
    for left, right in pairwise(regions):
        assert left.upper == right.lower
    for w in [*points, *(region.sample for region in regions)]:
        region = next(region for region in regions if region.contains(w))
        ends = [F(str(piece.start.subs("w", str(w)))) for piece in region.pieces]
        assert ends == sorted(ends)
        for piece, start, end in zip(region.pieces, ends, [*ends[1:], ends[-1] + 1], strict=True):
            for alpha in {(start + end) / 2, end}:
                value = piece.value.subs({"w": str(w), "alpha": str(alpha)})
                assert F(str(value)) == found.at(alpha, w=w)
