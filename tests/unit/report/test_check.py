"""The verdict, what it rests on, and how it is written."""

import io
import json
import math
from fractions import Fraction
from typing import Any

import pytest
from rich.console import Console

import accounting as csa
from accounting.claims import CLAIMS
from accounting.model import Budget, Deployment, NamedShuffle
from accounting.report import CheckReport, Verdict, check
from accounting.report.advice import advise
from accounting.report.as_json import document
from accounting.report.check import LARGEST_VARIETY
from accounting.report.text import as_text, print_on_terminal

COIN = csa.BinaryRandomizedResponse(epsilon0="1")
FEW, MANY = csa.Shuffle(COIN, users=20), csa.Shuffle(COIN, users=500)


def deployed(*shuffles: csa.Shuffle, epsilon: Any, delta: Any, **others: Any) -> Deployment:
    named = [NamedShuffle(f"s{i}", shuffle) for i, shuffle in enumerate(shuffles)]
    return Deployment(named, budget=Budget(epsilon=epsilon, delta=delta), **others)


def in_terminal(report: CheckReport) -> str:
    out = io.StringIO()
    print_on_terminal(report, Console(file=out, force_terminal=True, width=100, _environ={}))
    return out.getvalue()


WITHIN = check(deployed(MANY, epsilon="0.5", delta="1e-6", title="[red]fine[/red]", inputs="fixed"))
EXCEEDS = check(deployed(FEW, epsilon="0.5", delta="1e-6"))
UNDECIDED = check(deployed(MANY, MANY, epsilon="0.2252", delta="1e-5"))  # inside the gap, 0.22511 to 0.22527
REPORTS = [WITHIN, EXCEEDS, UNDECIDED]


def test_verdicts() -> None:
    assert [report.verdict for report in REPORTS] == [Verdict.WITHIN, Verdict.EXCEEDS, Verdict.UNDECIDED]


@pytest.mark.parametrize("report", REPORTS)
def test_verdict_follows_from_the_ends(report: CheckReport) -> None:
    delta = report.deployment.budget.delta
    assert (Fraction(report.delta.upper) <= delta) == (report.verdict is Verdict.WITHIN)
    assert (Fraction(report.delta.lower) > delta) == (report.verdict is Verdict.EXCEEDS)


def test_the_budget_is_met_at_its_edge() -> None:
    """A budget of exactly the upper end is within it; one float less is not."""
    upper = MANY.delta(epsilon="0.3").upper
    assert check(deployed(MANY, epsilon="0.3", delta=Fraction(upper))).verdict is Verdict.WITHIN
    below = Fraction(math.nextafter(MANY.delta(epsilon="0.3").lower, 0))
    assert check(deployed(MANY, epsilon="0.3", delta=below)).verdict is Verdict.EXCEEDS


def test_delta_zero_is_a_budget() -> None:
    """Shuffling does not help at delta = 0: the loss is the local one."""
    assert check(deployed(MANY, epsilon="1.0001", delta=0)).verdict is Verdict.WITHIN
    assert check(deployed(MANY, epsilon="0.9999", delta=0)).verdict is Verdict.EXCEEDS


def test_one_shuffler_is_the_total() -> None:
    assert WITHIN.epsilon == WITHIN.shufflers[0].epsilon == MANY.epsilon(delta="1e-6")
    assert WITHIN.delta == WITHIN.shufflers[0].delta == MANY.delta(epsilon="0.5")


@pytest.mark.parametrize("report", REPORTS)
def test_claims_are_declared(report: CheckReport) -> None:
    assert report.claims
    assert set(report.claims) <= CLAIMS.keys()
    assert ("adaptive-composition" in report.claims) == (len(report.shufflers) > 1)


@pytest.mark.parametrize("report", REPORTS)
def test_assumptions_are_spelled_out(report: CheckReport) -> None:
    text = " ".join(report.assumptions)
    for words in ("replace-one", "fresh", "present and honest", "before it closes", "declared randomizer"):
        assert words in text
    assert ("adaptive inputs" in text) == (report is not WITHIN)
    assert ("fixed inputs" in text) == (report is WITHIN)


