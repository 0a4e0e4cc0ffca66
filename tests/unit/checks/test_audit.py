"""Claims that a function may reach, read off the text, contain those that its results name."""

import pytest

import accounting as csa
from accounting.errors import ParameterError
from proofs.checks.audit import reached


@pytest.mark.parametrize(
    "randomizer",
    [
        csa.BinaryRandomizedResponse(keep="3/4"),
        csa.KaryRandomizedResponse(values=3, epsilon0="2"),
        csa.PureLocal(epsilon0="1"),
        csa.BinomialCount(levels=1, bits=8, p="1/2"),
        csa.SymmetricUnary(values=4, epsilon0="2", release="sums"),
    ],
    ids=lambda randomizer: str(randomizer.kind),
)
def test_claims_of_results_are_among_those_reached(randomizer: csa.Randomizer) -> None:
    shuffle = csa.Shuffle(randomizer, 50)
    for function, bounds in [
        ("accounting.Shuffle.epsilon", shuffle.epsilon(delta="1e-3")),
        ("accounting.Shuffle.delta", shuffle.delta(epsilon="0.5")),
        (
            "accounting.ConcurrentShuffles.delta",
            csa.ConcurrentShuffles([shuffle, shuffle]).delta(epsilon="0.5"),
        ),
    ]:
        assert {*bounds.upper_claims, *bounds.lower_claims} <= reached(function).keys()


def test_what_does_not_touch_a_bound_reaches_nothing() -> None:
    assert reached("accounting.Schedule.from_csv") == {}
    assert reached("accounting.numerics.exact.exact") == {}


def test_enumeration_does_not_rest_on_the_contour() -> None:
    found = reached("accounting.exact_delta")
    assert "histogram-enumeration" in found
    assert not [name for name in found if name.startswith("contour")]


def test_each_claim_comes_with_the_functions_that_carry_it() -> None:
    carriers = reached("accounting.smallest_batch")["certified-inverse"]
    assert carriers
    assert all(name.startswith("accounting.") for name in carriers)


@pytest.mark.parametrize("name", ["accounting.nothing", "json.dumps", "Shuffle", "accounting", ""])
def test_no_such_function(name: str) -> None:
    with pytest.raises(ParameterError):
        reached(name)
