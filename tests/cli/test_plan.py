"""``plan``: the file that ``count`` and ``check`` read, the document, exit codes, and one line for bad input."""

import json
from pathlib import Path

import pytest

import accounting as csa
from accounting.cli import main
from accounting.counter import Plan

HERE = {"--users": "5000", "--shufflers": "1", "--epsilon": "1", "--delta": "1e-6"}


def run(capfd: pytest.CaptureFixture[str], *more: str, **changes: str) -> tuple[int, str, str]:
    options = HERE | {f"--{name}": value for name, value in changes.items()}
    code = main(["plan", *(word for option in options.items() for word in option), *more])
    out, err = capfd.readouterr()
    return code, out, err


def test_a_plan_on_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd)
    assert (code, err) == (0, "")
    plan = Plan.from_toml(out)
    assert plan.users == 5000
    assert plan.certified().upper <= 1


def test_a_plan_in_a_file(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    code, out, err = run(capfd, "-o", str(path))
    assert (code, err) == (0, "")
    plan = Plan.from_file(path)
    assert f"batches of {plan.levels[0].batch} users" in out
    assert "No mechanism of 1 shufflers has" in out
    assert main(["check", str(path)]) == 0
    assert "Within the budget" in capfd.readouterr().out
    stream = tmp_path / "stream.txt"
    stream.write_text("1\n0\n" * 2000, encoding="utf-8")
    assert main(["count", str(stream), "--plan", str(path), "--seed", "5"]) == 0


def test_document(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "--json", users="1e4")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["users"], found["shufflers"], found["epsilon"], found["delta"]) == (10**4, 1, 1, 1e-6)
    (level,) = found["levels"]
    assert {"batch", "bits", "p", "epsilon"} <= level.keys()
    assert level["epsilon"].keys() == {"lower", "upper"}
    assert found["privacy"]["epsilon"]["lower"] <= found["privacy"]["epsilon"]["upper"] <= 1
    assert found["privacy"]["delta"] == 1e-6
    assert "shifted-counts" in found["privacy"]["claims"]
    assert 0 < found["error"]["rms"] < found["error"]["bound"]
    assert found["error"]["confidence"] == 0.95
    below = csa.lower_bound(users=10**4, shufflers=1, epsilon=1, delta="1e-6").lower
    assert found["lower_bound"] == {"lower": below}
    assert 0 < below < found["error"]["bound"]


@pytest.mark.parametrize(
    ("shufflers", "users", "worth"), [("2", "10", False), ("1", "10", False), ("1", "200", True)]
)
def test_too_few_users_for_a_counter(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, shufflers: str, users: str, worth: bool
) -> None:
    """Nobody's report is asked for by a counter that says n/2; a plan that promises no less says so."""
    code, out, _ = run(
        capfd, "-o", str(tmp_path / "plan.toml"), shufflers=shufflers, users=users, delta="1e-8"
    )
    assert code == 0
    said = f"Counting each user as 1/2, which asks nobody, errs by at most {int(users) // 2}:"
    assert (said in out) == (not worth)
    code, out, _ = run(capfd, "--json", shufflers=shufflers, users=users, delta="1e-8")
    error = json.loads(out)["error"]
    assert error["without_reports"] == int(users) / 2
    assert (error["bound"] < error["without_reports"]) == worth


@pytest.mark.slow
def test_the_best_number_of_shufflers(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "--json", shufflers="best", users="3000")
    assert code == 0
    assert json.loads(out)["shufflers"] > 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"users": "1"}, "users must be at least 2"),
        ({"users": "many"}, "users must be"),
        ({"users": "nan"}, "users must be"),
        ({"users": "1e16"}, "users must be at most"),
        ({"shufflers": "0"}, "shufflers must be at least 1"),
        ({"shufflers": "13"}, "shufflers must be at most 12"),
        ({"shufflers": "most"}, "shufflers must be"),
        ({"epsilon": "0"}, "epsilon must be above 0"),
        ({"epsilon": "-1"}, "epsilon must be"),
        ({"epsilon": "nan"}, "epsilon must be a finite number"),
        ({"delta": "0"}, "delta must be above 0"),
        ({"delta": "1"}, "delta must be"),
        ({"objective": "mean"}, "objective must be maximum or rms"),
        ({"estimator": "median"}, "estimator must be plain or least-squares"),
        ({"values": "words"}, "values must be bits or reals"),
        ({"confidence": "0"}, "confidence must lie strictly"),
        ({"epsilon": "1e-9", "delta": "1e-300"}, "noise"),
    ],
)
def test_bad_input(capfd: pytest.CaptureFixture[str], changes: dict[str, str], said: str) -> None:
    code, out, err = run(capfd, **changes)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert err.count("\n") == 1


def test_no_folder_to_write_to(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = run(capfd, "-o", str(tmp_path / "no" / "plan.toml"))
    assert (code, out) == (2, "")
    assert "--output must be a file that can be written" in err