@pytest.mark.parametrize("report", REPORTS)
def test_json(report: CheckReport) -> None:
    found = json.loads(document(report.as_dict()))
    assert found["verdict"] == report.verdict.value
    assert found["relation"] == "replace-one"
    assert found["budget"] == {
        "epsilon": float(report.deployment.budget.epsilon),
        "delta": float(report.deployment.budget.delta),
    }
    assert found["total"]["delta"] == {"lower": report.delta.lower, "upper": report.delta.upper}
    assert found["total"]["epsilon"] == {"lower": report.epsilon.lower, "upper": report.epsilon.upper}
    assert found["total"]["claims"] == list(report.claims)
    assert found["total"]["assumptions"] == list(report.assumptions)
    assert [part["name"] for part in found["shufflers"]] == [part.name for part in report.shufflers]
    for part in found["shufflers"]:
        assert {"name", "users", "epsilon", "delta", "claims"} <= part.keys()


def test_infinite_is_null() -> None:
    betraying = csa.FiniteRandomizer([["1/2", "1/2", 0], [0, "1/2", "1/2"]])
    report = check(deployed(csa.Shuffle(betraying, users=100), epsilon=1, delta="1e-6"))
    assert report.verdict is Verdict.EXCEEDS
    assert report.epsilon.upper == math.inf
    assert json.loads(document(report.as_dict()))["total"]["epsilon"]["upper"] is None
    assert "infinite" in as_text(report)
    assert [each.change for each in report.advice] == ["none"]


def test_a_delta_below_all_floats_is_not_zero() -> None:
    report = check(deployed(FEW, epsilon=2, delta="1e-400"))
    assert json.loads(document(report.as_dict()))["budget"]["delta"] > 0
    assert "1e-400" in report.sentence()


@pytest.mark.parametrize("report", REPORTS)
def test_text(report: CheckReport) -> None:
    text = as_text(report)
    assert text.startswith(report.sentence())
    assert text.isascii()
    assert "\x1b" not in text
    for line in (*report.assumptions, *report.claims, *(each.sentence for each in report.advice)):
        assert line in text
    assert report.witness is not None
    assert report.witness[1].sentence() in text


@pytest.mark.parametrize("report", REPORTS)
def test_terminal(report: CheckReport) -> None:
    text = in_terminal(report)
    assert report.sentence().split(":")[0] in text.splitlines()[0]
    assert "total" in text


def test_titles_are_not_markup() -> None:
    assert "[red]fine[/red]" in in_terminal(WITHIN)
    assert "[red]fine[/red]" in as_text(WITHIN)


def test_equal_shufflers_share_a_row() -> None:
    assert "s0 .. s1 (2 alike)" in as_text(UNDECIDED)


def test_too_many_different_shufflers() -> None:
    shuffles = [csa.Shuffle(COIN, users=100 + i) for i in range(LARGEST_VARIETY + 1)]
    with pytest.raises(csa.ParameterError) as caught:
        check(deployed(*shuffles, epsilon=1, delta=0))
    assert (caught.value.name, caught.value.value) == ("shuffler", LARGEST_VARIETY + 1)


def test_advice_is_certified() -> None:
    assert not WITHIN.advice
    advice = {each.change: each.value for each in advise(EXCEEDS.deployment, seconds=30)}
    users = advice["users"]
    assert isinstance(users, int)
    for size, verdict in ((users, Verdict.WITHIN), (users * 9 // 10, Verdict.EXCEEDS)):
        report = check(deployed(csa.Shuffle(COIN, users=size), epsilon="0.5", delta="1e-6"))
        assert report.verdict is verdict
    epsilon0 = advice["epsilon0"]
    assert isinstance(epsilon0, Fraction)
    for value, verdict in ((epsilon0, Verdict.WITHIN), (epsilon0 + Fraction(1, 50), Verdict.EXCEEDS)):
        smaller = csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0=value), users=20)
        assert check(deployed(smaller, epsilon="0.5", delta="1e-6")).verdict is verdict


