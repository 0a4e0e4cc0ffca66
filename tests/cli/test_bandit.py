"""``bandit plan`` and ``bandit run``: the file that ``check`` reads, the choices, the document, exit codes, and one line for bad input."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from accounting.bandits import BanditPlan, balanced_sizes
from accounting.cli import main
from tests.unit.bandits.worker import PLAN

HERE = {
    "--users": "3000",
    "--shufflers": "1",
    "--features": "1",
    "--epsilon": "1",
    "--delta": "1e-6",
    "--reward-weight": "1",
}


def plan(capfd: pytest.CaptureFixture[str], *more: str, **changes: str) -> tuple[int, str, str]:
    options = HERE | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    code = main(["bandit", "plan", *(word for option in options.items() for word in option), *more])
    out, err = capfd.readouterr()
    return code, out, err


def users_csv(path: Path, users: int = 600) -> str:
    """Write users with three arms; the reward of an arm is about its context."""
    generator = np.random.default_rng(1)
    with path.open("w", encoding="utf-8") as file:
        file.write("reward,user,x\n")
        for user in range(users):
            for x in generator.uniform(-1, 1, 3):
                file.write(f"{int(generator.random() < 0.5 + 0.5 * x)},u{user},{x:.6f}\n")
    return str(path)


@pytest.fixture
def made(tmp_path: Path) -> str:
    path = tmp_path / "bandit.toml"
    path.write_text(PLAN.to_toml(), encoding="utf-8")
    return str(path)


def test_a_plan_on_standard_output_and_in_a_file(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = plan(capfd)
    assert (code, err) == (0, "")
    found = BanditPlan.from_toml(out)
    assert (found.users, found.features, len(found.levels)) == (3000, 1, 1)
    assert 0.97 < found.certified().upper <= 1
    path = tmp_path / "bandit.toml"
    code, said, err = plan(capfd, "-o", str(path))
    assert (code, err) == (0, "")
    assert path.read_text(encoding="utf-8") == out
    (level,) = found.levels
    bits = 2 * (2 * level.randomizer.levels + level.randomizer.bits)
    assert said.startswith(
        f"1 shufflers, batches of {level.batch} users.\nLevel 1: a device sends {bits} bits"
    )
    assert "what a user is shown is not covered" in said
    assert f"balance in the limit, {balanced_sizes(3000, 1)[0]}:" in said
    assert "3000 users cannot lose more than 3000" in said
    assert main(["check", str(path)]) == 0
    assert "Within the budget" in capfd.readouterr().out


def test_document_of_a_plan(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = plan(capfd, "--json", reward_weight="1/2")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert [found[name] for name in ("users", "features", "shufflers", "epsilon", "delta")] == [
        3000,
        1,
        1,
        1,
        1e-6,
    ]
    assert found["reward_weight"] == 0.5
    (level,) = found["levels"]
    assert level["messages"] == level["dimension"] * (2 * level["levels"] + level["bits"])
    assert level["epsilon"]["upper"] == found["privacy"]["epsilon"]["upper"] <= 1
    assert "gaussian-shift" in found["privacy"]["claims"]
    assert found["regret"]["balanced"] == list(balanced_sizes(3000, 1))
    assert 0 < found["regret"]["guess"] < found["regret"]["balanced_guess"], "the search is for this guess"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"users": "1"}, "--users must be at least 2"),
        ({"users": "many"}, "--users must be a"),
        ({"users": "1e13"}, "--users must be at most"),
        ({"users": "10", "shufflers": "6"}, "--users must be enough for batches of so many shufflers"),
        ({"shufflers": "0"}, "--shufflers must be at least 1"),
        ({"shufflers": "51"}, "--shufflers must be at most 50"),
        ({"shufflers": "most"}, "--shufflers must be"),
        ({"features": "0"}, "--features must be at least 1"),
        ({"features": "1.5"}, "--features must be a whole number"),
        ({"epsilon": "0"}, "--epsilon must be above 0"),
        ({"epsilon": "nan"}, "--epsilon must be a finite number"),
        ({"delta": "0"}, "--delta must be above 0"),
        ({"delta": "1"}, "--delta must be"),
        ({"reward_weight": "0"}, "--reward-weight must be above 0 and at most 1; got 0."),
        ({"reward_weight": "2"}, "--reward-weight must be above 0 and at most 1; got 2."),
        ({"exploration": "-1"}, "--exploration must lie in [0, 1000]; got -1"),
        ({"exploration": "1e999"}, "--exploration must lie in [0, 1000]"),
        ({"output": "no/such/folder/plan.toml"}, "--output must be a file that can be written"),
    ],
)
def test_bad_plans(capfd: pytest.CaptureFixture[str], changes: dict[str, str], said: str) -> None:
    code, out, err = plan(capfd, **changes)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_a_run_learns(capfd: pytest.CaptureFixture[str], tmp_path: Path, made: str) -> None:
    """The text and the document say the same, and the file of choices adds up to them."""
    users, choices = users_csv(tmp_path / "users.csv", 300), tmp_path / "choices.csv"
    asked = ["bandit", "run", users, "--plan", made, "--seed", "3", "--exploration", "0.01"]
    assert main([*asked, "-o", str(choices)]) == 0
    text, err = capfd.readouterr()
    assert err == ""
    assert main([*asked, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["users"], found["arms"], found["features"]) == (300, 3, ["x"])
    assert (found["updates"], found["batches"]) == (150, 150 + 75 + 25)
    with choices.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["user"] for row in rows] == [f"u{user}" for user in range(300)]
    reward = found["reward"]
    assert sum(float(row["reward"]) for row in rows) == reward["chosen"]
    assert sum(float(row["best"]) for row in rows) == reward["best"]
    assert [int(row["known"]) for row in rows] == [user // 2 * 2 for user in range(300)]
    with open(users, encoding="utf-8", newline="") as file:
        arms = [(float(row["x"]), float(row["reward"])) for row in csv.DictReader(file)]
    for user, row in enumerate(rows):
        assert arms[3 * user + int(row["arm"]) - 1][1] == float(row["reward"])
    groups = [arms[3 * user : 3 * user + 3] for user in range(300)]
    assert reward["linear"] == sum(max(group)[1] for group in groups), "a larger x is better"
    assert reward["even"] == pytest.approx(sum(gain for _, gain in arms) / 3)
    assert reward["even"] + 15 < reward["chosen"] <= reward["linear"] < reward["best"]
    assert found["regret"] == {
        "best": reward["best"] - reward["chosen"],
        "linear": reward["linear"] - reward["chosen"],
    }
    assert found["privacy"] == {"epsilon": PLAN.privacy().upper, "delta": 0.5}
    assert f"Regret: {found['regret']['linear']:.6g} to the linear rule" in text
    assert text.endswith("Randomness: a generator with seed 3: for experiments, not private.\n")


def test_users_may_have_different_arms_and_are_clipped(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, made: str
) -> None:
    users = tmp_path / "users.csv"
    users.write_text(
        '\ufeffx,reward,user\n\n5,2,"a, b"\n0.5,-1,"a, b"\n\n-0.25,0.5,c\n1,0.25,d\n', encoding="utf-8"
    )
    asked = ["bandit", "run", str(users), "--plan", made]
    assert main([*asked, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["users"], found["arms"], found["outside"]) == (3, 2, 2)
    assert found["reward"]["best"] == 1.75
    assert found["reward"]["even"] == 0.5 + 0.75
    assert main([*asked, "--refuse"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err == (
        f"{users}: contexts must have length at most 1, with rewards in [0, 1]; got length 5, reward 2 in row 1. "
        "Scale them, or leave --refuse out\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": header must have one column user; got none"),
        ("user,x\na,1\n", ": header must have one column reward"),
        ("user,user,reward,x\n", ": header must have one column user"),
        ("user,reward\na,1\n", ": header must have a column for each feature"),
        ("user,reward,x\n", " must hold at least one user"),
        ("user,reward,x\na,1\n", ": line 2 must have 3 cells, as the header has; got 2"),
        ("user,reward,x\na,1,0\na,1,red\n", ": line 3 must hold finite numbers; got red"),
        ("user,reward,x\na,1,0\na,,0\n", ": line 3 must hold finite numbers"),
        ("user,reward,x\na,nan,0\n", ": line 2 must hold finite numbers; got nan"),
        ("user,reward,x\na,1,1_0\n", ": line 2 must hold finite numbers; got 1_0"),
        ("user,reward,x\na,1,0\nb,1,0\na,1,0\n", ": line 4 must go on with the same user or begin another"),
        ("user,reward,x,y\na,1,0,0\n", ": features must be 1 beside user and reward, as the plan has; got 2"),
        (
            "user,reward,x\n" + "".join(f"{user},1,0\n" for user in range(3001)),
            ": users must be at most the 3000 of the plan; got 3001",
        ),
        (b"\xff\xfe", " must be text in UTF-8"),
        ("user,reward,x\na,1," + "0" * 200_000 + "\n", ": line 2 must be a line of CSV"),
        (None, " must be a file that can be read"),
    ],
)
def test_bad_users(
    text: str | bytes | None, said: str, tmp_path: Path, made: str, capfd: pytest.CaptureFixture[str]
) -> None:
    users = tmp_path / "users.csv"
    if text is not None:
        users.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main(["bandit", "run", str(users), "--plan", made]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"{users}{said}")
    assert err.count("\n") == 1


def test_bad_runs(tmp_path: Path, made: str, capfd: pytest.CaptureFixture[str]) -> None:
    users = users_csv(tmp_path / "users.csv", 3)
    assert main(["bandit", "run", users, "--plan", made]) == 0
    assert "Randomness: the operating system." in capfd.readouterr().out
    broken, other = tmp_path / "broken.toml", tmp_path / "other.toml"
    broken.write_text(PLAN.to_toml().replace("epsilon = 50", 'epsilon = "1/10"'), encoding="utf-8")
    other.write_text(PLAN.deployment().to_toml(), encoding="utf-8")
    for change, said in (
        (["--plan", made, "--seed", "x"], "--seed must be"),
        (["--plan", made, "--confidence", "1"], "--confidence must lie strictly between 0 and 1"),
        (["--plan", made, "--exploration", "-1"], "--exploration must lie in [0, 1000]"),
        (["--plan", made, "-o", str(tmp_path / "no" / "c.csv")], "--output must be a file"),
        (["--plan", str(broken)], f"{broken}: budget.epsilon must be at least the 1.15"),
        (["--plan", str(other)], f"{other}: bandit must be a table of the file; got none"),
        (["--plan", str(tmp_path / "none.toml")], f"{tmp_path / 'none.toml'} must be a file"),
    ):
        assert main(["bandit", "run", users, *change]) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert err.startswith(said)
        assert err.count("\n") == 1


def test_a_run_is_no_second_one(capfd: pytest.CaptureFixture[str], tmp_path: Path, made: str) -> None:
    """Without a seed two runs differ; with one they are the same."""
    users = users_csv(tmp_path / "users.csv", 200)
    asked = ["bandit", "run", users, "--plan", made, "--json", "--exploration", "0"]
    found = []
    for seed in (["--seed", "1"], ["--seed", "1"], ["--seed", "2"], [], []):
        assert main([*asked, *seed]) == 0
        found.append(json.loads(capfd.readouterr().out)["reward"]["chosen"])
    assert found[0] == found[1]
    assert len(set(found[1:])) > 1
