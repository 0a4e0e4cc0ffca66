"""The test kit for randomizers: it passes what is right, and names the case for each kind of mistake."""

import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import accounting as csa
from accounting.numerics.ball import arb, ball
from accounting.numerics.factor import Factor
from accounting.pairs.walks import WalkPair
from accounting.randomizers.base import Letter
from accounting.testing import RandomizerCheckError, check_randomizer

F = Fraction

RIGHT = [
    csa.KaryRandomizedResponse(3, keep="1/2"),
    csa.KaryRandomizedResponse(4, "1"),
    csa.BinaryRandomizedResponse("0.3"),
    csa.SymmetricUnary(3, keep="3/4", release="vectors"),
    csa.SymmetricUnary(2, "1", release="sums"),
    csa.FiniteRandomizer([["1/2", "1/4", "1/4"], ["1/4", "1/2", "1/4"], [0, "1/2", "1/2"]]),
    csa.FiniteRandomizer([["1/2", "1/2"], ["1/2", "1/2"]]),
    csa.FiniteRandomizer([[1, 0], [0, 1]]),
]


@pytest.mark.parametrize("randomizer", RIGHT, ids=lambda r: r.describe())
def test_what_is_right_passes(randomizer: Any) -> None:
    checked = check_randomizer(randomizer, users=(2, 3), alphas=("2/3", 1, 3))
    assert checked.deltas == 6
    assert checked.letters > 0


def test_it_says_how_much_it_went_through() -> None:
    checked = csa.testing.check_randomizer(csa.KaryRandomizedResponse(4, keep="1/2"), users=(2,), alphas=(2,))
    assert checked.pairs == 12
    assert checked.deltas == 1


class Base(csa.KaryRandomizedResponse):
    """Four values; each test overrides one method with a mistake."""

    __slots__ = ()

    def __init__(self) -> None:
        csa.KaryRandomizedResponse.__init__(self, 4, keep="1/2")


def mutant(name: str, wrong: Callable[..., Any]) -> Any:
    def method(_self: Any, *arguments: Any) -> Any:
        return wrong(*arguments)

    return type("Mutant", (Base,), {"__slots__": (), name: method})()


def right(name: str, *arguments: Any) -> Any:
    return getattr(Base(), name)(*arguments)


def one_row_short() -> Any:
    return right("channel")[:-1]


def row_off_by_little() -> Any:
    rows = [list(row) for row in right("channel")]
    rows[1][2] += F(1, 10**200)
    return tuple(tuple(row) for row in rows)


def negative_entry() -> Any:
    rows = [list(row) for row in right("channel")]
    rows[1][2], rows[1][3] = -rows[1][2], rows[1][3] + 2 * rows[1][2]
    return tuple(tuple(row) for row in rows)


def other_balls() -> Any:
    return csa.KaryRandomizedResponse(4, keep="3/5").ball_channel()


def balls_off() -> Any:
    return tuple(tuple(entry * ball(F(10**40 + 1, 10**40)) for entry in row) for row in right("ball_channel"))


def heavier_blanket(pair: Any) -> Any:
    first, *rest, residual = right("blanket_letters", pair)
    more = first.reference * ball(F(1001, 1000))
    return (Letter(first.first, first.second, more), *rest, residual)


def forgotten_letter(pair: Any) -> Any:
    return right("blanket_letters", pair)[1:]


def forgotten_residual(pair: Any) -> Any:
    return right("blanket_letters", pair)[:-1]


def letter_too_many(pair: Any) -> Any:
    return (*right("blanket_letters", pair), Letter(arb(0), ball(F(1, 9)), ball(F(1, 9))))


def unlike_letters_merged(pair: Any) -> Any:
    a, b, *rest = right("blanket_letters", pair)
    return (Letter(a.first + b.first, a.second + b.second, a.reference + b.reference), *rest)


def mass_counted_twice(pair: Any) -> Any:
    letters = right("blanket_letters", pair)
    return (*letters, letters[2])


def zero_that_is_only_near(pair: Any) -> Any:
    *letters, residual = right("blanket_letters", pair)
    third = ball(F(1, 3))
    return (*letters, Letter(third - third, residual.second, residual.reference))


def wrong_companion(pair: Any, _companion: int) -> Any:
    return right("companion_letters", pair, pair[0])


