"""Epsilon0 of every kind: both values by evaluations of their own, and what they say about others."""

from fractions import Fraction

import pytest

import accounting as csa
from accounting.calibration import Outcome, Quantity, solve_epsilon0, vary
from accounting.calibration.vary import Reach, reach_of, with_epsilon0
from accounting.errors import NotCoveredError
from accounting.model import Budget, Deployment, NamedShuffle
from accounting.model.kinds import KINDS, read_randomizer

OTHERS: dict[str, dict[str, int | str]] = {
    "kary-randomized-response": {"values": 16},
    "symmetric-unary": {"values": 16, "release": "sums"},
    "optimized-unary": {"values": 16},
    "subset-selection": {"values": 16, "size": 4},
    "hadamard-response": {"values": 100, "blocks": 4},
    "local-hashing": {"values": 1000, "buckets": 8},
    "count-mean-sketch": {"hashes": 1024, "width": 64},
    "truncated-geometric": {"levels": 4},
}
WITH_EPSILON0 = [
    name
    for name, kind in KINDS.items()
    if "epsilon0" in (*kind.needed, *kind.either) and "epsilon0" not in kind.lists
]
SLOW = {"symmetric-unary"}  # two sums together


def of_kind(kind: str, epsilon0: Fraction) -> csa.Randomizer:
    return read_randomizer("r", {"kind": kind, "epsilon0": str(epsilon0), **OTHERS.get(kind, {})})


def deployed(*shuffles: csa.Shuffle, epsilon: str = "0.7", delta: str = "1e-6") -> Deployment:
    named = [NamedShuffle(f"s{i}", shuffle) for i, shuffle in enumerate(shuffles)]
    return Deployment(named, budget=Budget(epsilon=epsilon, delta=delta))


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[pytest.mark.slow] if kind in SLOW else []) for kind in WITH_EPSILON0],
)
def test_every_kind_with_an_epsilon0(kind: str) -> None:
    """Among 200 users."""
    found = csa.largest_epsilon0(kind, users=200, epsilon="0.5", delta="1e-6", **OTHERS.get(kind, {}))
    assert isinstance(found.safe, Fraction)
    assert isinstance(found.unsafe, Fraction)
    assert Fraction(1, 2) < found.safe < found.unsafe < Fraction("1.5") * found.safe
    budget, width = Fraction("1e-6"), None if kind in SLOW else "1e-4"
    at_safe = csa.Shuffle(of_kind(kind, found.safe), users=200)
    assert at_safe.delta(epsilon="0.5", relative_width=width).upper <= budget
    at_unsafe = csa.Shuffle(of_kind(kind, found.unsafe), users=200)
    assert at_unsafe.delta(epsilon="0.5", relative_width=width).lower > budget
    assert "monotone-epsilon0" in found.claims
    assert "or less" in found.sentence()
    assert (found.reach is Reach.SAFE) == (kind == "piecewise-mean")


@pytest.mark.parametrize("kind", WITH_EPSILON0)
def test_all_else_stays(kind: str) -> None:
    assert with_epsilon0(of_kind(kind, Fraction(2)), "1/2") == of_kind(kind, Fraction(1, 2))


@pytest.mark.slow
def test_sums_stay_sums() -> None:
    sums = csa.OptimizedUnary(16, 2, release="sums")
    assert with_epsilon0(sums, 1) == csa.OptimizedUnary(16, 1, release="sums")
    kept, vectors = (
        csa.largest_epsilon0("optimized-unary", users=1000, epsilon="0.5", delta="1e-6", values=3, **release)
        for release in ({"release": "sums"}, {})
    )
    assert kept.safe is not None
    assert vectors.safe is not None
    at_safe = csa.Shuffle(csa.OptimizedUnary(3, kept.safe, release="sums"), users=1000)
    assert at_safe.delta(epsilon="0.5").upper <= Fraction("1e-6")
    assert isinstance(kept.safe, Fraction)
    assert isinstance(vectors.safe, Fraction)
    assert kept.safe > vectors.safe


def test_a_mixed_population_has_no_one_epsilon0() -> None:
    with pytest.raises(NotCoveredError, match="mixed-randomized-response has no epsilon0 to solve for"):
        csa.largest_epsilon0("mixed-randomized-response", users=1000, epsilon="0.5", delta="1e-6", values=3)


def test_what_was_declared_by_keep_gets_an_epsilon0() -> None:
    assert with_epsilon0(csa.SubsetSelection(16, 4, keep="3/4"), 1) == csa.SubsetSelection(16, 4, 1)
    assert with_epsilon0(csa.TruncatedGeometric(4, decay="1/2"), 1) == csa.TruncatedGeometric(4, 1)


def test_only_one_side_of_the_piecewise_mechanism_reaches_further() -> None:
    found = csa.largest_epsilon0("piecewise-mean", users=10_000, epsilon="0.3", delta="1e-8")
    assert found.reach is Reach.SAFE
    assert found.outcome is Outcome.GAP
    assert found.is_adjacent, "but that does not decide about larger values"
    text = found.sentence()
    assert f"epsilon0 = {found.as_dict()['safe']} or less" in text
    assert "or more" not in text
    assert f"Of the values above {found.as_dict()['unsafe']}, nothing is certified" in text
    assert found.as_dict()["reach"] == "safe"


