"""Walks that are cut off: the cut that serves, whole pieces of their curves, and one rounding for what combines factors."""

import math
from fractions import Fraction

import pytest

import accounting as csa
from accounting.curves.composed import ComposedCurve
from accounting.curves.pair_curve import Part
from accounting.numerics.ball import arb, exact_lower, exact_upper, precision
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs.clipped import ClippedPair, DeepPair
from accounting.pairs.of_randomizer import pairs_of
from accounting.pairs.walks import WalkPair

F = Fraction
USERS = 10_000


def pairs(sigma: str = "1") -> tuple[ClippedPair, DeepPair]:
    found = pairs_of(csa.GaussianNoise(sigma), USERS)
    upper, lower = found.upper[0], found.lower[1]
    assert isinstance(upper, ClippedPair)
    assert isinstance(lower, DeepPair)
    return upper, lower


@pytest.mark.parametrize("epsilon", [0.01, 0.04, 0.08])
def test_no_other_cut_is_clearly_better(epsilon: float) -> None:
    """What is outside of the cut that is chosen hardly counts."""
    upper, _ = pairs()
    alpha = Factor.exp(F(epsilon))
    chosen = upper.value(alpha, 1e-4).delta.upper
    for walk in upper.walks[6:22:5]:
        assert chosen < F(1001, 1000) * walk.value(alpha, 1e-3).delta.upper


@pytest.mark.parametrize(("low", "high"), [(0.97, 0.975), (1.01, 1.014), (1.05, 1.052)])
def test_pieces_of_a_walk_hold_what_lies_outside_of_the_reference(low: float, high: float) -> None:
    """In both directions: below 1 the walk is reflected, and its mean is that of the masses inside."""
    walk = pairs()[0].walks[6]
    assert any(letter.reference.is_zero() for letter in walk.letters())
    piece = walk.piece(low, high, 1e-4)
    assert piece is not None
    for share in (0.0, 0.3, 0.9):
        alpha = F(low + share * (high - low))
        value = walk.value(Factor.of(alpha), 1e-6).delta
        with precision(200):
            below, above = piece.ends(arb(float(alpha)))
            assert exact_lower(below) <= value.upper
            assert exact_upper(above) >= value.lower
            assert float(above) == pytest.approx(float(value.upper), rel=1e-3)
            assert float(below) == pytest.approx(float(value.lower), rel=1e-3)


def test_a_letter_that_bends_within_a_piece_has_no_line() -> None:
    letters = csa.GaussianNoise("1").spread_letters(F(3), F(1, 4))

    def bent() -> tuple[object, ...]:
        *rest, outside = letters
        return (*rest, type(outside)(outside.first, outside.first / arb("1.002"), outside.reference))

    with precision(128):
        walk = WalkPair(users=USERS, letters=bent, largest=None, basis=())  # type: ignore[arg-type]
        assert walk.piece(1.001, 1.003, 1e-3) is None
        before, after = walk.piece(1.0005, 1.0015, 1e-4), walk.piece(1.0021, 1.004, 1e-4)
        for piece, alpha in ((before, 1.001), (after, 1.003)):
            assert piece is not None
            found = piece.ends(arb(alpha))[1]
            value = walk.value(Factor.of(F(alpha)), 1e-6).delta
            assert exact_upper(found) >= value.lower
            assert float(found) == pytest.approx(float(value.upper), rel=1e-4)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.01), (1.03, 1.035), (1.08, 1.085)])
def test_pieces_of_the_least_walk_are_bounds(low: float, high: float) -> None:
    """The walk that serves at the high end bounds the whole piece; nothing is said from below."""
    upper, lower = pairs()
    piece = upper.piece(low, high, 1e-4)
    assert piece is not None
    for share in (0.0, 0.5, 1.0):
        alpha = F(low + share * (high - low))
        with precision(200):
            below, above = piece.ends(arb(float(alpha)))
            assert below == 0
        assert exact_upper(above) >= lower.value(Factor.of(alpha), 1e-4).delta.lower
        assert float(above) == pytest.approx(float(upper.value(Factor.of(alpha), 1e-4).delta.upper), rel=1e-2)
    assert upper.piece(0.9, 0.95, 1e-4) is None


