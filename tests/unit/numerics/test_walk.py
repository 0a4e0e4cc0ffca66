"""One question about a walk, whichever road answers it."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.numerics.atoms import Guide, Step, saddle
from accounting.numerics.ball import arb, ball, exact_lower, exact_upper, precision, working_bits
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.walk import expected_positive_part
from proofs.reference import walk as reference
from tests.unit.numerics.exact_walks import (
    Atoms,
    binary_alike,
    complete,
    exact_positive_part,
    kary_blanket,
    step_of,
    steps,
)

F = Fraction


def enclosed(atoms: Atoms, n: int, width: float = 1e-6) -> Enclosure:
    return expected_positive_part(lambda: step_of(atoms), n, relative_width=width)


@st.composite
def any_steps(draw: st.DrawFn) -> Atoms:
    """Draw a step of any signs and any mean."""
    count = draw(st.integers(1, 4))
    weights = draw(st.lists(st.integers(1, 30), min_size=count + 1, max_size=count + 1))
    rest = draw(st.sampled_from([0, weights[-1]]))
    total = sum(weights[:-1]) + rest
    values = draw(
        st.lists(st.fractions(F(-8), F(8), max_denominator=12), min_size=count, max_size=count, unique=True)
    )
    return tuple((v, F(k, total)) for v, k in zip(values, weights, strict=False))


def test_the_exact_helper_is_the_reference() -> None:
    for atoms, n in ((kary_blanket(3, F(3), F(3, 2)), 5), (binary_alike(F(2), F(5, 4)), 7)):
        assert exact_positive_part(atoms, n) == reference.by_counts(complete(atoms), n)
        assert exact_positive_part(atoms, 4) == reference.by_sequences(complete(atoms), 4)


@given(any_steps(), st.integers(1, 12), st.sampled_from([0.3, 1e-3, 1e-6, 1e-10]))
def test_contains_the_reference(atoms: Atoms, n: int, width: float) -> None:
    found = enclosed(atoms, n, width)
    assert reference.by_counts(complete(atoms), n) in found
    assert found.lower >= 0


@given(any_steps(), st.integers(1, 12))
def test_reflection(atoms: Atoms, n: int) -> None:
    """E S_+ - E (-S)_+ = n E G."""
    mirrored = tuple((-value, chance) for value, chance in atoms)
    mean = n * sum((value * chance for value, chance in atoms), F(0))
    forward, backward = enclosed(atoms, n), enclosed(mirrored, n)
    assert forward.lower - backward.upper <= mean <= forward.upper - backward.lower


@given(steps(), st.integers(1, 25), st.integers(1, 20))
@settings(max_examples=25)
def test_scaling(atoms: Atoms, n: int, factor: int) -> None:
    scaled = tuple((factor * value, chance) for value, chance in atoms)
    plain, larger = enclosed(atoms, n), enclosed(scaled, n)
    assert larger.lower <= factor * plain.upper
    assert factor * plain.lower <= larger.upper


@pytest.mark.parametrize("n", [1, 2, 7, 1000, 10**12])
def test_walks_of_one_sign(n: int) -> None:
    assert enclosed(((F(-1), F(1, 2)), (F(-3), F(1, 4))), n) == Enclosure.exactly(0)
    up = enclosed(((F(1), F(1, 2)), (F(3), F(1, 4))), n)
    assert F(5, 4) * n in up
    assert up.width <= F(5, 4) * n / 2**80
    assert enclosed(((F(0), F(1, 2)),), n) == Enclosure.exactly(0)


@pytest.mark.parametrize("n", [3, 30, 300, 3000])
@pytest.mark.parametrize("alpha", [F(1), F(1001, 1000), F(3, 2), F(29, 10), 3 - F(1, 10**9)])
@pytest.mark.parametrize("width", [1e-2, 1e-6])
def test_two_atoms(n: int, alpha: Fraction, width: float) -> None:
    atoms = binary_alike(F(3), alpha)
    truth = exact_positive_part(atoms, n)
    found = enclosed(atoms, n, width)
    assert truth in found
    if truth > F(1, 10**100) and alpha < F(5, 2):  # nearer to the largest value rounding costs digits
        assert found.relative_width <= 1.06 * width


@pytest.mark.parametrize("scale", [F(1, 10**20), F(1, 10**25)])
@pytest.mark.parametrize("n", [3, 30])
def test_values_that_are_small_beside_the_precision(scale: Fraction, n: int) -> None:
    """A step like that of epsilon0 = 1e-25: differences of probabilities of which few digits are known."""
    atoms = ((scale, F(1, 2)), (-scale, F(1, 2)))
    truth = exact_positive_part(atoms, n)

    def known_to_few_digits() -> Step:
        exact = step_of(atoms)
        blur = arb(0, 1) * arb(2) ** -(95 + n.bit_length())
        shift = arb(2) ** -(96 + n.bit_length())  # inside the blur
        up, down = exact.values
        return Step((up + shift + blur, down - shift + blur), exact.chances, exact.rest)

    assert truth in expected_positive_part(known_to_few_digits, n)


def test_largest_value_zero_up_to_rounding() -> None:
    def step() -> Step:
        third = ball(F(1, 3))
        return Step((third - third, arb(-1)), (arb(0.5), arb(0.5)), arb(0))

    found = expected_positive_part(step, 1000)
    assert found.lower == 0
    assert 0 <= found.upper < F(1, 10**20)


@pytest.mark.parametrize("exponent", [30, 100, 200, 1000])
def test_huge_values(exponent: int) -> None:
    atoms = ((F(10**exponent), F(1, 3 * 10**exponent)), (F(-1), F(1, 2)))
    for n in (2, 5):
        assert exact_positive_part(atoms, n) in enclosed(atoms, n)


@pytest.mark.parametrize("n", [10, 10**4, 10**9])
def test_hopeless_questions_get_an_answer_at_once(n: int) -> None:
    """Far in the tail the answer is nearly zero, and no long numbers are built for it."""
    found = enclosed(((F(1), F(1, 4)), (F(-10), F(3, 4))), n * 1000)
    assert 0 <= found.lower <= found.upper < F(1, 10**300)


def test_any_width_that_may_be_asked_for() -> None:
    atoms = kary_blanket(3, F(3), F(3, 2))
    truth = exact_positive_part(atoms, 60)
    for width in (0.5, 1e-2, 1e-9, 1e-12):
        assert truth in enclosed(atoms, 60, width)


@given(steps(), st.sampled_from([1, 10, 1000, 10**6, 10**12]))
def test_saddle_is_about_the_minimum(atoms: Atoms, n: int) -> None:
    with precision(100):
        guide = step_of(atoms).guide()
    c = saddle(guide, n)
    assert c > 0

    def height(at: float) -> float:
        return n * guide.cumulants(at)[0] - 2.0 * math.log(at)

    near = height(c)
    tolerance = 1e-6 * (1.0 + abs(near))
    assert all(near <= height(c * share) + tolerance for share in (0.5, 0.9, 1.1, 2.0))


@given(steps(), st.floats(1e-6, 20.0))
def test_cumulants(atoms: Atoms, c: float) -> None:
    with precision(200):
        step = step_of(atoms)
        log_m, mean, variance = step.guide().cumulants(c)
        weights = [p * (arb(c) * g).exp() for p, g in zip(step.chances, step.values, strict=True)]
        m = sum(weights, step.rest)
        first = sum((w * g for w, g in zip(weights, step.values, strict=True)), arb(0)) / m
        second = sum((w * g * g for w, g in zip(weights, step.values, strict=True)), arb(0)) / m
        assert log_m == pytest.approx(float(m.log()), rel=1e-9, abs=1e-14)
        assert mean == pytest.approx(float(first), rel=1e-9, abs=1e-12)
        assert variance == pytest.approx(float(second - first * first), rel=1e-6, abs=1e-9)


def test_a_guide_keeps_the_digits_of_a_moment_near_one() -> None:
    """m - 1 is of order 1/n: logarithms come from expm1 and log1p."""
    guide = Guide((1.0, -1.0), (1e-3, 1e-3), 0.998)
    log_m = guide.cumulants(1e-8)[0]
    assert log_m == pytest.approx(1e-3 * 1e-16, rel=0.2)


@given(any_steps())
def test_mean_and_reflection_of_a_step(atoms: Atoms) -> None:
    with precision(120):
        step = step_of(atoms)
        mean = sum((value * chance for value, chance in atoms), F(0))
        assert exact_lower(step.mean()) <= mean <= exact_upper(step.mean())
        mirrored = step.reflected().mean()
        assert exact_lower(mirrored) <= -mean <= exact_upper(mirrored)
        assert step.reflected().reflected().guide() == step.guide()


def test_a_value_that_may_be_zero_does_not_ask_for_thousands_of_bits() -> None:
    """A ball around zero never has digits; far below the largest value it is as good as zero."""
    asked = []

    def step() -> Step:
        asked.append(working_bits())
        third = arb(1) / 3
        return Step((arb(1), third * 3 - 1, -third * 4), (third, third, third), arb(0))

    found = expected_positive_part(step, 200, relative_width=1e-6)
    assert max(asked) < 500
    assert found.relative_width < 1e-5
