"""Plans: nested batches, files that ``check`` reads, and edits that break the promise."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from accounting import BinomialCount
from accounting.cli import main
from accounting.counter import Level, Plan
from accounting.errors import ParameterError


def plan(**changes: object) -> Plan:
    levels = [Level(8, BinomialCount(1, 24, "1/2")), Level(64, BinomialCount(1, 3, "1/2"))]
    values: dict[str, object] = {"users": 1000, "epsilon": 2, "delta": "1e-6"}
    return Plan(levels, **{**values, **changes})  # type: ignore[arg-type]


def test_a_file_keeps_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(plan().to_toml())
    assert Plan.from_file(path) == plan()


def test_check_reads_a_plan(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(plan().to_toml())
    assert main(["check", str(path), "--json"]) == 0
    total = json.loads(capfd.readouterr().out)["total"]["epsilon"]
    lost = plan().privacy()
    assert total["upper"] == pytest.approx(lost.upper, rel=1e-3)


def test_a_plan_that_breaks_its_promise_is_refused() -> None:
    lost = plan().certified()
    assert lost.upper <= 2
    with pytest.raises(ParameterError, match=r"budget.epsilon must be at least"):
        plan(epsilon=str(lost.lower * 0.99)).certified()


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("users = 64", "users = 65", "batch of level 2"),
        ("users = 64", "users = 8", "batch of level 2"),
        ("[counter]\nusers = 1000", "", "counter"),
        ("[counter]\nusers = 1000", "[counter]\nusers = 0", "users"),
        ("[counter]\nusers = 1000", "[counter]\nusers = 5\nmore = 1", "counter.more"),
        (
            'kind = "binomial-count"\nlevels = 1\nbits = 24\np = 0.5',
            'kind = "pure-local"\nepsilon0 = 1',
            "shuffler[0].randomizer",
        ),
        ("levels = 1\nbits = 24", "levels = 2\nbits = 24", "levels"),
    ],
)
def test_bad_files(old: str, new: str, name: str) -> None:
    text = plan().to_toml()
    assert old in text
    with pytest.raises(ParameterError) as caught:
        Plan.from_toml(text.replace(old, new, 1))
    assert caught.value.name == name


def test_a_plan_needs_a_level() -> None:
    with pytest.raises(ParameterError, match="levels must be at least one"):
        Plan([], users=10, epsilon=1, delta="1e-6")
    with pytest.raises(ParameterError, match="batch must be at least 2"):
        Level(1, BinomialCount())


def test_a_budget_is_compared_to_the_last_digit() -> None:
    """The decimal that a float prints as may lie below it; a budget of that decimal is exceeded."""
    seen = set()
    for places in range(2, 12):
        made = Plan([Level(8, BinomialCount(1, 24, "1/2"))], users=1000, epsilon=9, delta=f"1e-{places}")
        upper = made.privacy().upper
        budget = Fraction(str(upper))
        kept = budget >= Fraction(upper)
        seen.add(kept)
        near = Plan(made.levels, users=made.users, epsilon=budget, delta=made.budget.delta)
        if kept:
            near.certified()
        else:
            with pytest.raises(ParameterError, match=r"budget\.epsilon"):
                near.certified()
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("bits", "said"), [(30, "must be at least the 0.53"), (1, "no finite loss is certified")]
)
def test_count_names_the_plan_that_it_refuses(
    bits: int, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, stream = tmp_path / "plan.toml", tmp_path / "stream"
    made = Plan([Level(8, BinomialCount(1, bits, "1/2"))], users=1000, epsilon="1/2", delta="1e-6")
    path.write_text(made.to_toml())
    stream.write_text("1\n")
    assert main(["count", str(stream), "--plan", str(path)]) == 2
    complaint = capfd.readouterr().err
    assert f"{path}: budget.epsilon" in complaint
    assert said in complaint
    assert "got 0.5" in complaint
    assert "inf" not in complaint.replace("finite", "")
