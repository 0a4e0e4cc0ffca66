"""Polynomial pieces contain the walk at every factor, and each part of their error is needed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.curves import pair_curve
from accounting.numerics import contour, pieces
from accounting.numerics.atoms import saddle
from accounting.numerics.ball import arb, ball, precision
from accounting.numerics.factor import Factor
from accounting.numerics.pieces import Piece
from accounting.numerics.tail import Pair as AtomPair
from accounting.numerics.tail import far_nodes
from accounting.pairs.of_randomizer import pairs_of
from accounting.pairs.walks import WalkPair
from accounting.randomizers import FiniteRandomizer, KaryRandomizedResponse

SPREADS = st.floats(0.0, 6.0)


def blanket(values: int, epsilon0: str, users: int) -> WalkPair:
    pair = pairs_of(KaryRandomizedResponse(values, epsilon0), users).upper[0]
    assert isinstance(pair, WalkPair)
    return pair


def spread(pair: WalkPair) -> float:
    return math.sqrt(2 * math.pi) * float(pair.value(Factor.exp(Fraction(0)), 1e-3).delta.upper)


def contains(piece: Piece, pair: WalkPair, factor: float) -> bool:
    """The single value, by the other roads, and the piece have a number in common; and the piece is narrow."""
    exact = pair.value(Factor.of(Fraction(factor)), 1e-8).delta
    with precision(300):
        below, above = piece.ends(ball(Fraction(factor)))
        return bool(below <= ball(exact.upper)) and bool(above >= ball(exact.lower))


@given(
    st.sampled_from(
        [(8, "4", 100_000), (4, "2", 20_000), (30, "6", 10**7), (3, "1", 10**12), (100, "8", 10**9)]
    ),
    SPREADS,
    st.floats(0.05, 0.4),
    st.floats(0.0, 1.0),
)
@settings(max_examples=12)
def test_pieces_contain_single_values(kind: tuple[int, str, int], z: float, length: float, at: float) -> None:
    pair = blanket(*kind)
    scale = spread(pair)
    low, high = math.exp(z * scale), math.exp((z + length) * scale)
    piece = pair.piece(low, high, 1e-4)
    if piece is None:
        return
    for factor in (low, high, low + at * (high - low)):
        assert contains(piece, pair, factor)


@pytest.mark.parametrize("z", [0.0, 0.5, 1.0, 2.0, 4.0, 8.0])
def test_there_are_pieces_where_many_users_report(z: float) -> None:
    pair = blanket(8, "5", 10**8)
    scale = spread(pair)
    assert pair.piece(math.exp(z * scale), math.exp((z + 0.3) * scale), 1e-5) is not None


@pytest.mark.parametrize("z", [0.1, 1.0, 3.0])
def test_pieces_below_one_are_those_of_the_other_walk(z: float) -> None:
    """An asymmetric channel, whose curve below alpha = 1 is no mirror image."""
    matrix = [["6/10", "3/10", "1/10"], ["2/10", "5/10", "3/10"], ["1/10", "1/10", "8/10"]]
    pair = pairs_of(FiniteRandomizer(matrix), 50_000).upper[0]
    assert isinstance(pair, WalkPair)
    scale = spread(pair)
    low, high = math.exp(-(z + 0.3) * scale), math.exp(-z * scale)
    piece = pair.piece(low, high, 1e-4)
    assert piece is not None
    for factor in (low, high, (low + high) / 2):
        assert contains(piece, pair, factor)


def test_no_piece_where_few_effective_steps_leave_a_lattice() -> None:
    pair = blanket(4, "13", 1000)
    scale = spread(pair)
    assert pair.piece(math.exp(scale), math.exp(1.3 * scale), 1e-5) is None


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [((100, "60", 150), 12.0, 79.0), ((10, "60", 10**18), 12.0, 79.0), ((100, "20", 101), 3e6, 1.4e8)],
)
def test_no_piece_where_a_walk_hardly_moves(kind: tuple[int, str, int], low: float, high: float) -> None:
    values, epsilon0, users = kind
    pairs = pairs_of(KaryRandomizedResponse(values, epsilon0), users).lower
    assert [pair.piece(low, high, 1e-4) for pair in pairs] == [None] * len(pairs)


def test_no_piece_where_its_core_would_be_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = blanket(8, "4", 100_000)
    low, high = 1.0, math.exp(0.3 * spread(pair))
    assert pair.piece(low, high, 1e-3) is not None

    def endless(*arguments: object) -> object:
        return replace(contour.plan_contour(*arguments), core=10**7, last=10**7)  # type: ignore[arg-type]

    def refuse(*_: object) -> None:
        raise AssertionError("millions of nodes are summed")

    monkeypatch.setattr(pieces, "plan_contour", endless)
    monkeypatch.setattr(pieces._Nodes, "summed", refuse)
    assert pair.piece(low, high, 1e-3) is None


def test_a_piece_holds_its_ends_where_floats_are_coarse() -> None:
    """Spreads near 1e-9: the middle of two floats is rounded by a good share of the piece's length."""
    pair = blanket(3, "1/2", 10**18)
    scale = spread(pair)
    for i in range(10):
        low = math.exp((1.0 + i / 7) * scale)
        high = math.exp((1.3 + i / 7) * scale)
        piece = pair.piece(low, high, 1e-4)
        assert piece is not None
        with precision(200):
            for factor in (low, high):
                assert abs((arb(factor) - piece.centre) / piece.radius) <= 1


