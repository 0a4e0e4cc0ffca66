"""Reading numbers: what is read, exactly, and what is refused."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.errors import ParameterError
from accounting.numerics.exact import (
    LARGEST_COUNT,
    delta_parameter,
    epsilon_parameter,
    exact,
    positive_epsilon,
    probability,
    whole,
)

F = Fraction


class Indexed:
    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (3, F(3)),
        (-3, F(-3)),
        (10**40, F(10**40)),
        (F(1, 3), F(1, 3)),
        (Decimal("0.1"), F(1, 10)),
        (Decimal("-1E-30"), F(-1, 10**30)),
        (0.1, F(1, 10)),
        (0.3, F(3, 10)),
        (0.1 + 0.2, F("0.30000000000000004")),
        (-0.0, F(0)),
        (1e22, F(10**22)),
        (5e-324, F(5, 10**324)),
        ("0.1", F(1, 10)),
        (" 1e-9 ", F(1, 10**9)),
        ("1/3", F(1, 3)),
        (" -2 / 6 ", F(-1, 3)),
        ("+.5", F(1, 2)),
        ("5.", F(5)),
        ("1_000", F(1000)),
        ("1E3", F(1000)),
        (np.int8(-5), F(-5)),
        (np.uint64(2**64 - 1), F(2**64 - 1)),
        (np.float64(0.1), F(1, 10)),
        (np.float32(0.1), F(1, 10)),
        (np.float16(0.1), F(1, 10)),
        (Indexed(), F(7)),
    ],
)
def test_reads(typed: Any, value: Fraction) -> None:
    read = exact("p", typed)
    assert read == value
    assert type(read) is Fraction


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_decimal_that_it_prints_as(number: float) -> None:
    assert exact("p", number) == F(Decimal(repr(number))) == exact("p", repr(number))
    assert exact("p", np.float64(number)) == exact("p", number)


@given(st.fractions())
def test_a_ratio_survives_its_text(number: Fraction) -> None:
    assert exact("p", str(number)) == number


BAD: list[Any] = [
    math.nan,
    math.inf,
    -math.inf,
    np.float64("nan"),
    np.float32("inf"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
    "nan",
    "Infinity",
    "-inf",
    "",
    "   ",
    "one",
    "0x10",
    "1,5",
    "1e",
    "e5",
    ".",
    "1/0",
    "1/2/3",
    "1.5/2",
    "--1",
    "1 2",
    "1e99999",
    "1e-5001",
    "9" * 5001,
    Decimal("1e9999"),
    True,
    np.True_,
    None,
    1j,
    np.complex128(1),
    b"1",
    [1],
    (1,),
    {},
    np.array([1.0]),
    np.array([1, 2]),
    object,
    float,
]


@pytest.mark.parametrize("typed", BAD, ids=range(len(BAD)))
def test_refuses(typed: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        exact("keep", typed)
    assert caught.value.name == "keep"
    assert "keep" in str(caught.value)
    assert "\n" not in str(caught.value)


READERS: list[Callable[[str, Any], Any]] = [
    delta_parameter,
    epsilon_parameter,
    positive_epsilon,
    probability,
    lambda name, value: whole(name, value, least=0),
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("typed", [math.nan, "nan", math.inf, None, True, "x", Decimal("Infinity")])
def test_every_reader_refuses_what_is_no_number(reader: Callable[[str, Any], Any], typed: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        reader("epsilon", typed)
    assert caught.value.name == "epsilon"


@pytest.mark.parametrize(
    ("reader", "inside", "outside"),
    [
        (probability, [0, 1, "1/2"], [-1, "-1e-300", "1.0000000001", 2]),
        (delta_parameter, [0, "1e-300", "0.999999"], [1, 1.5, "-1e-300"]),
        (epsilon_parameter, [-300, 0, 300, "1e-40"], ["300.0001", -301, 1e9]),
        (positive_epsilon, ["1e-40", 300], [0, -1, 301, "-1e-400", -0.0]),
    ],
)
def test_ranges(reader: Callable[[str, Any], Fraction], inside: list[Any], outside: list[Any]) -> None:
    for typed in inside:
        assert reader("x", typed) == exact("x", typed)
    for typed in outside:
        with pytest.raises(ParameterError) as caught:
            reader("x", typed)
        assert (caught.value.name, caught.value.value) == ("x", typed)


def test_whole_numbers() -> None:
    assert whole("users", "1e3", least=2) == 1000
    assert whole("users", 1e18, least=2) == LARGEST_COUNT
    assert whole("users", 3.0, least=2) == 3
    assert whole("users", np.int64(5), least=5, most=5) == 5
    assert type(whole("users", np.int64(5), least=1)) is int
    for bad in (1, 0, -5, 2.5, "5/2", LARGEST_COUNT + 1, 1e19):
        with pytest.raises(ParameterError) as caught:
            whole("users", bad, least=2, remedy="Ask for more")
        assert (caught.value.name, caught.value.value) == ("users", bad)
        assert str(caught.value).endswith("Ask for more")
