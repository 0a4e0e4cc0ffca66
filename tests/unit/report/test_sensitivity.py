"""What each shuffler costs: upper ends of changed totals, each checked against a total of its own."""

import json
from fractions import Fraction

import pytest

import accounting as csa
from accounting.model import Budget, Deployment, NamedShuffle
from accounting.report import check
from accounting.report.as_json import document
from accounting.report.sensitivity import MOST_COMPARED, sensitivity_of
from accounting.report.text import as_text

A = csa.Shuffle(csa.KaryRandomizedResponse(8, "4"), users=20_000)
B = csa.Shuffle(csa.PureLocal("2"), users=1_000)


def deployed(*shuffles: csa.Shuffle, delta: str = "1e-6") -> Deployment:
    named = [NamedShuffle(f"s{i}", shuffle) for i, shuffle in enumerate(shuffles)]
    return Deployment(named, budget=Budget(epsilon="2", delta=delta))


@pytest.mark.slow
def test_each_change_is_bounded_by_its_own_total() -> None:
    report = check(deployed(A, B, B))
    changes = {(each.change, each.shuffler): each for each in report.sensitivity}

    def doubled(shuffle: csa.Shuffle) -> csa.Shuffle:
        return csa.Shuffle(shuffle.randomizer, users=2 * shuffle.users)

    totals = {
        ("without", "s0"): [B, B],
        ("without", "s1"): [A, B],
        ("twice-users", None): [doubled(A), doubled(B), doubled(B)],
        ("twice-users", "s0"): [doubled(A), B, B],
        ("twice-users", "s1"): [A, doubled(B), B],
    }
    assert changes.keys() == totals.keys()
    for key, shuffles in totals.items():
        epsilon = csa.ConcurrentShuffles(shuffles).epsilon(delta="1e-6")
        found = changes[key].epsilon
        assert found is not None
        assert epsilon.lower <= found <= min(1.01 * epsilon.upper, report.epsilon.upper)
    assert changes["without", "s1"].alike == 2
    text = as_text(report)
    assert all(each.sentence in text for each in report.sensitivity)
    written = json.loads(document(report.as_dict()))["sensitivity"]
    assert [each["epsilon"]["upper"] for each in written] == [each.epsilon for each in report.sensitivity]


def test_one_shuffler() -> None:
    (twice,) = check(deployed(B)).sensitivity
    assert twice.epsilon == csa.Shuffle(csa.PureLocal("2"), users=2_000).epsilon(delta="1e-6").upper


def test_at_delta_zero_losses_add() -> None:
    values = {
        (each.change, each.shuffler): each.epsilon for each in check(deployed(A, B, delta="0")).sensitivity
    }
    assert values["without", "s0"] == 2.0
    assert values["without", "s1"] == 4.0
    assert values["twice-users", None] == 6.0


def test_many_different_shufflers_are_not_compared() -> None:
    coin = csa.BinaryRandomizedResponse(keep=Fraction(3, 4))
    shuffles = [csa.Shuffle(coin, users=100 + i) for i in range(MOST_COMPARED + 1)]
    (skipped,) = sensitivity_of(deployed(*shuffles), shuffles[0].epsilon(delta=0))
    assert (skipped.change, skipped.epsilon) == ("skipped", None)
    assert "Skipped" in skipped.sentence