@given(SPREADS)
@settings(max_examples=10)
def test_dips_bound_the_chord(z: float) -> None:
    pair = blanket(8, "5", 10**7)
    scale = spread(pair)
    low, high = math.exp(z * scale), math.exp((z + 0.3) * scale)
    piece = pair.piece(low, high, 1e-4)
    assert piece is not None
    with precision(300):
        marks = [arb(low) + (arb(high) - arb(low)) * i / 6 for i in range(7)]
        dips = piece.dips(marks)
        for left, right, dip in zip(marks[:-1], marks[1:], dips, strict=True):
            first, last = piece.ends(left)[0], piece.ends(right)[0]
            for share in (arb("0.25"), arb("0.5"), arb("0.75")):
                chord = first + (last - first) * share
                inside = piece.ends(left + (right - left) * share)[0]
                assert chord - dip <= inside
            middle = piece.ends((left + right) / 2)[0]
            assert (first + last) / 2 - dip / 2 > middle - dip, "the bound is not idle"


@pytest.mark.parametrize("z", [0.3, 1.0, 2.5, 4.0])
def test_pieces_of_the_largest_curve_contain_it(z: float) -> None:
    """Six ordered pairs of inputs, whose curves cross: one bounds from below, all from above."""
    matrix = [["6/10", "3/10", "1/10"], ["2/10", "5/10", "3/10"], ["1/10", "1/10", "8/10"]]
    pairs = pairs_of(FiniteRandomizer(matrix), 200_000).upper
    scale = max(spread(pair) for pair in pairs if isinstance(pair, WalkPair))
    low, high = math.exp(z * scale), math.exp((z + 0.3) * scale)
    piece = pair_curve._pieces(pairs)(low, high, 1e-4)
    assert piece is not None
    for factor in (low, high, (low + high) / 2):
        exact = pair_curve.largest(pairs, Factor.of(Fraction(factor)), 1e-8).value.delta
        with precision(300):
            below, above = piece.ends(ball(Fraction(factor)))
            assert below <= ball(exact.upper)
            assert above >= ball(exact.lower)
            assert above - below <= 1e-3 * above


