"""The picture's band encloses the privacy curve, at its points and between them."""

import math
from fractions import Fraction

import pytest

import accounting as csa
from accounting.curves.bounds import Bounds
from accounting.model import Budget, Deployment, NamedShuffle
from accounting.numerics.enclosure import Enclosure
from accounting.report import check
from accounting.report.band import PrivacyBand, band_of
from accounting.report.picture import FRAME, picture_of


def deployment(*users: int, epsilon: str = "1", delta: str = "1e-6") -> Deployment:
    randomizer = csa.KaryRandomizedResponse(values=4, epsilon0="2")
    shufflers = [NamedShuffle(str(i), csa.Shuffle(randomizer, n)) for i, n in enumerate(users)]
    return Deployment(shufflers, budget=Budget(epsilon=epsilon, delta=delta))


@pytest.mark.parametrize(
    "users", [(30,), (2000,), pytest.param((2000, 3000), marks=pytest.mark.slow)], ids=str
)
def test_the_band_encloses_the_curve_between_its_points(users: tuple[int, ...]) -> None:
    """The curve is asked anew, in the middle of each interval, and finely."""
    asked = deployment(*users)
    band = band_of(check(asked))
    whole = csa.ConcurrentShuffles(asked.parts)
    found = [point for i, point in enumerate(band.between(4)) if i % 4 == 2]
    assert len(found) == len(band.epsilons) - 1
    for i in range(0, len(found), 12 * len(users) ** 2):
        epsilon, least, most = found[i]
        true = whole.delta(epsilon=epsilon)
        assert least <= true.upper
        assert true.lower <= most
        assert least <= most


def test_the_band_is_narrow_where_the_curve_is_known() -> None:
    band = band_of(check(deployment(2000)))
    for _, least, most in band.between(4):
        assert most == 0 or least >= 0.5 * most


def test_points_are_certified_ends_of_the_total() -> None:
    asked = deployment(300)
    band = band_of(check(asked))
    assert band.epsilons[0] == 0
    assert list(band.epsilons) == sorted(set(band.epsilons))
    for epsilon, bounds in list(zip(band.epsilons, band.bounds, strict=True))[::16]:
        true = asked.shufflers[0].shuffle.delta(epsilon=epsilon)
        assert bounds.lower <= true.upper
        assert true.lower <= bounds.upper
    assert band.claims


@pytest.mark.parametrize(
    ("delta", "floor"), [("1e-8", -16), ("0", -16), ("1e-3", -6), ("0.5", -4), ("1e-40", -52)]
)
def test_the_picture_reaches_below_the_budget(delta: str, floor: int) -> None:
    asked = deployment(50, delta=delta)
    assert band_of(check(asked)).floor == floor


def convex(lower: list[float], upper: list[float]) -> PrivacyBand:
    bounds = [Bounds(lower=a, upper=b, upper_claims=("x",)) for a, b in zip(lower, upper, strict=True)]
    epsilons = tuple(Fraction(i) for i in range(len(bounds)))
    return PrivacyBand(epsilons=epsilons, bounds=tuple(bounds), floor=-4)


def test_between_points_a_convex_curve_is_enclosed() -> None:
    """The exact curve is (1 - alpha / 30)^2: chords lie above it, prolonged chords below."""

    def curve(epsilon: float) -> float:
        return (1 - math.exp(epsilon) / 30) ** 2

    ends = [curve(i) for i in range(4)]
    for epsilon, least, most in convex(ends, ends).between(8):
        assert least <= curve(epsilon) * (1 + 1e-12)
        assert most >= curve(epsilon) * (1 - 1e-12)


@pytest.mark.parametrize("loose", [0, 1])
def test_a_loose_end_is_not_prolonged_as_if_it_were_the_curve(loose: int) -> None:
    def curve(epsilon: float) -> float:
        return (1 - math.exp(epsilon) / 90) ** 2

    ends = [curve(i) for i in range(5)]
    lower = [end / 2 if i % 2 == loose else end for i, end in enumerate(ends)]
    for epsilon, least, _ in convex(lower, ends).between(8):
        assert least <= curve(epsilon) * (1 + 1e-12)


@pytest.mark.parametrize("loose", [0, 1])
def test_ends_of_two_witnesses_are_not_one_curve(loose: int) -> None:
    """Each witness attains its own curve; a chord through both may be steeper than either."""
    witnesses = [
        csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0="1"), users).delta(epsilon=0).witness
        for users in (3, 4)
    ]
    assert witnesses[0] != witnesses[1]

    def curve(epsilon: float) -> float:
        return (1 - math.exp(epsilon) / 90) ** 2

    bounds = []
    for i in range(5):
        low = curve(i) / 2 if i % 2 == loose else curve(i)
        value, witness = Enclosure(Fraction(low), Fraction(low)), witnesses[i % 2]
        bounds.append(
            Bounds(lower=low, upper=curve(i), upper_claims=("x",), witness=witness, lower_value=value)
        )
    band = PrivacyBand(epsilons=tuple(map(Fraction, range(5))), bounds=tuple(bounds), floor=-4)
    for epsilon, least, _ in band.between(8):
        assert least <= curve(epsilon) * (1 + 1e-12)


def corners(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in points.split())]


def test_edges_are_rounded_outward_and_stay_in_the_frame() -> None:
    band = convex([0.5, 0.03, 0.0011, 0.0], [0.5, 0.03, 0.0011, 0.0])
    picture = picture_of(band, Budget(epsilon=1, delta="0.001"))
    upper, around = corners(picture.upper), corners(picture.band)
    lower = around[len(upper) :][::-1]
    assert len(lower) == len(upper)
    height = FRAME.bottom - FRAME.top
    for (x, y), (other, below), (epsilon, least, most) in zip(upper, lower, band.between(4), strict=True):
        assert x == other == pytest.approx(FRAME.left + (FRAME.right - FRAME.left) * epsilon / 3, abs=0.006)
        assert FRAME.top <= y <= below <= FRAME.bottom
        for delta, at, sign in ((most, y, -1), (least, below, 1)):
            exact = FRAME.top + height * -max(math.log10(delta), -4) / 4 if delta > 0 else FRAME.bottom
            assert 0 <= sign * (at - exact) + 1e-9 <= 0.0101
    assert picture.budget == (
        round(FRAME.left + (FRAME.right - FRAME.left) / 3, 2),
        FRAME.top + 0.75 * height,
    )


def test_ticks_are_round_and_few() -> None:
    band = convex([0.5, 0.03, 0.0], [0.5, 0.03, 0.0])
    picture = picture_of(band, Budget(epsilon="2.4", delta="1e-9"))
    assert [tick.label for tick in picture.x_ticks] == ["0", "0.5", "1", "1.5", "2", "2.5"]
    assert [tick.label for tick in picture.y_ticks] == ["1", "1e-1", "1e-2", "1e-3", "1e-4"]
    assert picture.budget[0] is not None
    assert picture.budget[1] is None


def test_a_budget_far_beyond_the_curve_is_left_out() -> None:
    picture = picture_of(convex([0.5, 0.1], [0.5, 0.1]), Budget(epsilon="50", delta="1e-3"))
    assert picture.budget[0] is None