WRONG: list[tuple[str, Callable[..., Any], str, str]] = [
    ("channel", one_row_short, "one row for each input", "3 rows"),
    ("channel", row_off_by_little, "sum to 1 exactly", "input 1"),
    ("channel", negative_entry, "not negative", "input 1, message 2"),
    ("ball_channel", other_balls, "encloses channel", "input 0, message 0"),
    ("ball_channel", balls_off, "ball_channel() sum to 1", "input 0"),
    ("local_factor", lambda: Factor.of(F(4)), "local_factor()", "all pairs"),
    ("local_factor", lambda: None, "local_factor()", "None"),
    ("pair_factor", lambda _pair: Factor.of(F(2)), "pair_factor()", "(0, 1)"),
    ("neighbours", lambda: (), "at least one pair", "empty"),
    ("neighbours", lambda: ((0, 0),), "different inputs", "(0, 0)"),
    ("neighbours", lambda: ((0, 7),), "different inputs", "(0, 7)"),
    ("companions", lambda _pair: (), "at least one", "()"),
    ("companions", lambda _pair: (9,), "are inputs", "9"),
    ("companions", lambda _pair: (0, 1), "one of companions()", "others at 2"),
    ("blanket_letters", heavier_blanket, "likelihood ratios of messages", "blanket_letters"),
    ("blanket_letters", forgotten_letter, "in a letter", "blanket_letters"),
    ("blanket_letters", forgotten_residual, "in a letter", "(0, 0, "),
    ("blanket_letters", letter_too_many, "likelihood ratios of messages", "blanket_letters"),
    ("blanket_letters", unlike_letters_merged, "likelihood ratios of messages", "blanket_letters"),
    ("blanket_letters", mass_counted_twice, "masses of their messages", "blanket_letters"),
    ("blanket_letters", zero_that_is_only_near, "likelihood ratios of messages", "blanket_letters"),
    ("companion_letters", wrong_companion, "companion_letters", "others at"),
]


@pytest.mark.parametrize(
    ("name", "wrong", "rule", "case"), WRONG, ids=[f"{w[0]}-{w[1].__name__}-{i}" for i, w in enumerate(WRONG)]
)
def test_each_mistake_is_named(name: str, wrong: Callable[..., Any], rule: str, case: str) -> None:
    with pytest.raises(RandomizerCheckError) as caught:
        check_randomizer(mutant(name, wrong), users=(2,), alphas=(2,))
    assert rule in str(caught.value)
    assert case in str(caught.value)
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, csa.AccountingError)
    assert pickle.loads(pickle.dumps(caught.value)).case == caught.value.case


def test_a_class_that_is_left_out_is_named() -> None:
    """A matrix without symmetries, of which only one order is listed."""

    class OneOrder(csa.FiniteRandomizer):
        __slots__ = ()

        def neighbours(self) -> Any:
            return ((0, 1),)

    lopsided = OneOrder([["1/2", "1/2"], ["1/5", "4/5"]])
    with pytest.raises(
        RandomizerCheckError, match=r"looks like one of neighbours\(\); not so for inputs \(1, 0\)"
    ):
        check_randomizer(lopsided, users=(2,))


@pytest.mark.parametrize(
    ("scale", "rule"), [(F(1, 2), "upper end is at least"), (F(2), "lower end is at most")]
)
def test_an_end_on_the_wrong_side_is_named(
    monkeypatch: pytest.MonkeyPatch, scale: Fraction, rule: str
) -> None:
    value = WalkPair.value

    def scaled(self: Any, alpha: Any, relative_width: float) -> Any:
        found = value(self, alpha, relative_width)
        delta = type(found.delta)(found.delta.lower * scale, found.delta.upper * scale)
        return type(found)(delta, found.witness)

    monkeypatch.setattr(WalkPair, "value", scaled)
    with pytest.raises(RandomizerCheckError, match=rule) as caught:
        check_randomizer(csa.KaryRandomizedResponse(3, keep="1/2"), users=(3,), alphas=("5/4",))
    assert "3 users, alpha = 5/4" in caught.value.case


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: check_randomizer(csa.PureLocal("1")), "randomizer"),  # type: ignore[arg-type]
        (lambda: check_randomizer(RIGHT[0], users=()), "users"),
        (lambda: check_randomizer(RIGHT[0], users=(1,)), "users"),
        (lambda: check_randomizer(RIGHT[0], alphas=()), "alphas"),
        (lambda: check_randomizer(RIGHT[0], alphas=(0,)), "alphas"),
        (lambda: check_randomizer(csa.KaryRandomizedResponse(6, "1"), users=(200,)), "users"),
    ],
)
def test_bad_calls(call: Callable[[], Any], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        call()
    assert caught.value.name == name
