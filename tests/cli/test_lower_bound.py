"""``lower-bound``: the text, the document, exit codes, and one line for bad input."""

import json
from pathlib import Path

import pytest

import accounting as csa
from accounting.cli import main
from proofs.lower_bound.checker import check_witness

ROOT = Path(__file__).resolve().parents[2]

HERE = {"--users": "10000", "--shufflers": "1", "--epsilon": "1", "--delta": "0"}


def run(capfd: pytest.CaptureFixture[str], *more: str, **changes: str) -> tuple[int, str, str]:
    options = HERE | {f"--{name}": value for name, value in changes.items()}
    code = main(["lower-bound", *(word for option in options.items() for word in option), *more])
    out, err = capfd.readouterr()
    return code, out, err


def test_text(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd)
    assert (code, err) == (0, "")
    assert "at least 18." in out
    assert "lower-bound-theorem" in out
    assert "functions of the transcript" in out


def test_document(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "--json", users="1e5", delta="1e-9")
    assert (code, err) == (0, "")
    content = json.loads(out)
    bound = csa.lower_bound(users=10**5, shufflers=1, epsilon=1, delta="1e-9")
    assert content["bound"]["lower"] == bound.lower
    assert content["parameters"]["block"] == bound.block
    assert content["parameters"]["group"] == bound.group
    assert content["parameters"]["groups"] == bound.groups
    assert (content["users"], content["shufflers"], content["epsilon"], content["delta"]) == (
        10**5,
        1,
        1.0,
        1e-9,
    )


@pytest.mark.parametrize("users", ["1", "2"])
def test_below_the_smallest_window(users: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, users=users)
    assert code == 0
    assert "trivial" in out
    code, out, _ = run(capfd, "--json", users=users)
    assert code == 0
    content = json.loads(out)
    assert content["bound"] == {"lower": 0.0}
    assert content["parameters"]["block"] is None


def test_huge_and_epsilon_zero(capfd: pytest.CaptureFixture[str]) -> None:
    for changes in (
        {"users": "1e15", "shufflers": "50"},
        {"epsilon": "0"},
        {"epsilon": "0", "delta": "1e-6"},
    ):
        code, out, _ = run(capfd, "--json", **changes)
        assert code == 0
        assert json.loads(out)["bound"]["lower"] > 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shufflers", "0"),
        ("users", "0"),
        ("users", "1e30"),
        ("users", "ten"),
        ("epsilon", "-1"),
        ("epsilon", "nan"),
        ("delta", "1"),
        ("delta", "2"),
    ],
)
def test_bad_input_is_one_line(name: str, value: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, **{name: value})
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert f"--{name}" in err


def test_a_schedule_has_a_witness_that_an_independent_checker_confirms(
    capfd: pytest.CaptureFixture[str],
) -> None:
    schedule = str(ROOT / "examples" / "schedule.csv")
    code, out, err = run(capfd, "--schedule", schedule, "--json", users="30000", shufflers="2")
    assert (code, err) == (0, "")
    content = json.loads(out)
    assert content["witness"]["kind"] in {"hidden-block", "separated-groups"}
    check_witness(
        list(csa.Schedule.from_csv(schedule)),
        content["witness"],
        users=30000,
        shufflers=2,
        **{name: content["parameters"][name] for name in ("block", "group", "groups")},
    )
    code, out, _ = run(capfd, "--schedule", schedule, users="30000", shufflers="2")
    assert code == 0
    assert "at step" in out


def test_a_schedule_that_does_not_fit_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    schedule = str(ROOT / "examples" / "schedule.csv")
    for changes in ({"users": "100", "shufflers": "2"}, {"users": "30000", "shufflers": "1"}):
        code, out, err = run(capfd, "--schedule", schedule, **changes)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "schedule.csv" in err
    code, _, err = run(capfd, "--schedule", "nowhere.csv")
    assert code == 2
    assert err.count("\n") == 1


def test_a_missing_option_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["lower-bound", "--users", "100"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
