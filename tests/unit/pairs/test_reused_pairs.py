"""One report alone, and what a report that several batches release is told to rest on."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import accounting as csa
from accounting.curves import PairCurve
from accounting.pairs.reused import local_pairs, reused_pairs
from accounting.pairs.witness import Witness
from accounting.randomizers import Randomizer
from proofs.reference.counts import binomial_count_delta
from tests.strategies import Channel, channels, factors

F = Fraction
ALPHAS = (F(1, 9), F(1, 3), F(1, 2), F(1), F(3, 2), F(2), F(3), F(4))


def local(randomizer: Randomizer, alpha: Fraction) -> csa.Bounds:
    return PairCurve(local_pairs(randomizer)).delta(alpha=alpha)


def by_definition(channel: Channel, alpha: Fraction) -> Fraction:
    return max(
        sum((max(F(0), p - alpha * q) for p, q in zip(one, other, strict=True)), F(0))
        for i, one in enumerate(channel)
        for j, other in enumerate(channel)
        if i != j
    )


@given(channels(), factors())
def test_one_report_loses_what_its_laws_lose(channel: Channel, alpha: Fraction) -> None:
    bounds = local(csa.FiniteRandomizer(channel), alpha)
    truth = by_definition(channel, alpha)
    assert bounds.lower <= truth <= bounds.upper
    assert F(bounds.upper) - F(bounds.lower) <= F(1, 10**6) * truth + F(1, 10**30)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_binary_response_loses_most(alpha: Fraction) -> None:
    w = F(3)
    most = max(F(0), 1 - alpha, (w - alpha) / (w + 1))
    binary = local(csa.BinaryRandomizedResponse(keep="3/4"), alpha)
    assert binary.lower <= most <= binary.upper
    assert binary.is_exact
    pure = local(csa.PureLocal(str(math.log(3) + 1e-12)), alpha)
    assert most <= pure.upper <= float(most) + 1e-10
    for values in (3, 5):
        kary = csa.KaryRandomizedResponse(values, keep=w / (w + values - 1))
        assert local(kary, alpha).upper <= pure.upper


def test_epsilon_of_one_report() -> None:
    curve = PairCurve(local_pairs(csa.BinaryRandomizedResponse(epsilon0="2")))
    assert curve.epsilon(delta=0).lower <= 2 <= curve.epsilon(delta=0).upper
    bounds = curve.epsilon(delta="0.1")  # (w - alpha)/(w + 1) = 1/10
    w = math.exp(2)
    assert bounds.lower <= math.log(w - (w + 1) / 10) <= bounds.upper
    assert bounds.upper - bounds.lower < 1e-5


@given(st.integers(1, 3), st.integers(1, 4), factors())
def test_one_count_is_a_count(levels: int, bits: int, alpha: Fraction) -> None:
    p = F(1, 3)
    bounds = local(csa.BinomialCount(levels, bits, p), alpha)
    truth = binomial_count_delta(levels, bits, p, 1, alpha)
    assert bounds.lower <= truth <= bounds.upper


def test_an_unknown_kind_is_not_covered() -> None:
    class Strange(csa.Randomizer):
        kind = "strange"

        def local_factor(self) -> None:
            return None

    with pytest.raises(csa.NotCoveredError):
        local_pairs(Strange())


def test_claims_and_words_reach_the_answer() -> None:
    pairs = reused_pairs(
        csa.KaryRandomizedResponse(3, epsilon0="1"), atom=5, atom_words="five", seen=9, seen_words="nine"
    )
    bounds = PairCurve(pairs).delta(epsilon="0.1")
    assert "reused-atoms" in bounds.upper_claims
    assert "reused-atoms" in bounds.lower_claims
    assert isinstance(bounds.witness, Witness)
    assert bounds.witness.among == "nine"
    assert "nine" in bounds.witness.sentence()
    assert bounds.witness.as_dict()["among"] == "nine"
    assert bounds.witness.reversed().among == "nine"


@pytest.mark.parametrize("epsilon0", ["1e-12", "1", "30", "300"])
@pytest.mark.parametrize("values", [2, 10**9])
def test_one_report_is_known_beyond_floats(values: int, epsilon0: str) -> None:
    curve = PairCurve(local_pairs(csa.KaryRandomizedResponse(values, epsilon0=epsilon0)))
    for share in ("0", "1/2", "99/100"):
        bounds = curve.delta(epsilon=F(share) * F(epsilon0))
        assert bounds.is_exact
        assert 0 < bounds.lower <= bounds.upper <= math.nextafter(bounds.lower, 1)
    assert curve.delta(epsilon=epsilon0).upper == 0


def test_a_message_that_gives_its_sender_away() -> None:
    curve = PairCurve(local_pairs(csa.FiniteRandomizer([["1/2", "1/2", 0], [0, "1/3", "2/3"]])))
    bounds = curve.delta(epsilon="299")
    assert bounds.lower <= F(2, 3) <= bounds.upper
    assert bounds.is_exact
    assert curve.epsilon(delta="0.6").lower == math.inf