def test_advice_for_several_shufflers_scales_them() -> None:
    (advice,) = advise(UNDECIDED.deployment, seconds=30)
    assert advice.change == "users-factor"
    assert isinstance(advice.value, Fraction)
    larger = csa.Shuffle(COIN, users=math.ceil(MANY.users * advice.value))
    assert check(deployed(larger, larger, epsilon="0.2252", delta="1e-5")).verdict is Verdict.WITHIN


TERNARY = csa.KaryRandomizedResponse(3, epsilon0="1")


def shared(users: int, *, fresh: int = 0, **others: Any) -> Deployment:
    named = [NamedShuffle(f"s{i}", csa.Shuffle(TERNARY, users=users + i), fresh=i < fresh) for i in range(3)]
    return Deployment(named, budget=Budget(epsilon="0.5", delta="1e-4"), **others)


@pytest.mark.parametrize("fresh", [0, 1])
def test_a_report_that_is_used_again_is_visible(fresh: int) -> None:
    report = check(shared(50, fresh=fresh, atom_at_least=20))
    (warning,) = report.warnings
    text = as_text(report)
    assert text.splitlines()[1] == f"Warning: {warning}"
    assert "Warning: " in in_terminal(report)
    assert "fresh = false" in warning
    assert "20 honest users" in warning
    found = json.loads(document(report.as_dict()))
    assert found["warnings"] == [warning]
    assert found["reused"]["shufflers"] == ["s0", "s1", "s2"][fresh:]
    assert found["reused"]["atom_at_least"] == 20
    assert [part["fresh"] for part in found["shufflers"]] == [i < fresh for i in range(3)]
    assumed = " ".join(found["total"]["assumptions"])
    assert "no report is used twice" not in assumed
    assert "one report for " + ", ".join(found["reused"]["shufflers"]) in assumed
    assert "at least 20 honest users" in assumed
    assert "reused-atoms" in report.claims
    assert report.reused is not None
    alone = csa.Shuffle(TERNARY, users=20).epsilon(delta="1e-4")
    assert report.reused.epsilon.upper == alone.upper
    if fresh:
        assert report.epsilon.upper > alone.upper
        pair = csa.Shuffle(TERNARY, users=50), csa.Shuffle(TERNARY, users=51)
        one = csa.ConcurrentShuffles(pair).curve()  # the second answer may use the grid of the first
        assert report.epsilon.lower == one.epsilon(delta="1e-4").lower
        assert report.delta.lower == one.delta(epsilon="0.5").lower
    else:
        assert report.epsilon == report.reused.epsilon
        assert report.epsilon.lower == csa.Shuffle(TERNARY, users=50).epsilon(delta="1e-4").lower


def test_a_report_that_nobody_shares_keeps_its_local_guarantee() -> None:
    report = check(shared(500))
    assert report.epsilon.upper < 1 < report.epsilon.upper + 1e-3
    assert report.verdict is Verdict.UNDECIDED
    assert "nowhere but in its randomizer" in report.warnings[0]
    assert [each.change for each in report.advice] == ["fresh"]
    assert "local-report" in report.claims


def test_fresh_reports_come_without_a_warning() -> None:
    assert WITHIN.warnings == ()
    assert json.loads(document(WITHIN.as_dict()))["reused"] is None
    assert "Warning" not in as_text(WITHIN)


def test_dishonest_users_are_an_assumption() -> None:
    named = NamedShuffle("s", MANY, dishonest_at_most=25)
    report = check(Deployment([named], budget=Budget(epsilon="0.5", delta="1e-6")))
    assert report.epsilon == WITHIN.epsilon
    assert "at least 525 present, at most 25 of them dishonest" in " ".join(report.assumptions)
    assert json.loads(document(report.as_dict()))["shufflers"][0]["dishonest_at_most"] == 25
