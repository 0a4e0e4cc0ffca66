"""The deployment files among the examples: each verdict, and why it is the right one."""

import json
from pathlib import Path

import pytest

from accounting.cli import main
from accounting.model import Deployment

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

CODES = {"within": 0, "exceeds": 1, "undecided": 3}

VERDICTS = {
    # 0.8/(e + 7) = 1/12 of 20,000 users lie to each value: 1,650 of them hide a true answer, about sqrt(2/1,650) * 5 = 0.17.
    "two_apps": "within",
    # Noise of 2236 steps a coordinate against 212 by which two vectors differ: mu = 0.1 a level, 0.14 for both, times 5.5 is 0.75.
    "vector_sums": "within",
    # A one among about 9,000 that zeros send: two sums of about 5.6/sqrt(4 * 9,000) = 0.03 each, less for the sum of fair coins.
    "sums_of_bits": "within",
    # Noise of standard deviations 77 and 10 times 110: about 0.06 each, which add in squares to 0.08.
    "noisy_counts": "within",
    # The likeliest telling message, a yes, is 2.4 times as likely from one value: about sqrt(n) = 100 hide the loss, 0.045.
    "asymmetric_survey": "within",
    # n = 10^8 against e^epsilon0 = 2981: the loss is of the order of sqrt(e^epsilon0 ln(1/delta) / n) = 0.03.
    "apple_like": "within",
    # Two sums with noise of standard deviation 26: about epsilon = sqrt(2) / 26 times 5.5, so 0.3 of 0.317.
    "ietf_histogram": "within",
    # Between the ends of the range 4,000 users lose at most 0.2014.
    "ages": "within",
    # A bucket is hidden by 5,000 / (e^2 + 7) = 350 others who tell it by chance.
    "local_hashing": "within",
    # Two bits of which each is 5/3 times as likely as not: about the loss of epsilon0 = 1 among 10,000.
    "rappor_once": "within",
    # A bucket's bit is told by chance by one in 8 of 100,000 others: 0.45 among 10,000, and sqrt 10 times less here.
    "count_mean_sketch": "within",
    # Four bits of which each is 1.7 times as likely as not: about the loss of epsilon0 = 1 among 10,000.
    "rappor": "within",
    # 0.19 and 0.08 add in squares, to about 0.21.
    "two_oracles": "within",
    # 0.13 and 0.11 add in squares, to about 0.17.
    "mean_of_interval": "within",
    # Laplace noise of epsilon0 = 1 among 3,000 users: the blanket promises 0.093.
    "laplace_noise": "within",
    # Gaussian noise of sigma = 2 among 10,000 users: the blanket promises 0.028.
    "gaussian_noise": "within",
    # e^14 = 1.2 million likelihood ratio against a million users: about one other user hides the target.
    "no_amplification": "exceeds",
    # The cadences lose about 0.14, 0.09 and 0.07; like Gaussians they add in squares, to about 0.19.
    "three_cadences": "within",
    # 5,000 users of the smallest atom lose about 0.36, the monthly shuffler 0.11: together 0.38.
    "same_report_twice": "within",
    # 20 users hide nothing at delta = 1e-6: all 20 agree with probability above 0.7^20 = 8e-4.
    "too_small_batch": "exceeds",
    # One task loses 0.13; ten of them add in squares, to about 0.43.
    "weekly_tasks": "within",
}


def test_each_example_has_a_verdict() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.toml")} == VERDICTS.keys()


@pytest.mark.parametrize("name", VERDICTS)
def test_verdict(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = EXAMPLES / f"{name}.toml"
    code = main(["check", str(path), "--json"])
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert found["verdict"] == VERDICTS[name]
    assert code == CODES[VERDICTS[name]]
    budget, delta = found["budget"]["delta"], found["total"]["delta"]
    assert (delta["upper"] <= budget) == (found["verdict"] == "within")
    assert (delta["lower"] > budget) == (found["verdict"] == "exceeds")


@pytest.mark.parametrize("name", VERDICTS)
def test_text_says_the_verdict_first(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(EXAMPLES / f"{name}.toml")])
    out, err = capsys.readouterr()
    assert err == ""
    assert out.lower().startswith(VERDICTS[name])


@pytest.mark.parametrize("name", VERDICTS)
def test_files_survive_a_round_trip(name: str) -> None:
    deployment = Deployment.from_file(EXAMPLES / f"{name}.toml")
    assert Deployment.from_toml(deployment.to_toml()) == deployment
