"""``solve users`` and ``solve epsilon0``: answers, exit codes, and one line for bad input."""

import json
from pathlib import Path

import pytest

from accounting.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BUDGET = ("--epsilon", "0.5", "--delta", "1e-6")
COIN = ("--kind", "binary-randomized-response", "--epsilon0", "1")


def run(capfd: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(["solve", *argv])
    out, err = capfd.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("argv", "safe", "unsafe"),
    [
        (("users", *COIN, *BUDGET), 95, 94),
        (("users", str(EXAMPLES / "too_small_batch.toml")), 95, 94),
        (("users", "--kind", "binomial-count", "--levels", "1", "--bits", "8", "--p", "1/2", "--epsilon", "1", "--delta", "1e-8"), 15, 14),
        (("users", "--kind", "binary-randomized-response", "--keep", "3/4", "--epsilon", "2", "--delta", "0"), 2, None),
        (("epsilon0", str(EXAMPLES / "too_small_batch.toml"), "--shuffler", "site"), 0.51205, 0.51206),
        (("epsilon0", "--kind", "kary-randomized-response", "--values", "16", "--users", "100000", "--epsilon", "1", "--delta", "1e-8"), 7.3964, 7.3965),
        (("epsilon0", "--kind", "laplace-noise", "--users", "1000", *BUDGET), 2.6168, 2.9578),
        (("users", "--kind", "local-hashing", "--values", "1000", "--buckets", "8", "--epsilon0", "2", *BUDGET), 323, 283),
        (("users", "--kind", "finite", "--matrix", "3/4,1/4;1/4,3/4", *BUDGET), 135, 115),
    ],
)  # fmt: skip
def test_answers(
    capfd: pytest.CaptureFixture[str], argv: tuple[str, ...], safe: float, unsafe: float | None
) -> None:
    code, out, err = run(capfd, *argv, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["safe"], found["unsafe"]) == (safe, unsafe)
    code, out, _ = run(capfd, *argv)
    assert code == 0
    assert out.startswith("Safe with ")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("users", "--kind", "mixed-randomized-response", "--values", "4", "--shares", "1/2,1/2", "--epsilon0", "1,2"), "Groups with different epsilon0: of the present"),
        (("users", "--kind", "count-mean-sketch", "--hashes", "1", "--width", "2", "--epsilon0", "1"), "there are two values of which"),
        (("epsilon0", "--kind", "local-hashing", "--values", "1000", "--buckets", "8", "--users", "1000"), "Local hashing: each report carries"),
    ],
)  # fmt: skip
def test_what_randomizers_assume_is_told(
    capfd: pytest.CaptureFixture[str], argv: tuple[str, ...], said: str
) -> None:
    assert said in json.loads(run(capfd, *argv, *BUDGET, "--json")[1])["assumptions"][0]
    assert said in run(capfd, *argv, *BUDGET)[1]
    assert json.loads(run(capfd, "users", *COIN, *BUDGET, "--json")[1])["assumptions"] == []


def test_no_safe_value(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "users", *COIN, "--epsilon", "0.5", "--delta", "0", "--json")
    assert (code, err) == (3, "")
    found = json.loads(out)
    assert (found["safe"], found["outcome"]) == (None, "impossible")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("users",), "--kind or a deployment file must be given"),
        (("users", *COIN, "--epsilon", "0.5"), "--delta must be given"),
        (("users", *COIN, "--epsilon", "0.5", "--delta", "2"), "delta must be at least 0 and below 1; got 2"),
        (("users", "--kind", "binary", *BUDGET), "--kind must be a known kind"),
        (("users", "--kind", "kary-randomized-response", "--epsilon0", "1", *BUDGET), "--values must be given"),
        (("users", "--kind", "binary-randomized-response", *BUDGET), "epsilon0 and keep"),
        (("users", "--kind", "symmetric-unary", "--values", "4", "--epsilon0", "1", *BUDGET), "--release must be given"),
        (("users", *COIN, *BUDGET, "--shuffler", "x"), "--shuffler must go with a file"),
        (("users", str(EXAMPLES / "too_small_batch.toml"), *BUDGET), "--epsilon must not be given with a file"),
        (("users", str(EXAMPLES / "too_small_batch.toml"), "--shuffler", "sit"), "Did you mean site?"),
        (("users", "nowhere.toml"), "must be a file that can be read"),
        (("epsilon0", "--kind", "pure-local", *BUDGET), "--users must be given"),
        (("epsilon0", "--kind", "pure-local", "--users", "1", *BUDGET), "--users must be at least 2"),
        (("epsilon0", "--kind", "finite", "--users", "10", *BUDGET), "no epsilon0"),
        (("nothing",), "nothing"),
    ],
)  # fmt: skip
def test_bad_input(capfd: pytest.CaptureFixture[str], argv: tuple[str, ...], said: str) -> None:
    code, out, err = run(capfd, *argv)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
