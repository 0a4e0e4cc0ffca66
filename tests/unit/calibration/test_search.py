"""The search on families whose answer is known, also where curves are rough or have no slope."""

import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.calibration import search
from accounting.calibration.grid import Counts
from accounting.calibration.search import Found, Question, certainly_above, certainly_within, find
from accounting.curves import Bounds
from accounting.numerics.enclosure import Enclosure

LEVEL = Fraction(1, 10**6)


def asked(
    upper: Callable[[int], float], lower: Callable[[int], float], start: int, **others: object
) -> Found:
    def evaluate(number: int, effort: int) -> Bounds:
        wide = 1e-2 if effort == 0 else 1e-9
        high, low = Fraction(upper(number)), Fraction(lower(number))
        return Bounds(
            lower=float(low * Fraction(1 - wide)),
            upper=float(high * Fraction(1 + wide)),
            upper_claims=(),
            upper_value=Enclosure(high * Fraction(1 - wide), high * Fraction(1 + wide)),
            lower_value=Enclosure(low * Fraction(1 - wide), low * Fraction(1 + wide)),
        )

    return find(
        Question(
            grid=Counts(),
            evaluate=evaluate,
            level=LEVEL,
            safe_efforts=(0, 1),
            unsafe_efforts=(0, 1),
            widths=(1e-2, 1e-6),
            closeness=0.0,
            start=start,
            most=200,
            **others,  # type: ignore[arg-type]
        )
    )


def numbers(found: Found) -> tuple[int | None, int | None]:
    return found.safe and found.safe[0], found.unsafe and found.unsafe[0]


@given(rate=st.floats(1e-9, 1.0), share=st.floats(0.2, 1.0), start=st.integers(2, 10**12))
def test_finds_both_ends_of_exponentials(rate: float, share: float, start: int) -> None:
    def upper(users: int) -> float:
        return max(math.exp(-rate * users), 1e-300)

    def lower(users: int) -> float:
        return share * upper(users)

    safe, unsafe = numbers(asked(upper, lower, start))
    assert safe is not None
    assert upper(safe) <= LEVEL
    assert safe == 2 or upper(safe - 1) * (1 + 1e-8) > LEVEL
    if unsafe is None:
        assert lower(2) * (1 - 1e-8) <= LEVEL
    else:
        assert lower(unsafe) > LEVEL
        assert lower(unsafe + 1) * (1 - 1e-8) <= LEVEL


@pytest.mark.parametrize("start", [2, 37, 10**6, 10**18])
def test_a_cliff(start: int) -> None:
    def loss(users: int) -> float:
        return 0.9 if users < 5000 else 0.0

    assert numbers(asked(loss, loss, start)) == (5000, 4999)


@pytest.mark.parametrize("start", [2, 10**6, 10**18])
def test_nothing_is_safe(start: int) -> None:
    assert numbers(asked(lambda _: 1e-3, lambda _: 1e-4, start)) == (None, 10**18)


@pytest.mark.parametrize("start", [2, 10**6, 10**18])
def test_nothing_is_certified(start: int) -> None:
    safe, unsafe = numbers(asked(lambda _: 1e-3, lambda n: 1e-3 if n < 100 else 1e-9, start))
    assert (safe, unsafe) == (None, 99)


def test_everything_is_safe() -> None:
    assert numbers(asked(lambda _: 1e-9, lambda _: 1e-10, 1000)) == (2, None)


def test_noise_leaves_the_ends_certified() -> None:
    """An upper end that is no monotone function of the number still certifies what it is asked about."""

    def rough(users: int) -> float:
        return math.exp(-0.01 * users) * (1.5 if users % 3 else 0.5)

    safe, unsafe = numbers(asked(rough, lambda users: 0.4 * math.exp(-0.01 * users), 700))
    assert safe is not None
    assert unsafe is not None
    assert rough(safe) <= LEVEL
    assert 0.4 * math.exp(-0.01 * unsafe) > LEVEL


def test_the_sides_are_strict() -> None:
    at = Bounds(lower=float(LEVEL), upper=1.0, upper_claims=(), lower_value=Enclosure.exactly(LEVEL))
    assert not certainly_above(at, LEVEL)
    met = Bounds(lower=0.0, upper=1.0, upper_claims=(), upper_value=Enclosure.exactly(LEVEL))
    assert certainly_within(met, LEVEL)
    over = Bounds(lower=0.0, upper=1.0, upper_claims=(), upper_value=Enclosure(Fraction(0), LEVEL * 2))
    assert not certainly_within(over, LEVEL)


def bump(number: int, _: int) -> Bounds:
    """More than the level is lost below 90, and again from 200 to 300."""
    low = Fraction(2e-6) if number < 90 or 200 <= number < 300 else Fraction(0)
    high = max(low, Fraction(2e-6) if number < 100 else Fraction(1e-7))
    return Bounds(
        lower=float(low),
        upper=float(high),
        upper_claims=(),
        upper_value=Enclosure.exactly(high),
        lower_value=Enclosure.exactly(low),
    )


@pytest.mark.parametrize(("seen", "nearest"), [((50, 85, 95, 150, 250), 85), ((95, 250), None)])
def test_the_nearest_unsafe_one_below_a_safe_one(seen: tuple[int, ...], nearest: int | None) -> None:
    """Where losses are not monotone there may be others above."""
    question = Question(
        grid=Counts(),
        evaluate=bump,
        level=LEVEL,
        safe_efforts=(0,),
        unsafe_efforts=(0,),
        widths=(1e-2,),
        closeness=0.0,
        start=150,
        is_monotone=False,
    )
    run = search._Run(question)
    for number in seen:
        run.bounds(number, 0)
    assert run.nearest_unsafe(150) == nearest


@pytest.mark.parametrize("is_monotone", [True, False])
def test_a_safe_candidate_below_an_unsafe_one(monkeypatch: pytest.MonkeyPatch, is_monotone: bool) -> None:
    """A defect where losses are monotone; else the unsafe one gives way to one below."""

    def boundary(run: search._Run, _: object, __: object, ___: int, wanted: int) -> tuple[int, int]:
        for number in (85, 150, 250):
            run.bounds(number, 0)
        return (85, 150) if wanted else (250, 300)

    monkeypatch.setattr(search._Run, "boundary", boundary)
    question = Question(
        grid=Counts(),
        evaluate=bump,
        level=LEVEL,
        safe_efforts=(0,),
        unsafe_efforts=(0,),
        widths=(1e-2,),
        closeness=0.0,
        start=150,
        is_monotone=is_monotone,
    )
    if is_monotone:
        with pytest.raises(ArithmeticError, match="below an unsafe one"):
            find(question)
    else:
        assert numbers(find(question)) == (150, 85)


def test_a_curve_that_hardly_falls() -> None:
    """A far message decides and users help little: guesses must not creep up to the answer for ever."""

    def loss(users: int) -> float:
        return 1e-6 * math.pow(10**9 / users, 0.02)

    safe, unsafe = numbers(asked(loss, loss, 10**5))
    assert safe is not None
    assert unsafe is not None
    assert 10**9 <= safe <= 1.01 * 10**9
    assert 0.99 * 10**9 <= unsafe <= 10**9