def violations(change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> int:
    """Count factors at which a piece with a broken error term misses the true value."""
    change(monkeypatch)
    monkeypatch.setattr(pieces, "_TOLERATED", 1e9)
    count = 0
    for pair in (blanket(8, "4", 100_000), blanket(4, "2", 20_000)):
        scale = spread(pair)
        for z in (0.0, 0.2, 0.6, 1.0, 2.0, 3.0):
            low, high = math.exp(z * scale), math.exp((z + 0.2) * scale)
            piece = pair.piece(low, high, 1e-4)
            if piece is not None:
                count += sum(not contains(piece, pair, low + (high - low) * i / 8) for i in range(9))
    return count


def nothing(_: pytest.MonkeyPatch) -> None: ...


def no_smoothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the correction for smoothing, in the lower polynomial."""
    summed = pieces._Nodes.summed

    def without(nodes: pieces._Nodes) -> object:
        value, _, (rest, _) = summed(nodes)
        return value, [arb(0)] * len(value), (rest, arb(0))

    monkeypatch.setattr(pieces._Nodes, "summed", without)


def few_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the series after three terms, and forget the rest."""
    summed = pieces._Nodes.summed

    def cut(nodes: pieces._Nodes) -> object:
        value, density, _ = summed(nodes)
        return value, density, (arb(0), arb(0))

    monkeypatch.setattr(pieces, "_TERMS", 3)
    monkeypatch.setattr(pieces._Nodes, "summed", cut)


def short_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave nodes out and forget their bound."""
    planned = contour.plan_contour
    monkeypatch.setattr(
        pieces,
        "plan_contour",
        lambda *a: replace(planned(*a), core=planned(*a).core // 5),
    )
    monkeypatch.setattr(pieces, "_far", lambda _, plan, *__: (plan.core, (arb(0), arb(0))))


def no_aliases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample too coarsely and forget the aliases."""
    planned = contour.plan_contour

    def coarse(*a: object) -> object:
        plan = planned(*a)  # type: ignore[arg-type]
        return replace(plan, step=plan.step * 2.5, core=max(plan.core // 2, 2))

    monkeypatch.setattr(pieces, "plan_contour", coarse)
    monkeypatch.setattr(pieces, "alias_bound", lambda *_: arb(0))


@pytest.mark.parametrize(
    ("change", "breaks"),
    [(nothing, False), (no_smoothing, True), (few_terms, True), (short_core, True), (no_aliases, True)],
)
def test_every_part_of_the_error_is_needed(
    change: Callable[[pytest.MonkeyPatch], None], breaks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (violations(change, monkeypatch) > 0) == breaks


def test_far_sums_hold_all_nodes_and_the_growth_of_the_moment() -> None:
    """Hardly smoothed, nearly everything lies beyond the last node; and one moment is not that of the whole piece."""
    pair = blanket(8, "4", 100_000)
    with precision(200):
        step = pair.step_at(Factor.of(Fraction(1001, 1000)))
        guide = step.guide()
        plan = contour.plan_contour(guide, pair.users, saddle(guide, pair.users), 1e-3, 1e-4)
        plan = replace(plan, last=plan.core + 1, tau=1e-6 / plan.c)
        found = [pieces._far(step, plan, arb(growth), math.inf) for growth in (1, 10)]
        beyond = contour.beyond_last(plan)
    assert found[0] is not None
    assert found[1] is not None
    (value, density), (grown, grown_density) = found[0][1], found[1][1]
    assert float(density) > 0.999 * float(beyond)
    assert float(value) > 0.999 * float(beyond) / (plan.last * plan.step) ** 2
    assert float(grown) == pytest.approx(10 * float(value), rel=1e-9)
    assert float(grown_density) == pytest.approx(10 * float(density), rel=1e-9)


def test_slack_covers_every_distance_within_it() -> None:
    """Bounds for a distance with slack hold, node by node, for all distances that it allows; without, they do not."""
    weight, distance, slack, n = 0.04, 5.0, 0.01, 2000
    h, tau, core, last = 0.004, 0.05, 30, 4000

    def missed(pair: AtomPair, true: float) -> int:
        """Count nodes at which the integrand's modulus is above its bound, or above what was skipped."""
        far = far_nodes((pair,), n, 0.01, h, tau, core, last)
        bounds = dict(zip(far.nodes.tolist(), far.density.tolist(), strict=True))
        count = 0
        with precision(100):
            for j in range(core + 1, last + 1):
                t = arb(h) * j
                turned = -2 * n * arb(weight) * (t * arb(true) / 2).sin() ** 2
                modulus = (turned - arb(tau) ** 2 * (t**2 - arb("1e-4")) / 2).exp()
                count += not modulus <= bounds.get(j, far.skipped_density)
        return count

    for share in (-slack, -slack / 2, 0.0, slack / 3, slack):
        assert missed(AtomPair(weight, distance, slack), distance * (1.0 + share)) == 0
    assert missed(AtomPair(weight, distance), distance * (1.0 + slack)) > 0
    assert missed(AtomPair(weight, distance, slack / 2), distance * (1.0 + slack)) > 0