def test_without_a_proof_two_values_are_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vary, "_REACH", {})
    found = csa.largest_epsilon0("laplace-noise", users=10_000, epsilon="0.3", delta="1e-8")
    assert found.reach is Reach.NONE
    assert found.outcome is Outcome.GAP
    assert "monotone-epsilon0" not in found.claims
    text = found.sentence()
    assert "or less" not in text
    assert "or more" not in text
    assert "Of all other values nothing is certified" in text
    none = csa.largest_epsilon0("laplace-noise", users=2, epsilon=0, delta=0)
    assert (none.safe, none.outcome) == (None, Outcome.UNDECIDED)
    assert "not certified at any value that was looked at" in none.sentence()


def test_the_least_proved_decides() -> None:
    both, safe = csa.LaplaceNoise(1), csa.PiecewiseMean(1)
    assert reach_of(both, both) is Reach.BOTH
    assert reach_of(both, safe, both) is Reach.SAFE

    class Unknown(csa.PureLocal):
        """Of another class."""

    assert reach_of(both, safe, Unknown(1)) is Reach.NONE


def test_a_single_shuffler_of_a_file() -> None:
    direct = csa.largest_epsilon0(
        "subset-selection", users=300, epsilon="0.7", delta="1e-6", values=16, size=4
    )
    shuffle = csa.Shuffle(csa.SubsetSelection(16, 4, keep="3/4"), users=300)
    found = solve_epsilon0(deployed(shuffle))
    assert (found.safe, found.unsafe, found.subject) == (direct.safe, direct.unsafe, direct.subject)


@pytest.mark.slow
def test_one_factor_for_kinds_that_say_epsilon0_differently() -> None:
    """At delta = 0 losses add: 1 + 2 + 1, for the piecewise mechanism's, a vector's and a whole range's epsilon0."""
    shuffles = (
        csa.Shuffle(csa.PiecewiseMean("1"), users=50),
        csa.Shuffle(csa.SymmetricUnary(4, "1", release="vectors"), users=60),
        csa.Shuffle(csa.TruncatedGeometric(4, "1"), users=70),
    )
    found = solve_epsilon0(deployed(*shuffles, epsilon="2", delta="0"))
    assert (found.safe, found.unsafe, found.reach) == (Fraction(1, 2), Fraction("0.5001"), Reach.SAFE)
    assert found.quantity is Quantity.EPSILON0_FACTOR
    with pytest.raises(csa.NotCoveredError, match="decay"):
        solve_epsilon0(deployed(*shuffles, csa.Shuffle(csa.TruncatedGeometric(4, decay="1/2"), users=70)))


@pytest.mark.slow
def test_several_shufflers_of_other_kinds() -> None:
    fixed = csa.Shuffle(csa.LaplaceNoise("2"), users=20_000)
    users = 30_000
    deployment = deployed(fixed, csa.Shuffle(csa.PiecewiseMean("1"), users=users), epsilon="0.3")
    found = solve_epsilon0(deployment, shuffler="s1")
    assert isinstance(found.safe, Fraction)
    assert isinstance(found.unsafe, Fraction)
    assert found.reach is Reach.SAFE

    def total(epsilon0: Fraction) -> csa.Bounds:
        other = csa.Shuffle(csa.PiecewiseMean(epsilon0), users=users)
        return csa.ConcurrentShuffles([fixed, other]).delta(epsilon="0.3")

    assert total(found.safe).upper <= Fraction("1e-6")
    assert total(found.unsafe).lower > Fraction("1e-6")


@pytest.mark.slow
def test_sums_of_unary_encoding() -> None:
    """Two sums together, on a coarse grid of losses."""
    randomizer = csa.SymmetricUnary(16, "2", release="sums")
    found = csa.smallest_batch(randomizer, epsilon="0.2", delta="1e-6")
    assert isinstance(found.safe, int)
    assert isinstance(found.unsafe, int)
    assert found.unsafe < found.safe < 1.05 * found.unsafe
    assert csa.Shuffle(randomizer, users=found.safe).delta(epsilon="0.2").upper <= Fraction("1e-6")
    assert csa.Shuffle(randomizer, users=found.unsafe).delta(epsilon="0.2").lower > Fraction("1e-6")


def test_many_witnesses() -> None:
    """Of 21 data sets those are kept that promise most; what they certify holds."""
    randomizer = csa.TruncatedGeometric(20, "2")
    found = csa.smallest_batch(randomizer, epsilon="0.1", delta="1e-6")
    assert isinstance(found.safe, int)
    assert isinstance(found.unsafe, int)
    assert found.safe < 2 * found.unsafe
    assert csa.Shuffle(randomizer, users=found.safe).delta(epsilon="0.1").upper <= Fraction("1e-6")
    assert csa.Shuffle(randomizer, users=found.unsafe).delta(epsilon="0.1").lower > Fraction("1e-6")