def test_several_values_of_the_least_walk_promise_no_curve_from_below() -> None:
    upper, _ = pairs()
    alphas = [Factor.exp(F(e)) for e in ("0.01", "0.05")]
    for alpha, value in zip(alphas, upper.values(alphas, 1e-4), strict=True):
        assert value.delta == Enclosure(F(0), upper.value(alpha, 1e-4).delta.upper)


def test_a_composition_uses_one_rounding_at_all_factors() -> None:
    """Values of several roundings are on no one curve, and chords of theirs could be above all of them."""
    part = Part.of(pairs_of(csa.GaussianNoise("1"), USERS), 1)
    assert isinstance(part.witness, WalkPair)
    _, lower = pairs()
    far = Factor.exp(F(6 * part.spread))
    assert str(part.witness.letters) in {str(walk.letters) for walk in lower.walks}
    assert part.witness.value(far, 1e-3).delta.relative_width < 1e-2
    near = Factor.exp(F(2 * part.spread))
    alone, best = (float(pair.value(near, 1e-4).delta.lower) for pair in (part.witness, lower))
    assert alone == pytest.approx(best, rel=1e-2)


def test_other_pairs_are_one_pair_of_laws() -> None:
    (pair,) = pairs_of(csa.BinaryRandomizedResponse("0.25"), 100).upper
    assert pair.alone(Factor.of(F(2))) is pair


@pytest.mark.parametrize(("sigma", "users"), [("0.2", 2), ("0.5", 3), ("1", 2), ("1", 100)])
@pytest.mark.parametrize("z", [0.5, 2.0, 4.0])
def test_a_shuffle_loses_no_more_than_one_report_and_no_less_than_its_data_sets(
    sigma: str, users: int, z: float
) -> None:
    """One report is a Gaussian pair; far out, and for few users, no cut that is a whole number of pieces reaches it."""
    found = pairs_of(csa.GaussianNoise(sigma), users)
    mu = 1.0 / float(sigma)
    epsilon = mu * mu / 2 + z * mu
    local = _below(mu / 2 - epsilon / mu) - math.exp(epsilon) * _below(-mu / 2 - epsilon / mu)
    alpha = Factor.exp(F(epsilon))
    upper = float(found.upper[0].value(alpha, 1e-4).delta.upper)
    assert upper <= local * (1 + 1e-9)
    assert max(float(pair.value(alpha, 1e-4).delta.lower) for pair in found.lower) <= upper


def test_one_report_is_the_whole_loss_where_every_walk_says_more() -> None:
    """Two users who hardly hide: the bound is that of the report alone, to all digits, and hardly above what is lost."""
    found = pairs_of(csa.GaussianNoise("0.2"), 2)
    alpha, local = Factor.exp(F(25)), _below(-2.5) - math.exp(25) * _below(-7.5)
    assert float(found.upper[0].value(alpha, 1e-4).delta.upper) == pytest.approx(local, rel=1e-9)
    lost = max(float(pair.value(alpha, 1e-4).delta.lower) for pair in found.lower)
    assert local / 4 < lost < local


def _below(x: float) -> float:
    return math.erfc(-x / math.sqrt(2.0)) / 2.0


@pytest.mark.slow
def test_a_composition_of_gaussian_noise_is_between_its_parts_and_twice_one() -> None:
    one = csa.Shuffle(csa.GaussianNoise("1"), users=USERS)
    single, both = one.epsilon(delta="1e-8"), csa.ConcurrentShuffles([one, one]).epsilon(delta="1e-8")
    assert single.lower < both.lower < both.upper < 2 * single.upper
    assert both.upper < 1.45 * both.lower
    assert math.isclose(single.upper / single.lower, 1.31, rel_tol=0.01)


@pytest.mark.slow
def test_what_bounds_from_above_only_is_composed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No finer grid is tried for a sharpness that samples cannot show."""
    fresh, made = ComposedCurve._newly_composed, []

    def counted(self: ComposedCurve, level: float, fineness: float) -> object:
        made.append(fineness)
        return fresh(self, level, fineness)

    monkeypatch.setattr(ComposedCurve, "_newly_composed", counted)
    one = csa.Shuffle(csa.GaussianNoise("1"), users=USERS)
    bounds = csa.ConcurrentShuffles([one, one]).delta(epsilon="0.1")
    assert len(made) == 1
    assert 0 < bounds.lower < bounds.upper < 1e-6
