"""``literature``: the list, the table beside certified ends, and one line for bad input."""

import json
import sys
from types import SimpleNamespace

import pytest

import accounting as csa
from accounting.cli import main
from accounting.literature import PUBLISHED

COUNTEREXAMPLE = {
    "channel": [["3/5", "1/5", "1/5"], ["1/5", "3/5", "1/5"], ["1/5", "1/5", "3/5"]],
    "target": [0, 1],
    "others": [0, 2],
    "alpha": "2",
    "exact": "2/25",
    "claimed": "9/125",
    "users": 3,
}


def run(capfd: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(["literature", *argv])
    out, err = capfd.readouterr()
    return code, out, err


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A search that finds data sets against one bound, and the ids that it was asked for."""
    asked: list[str] = []

    def counterexample_for(bound: str) -> dict[str, object] | None:
        asked.append(bound)
        return COUNTEREXAMPLE if bound == "variation-ratio" else None

    found = SimpleNamespace(counterexample_for=counterexample_for)
    monkeypatch.setitem(sys.modules, "accounting.literature.counterexample", found)
    return asked


def test_list(capfd: pytest.CaptureFixture[str], searched: list[str]) -> None:
    code, out, err = run(capfd, "--json")
    assert (code, err) == (0, "")
    listed = {entry["bound"]: entry for entry in json.loads(out)}
    assert list(listed) == list(PUBLISHED)
    for name, entry in listed.items():
        assert entry["status"] == PUBLISHED[name].status
        assert entry["source"] == str(PUBLISHED[name].source)
        assert entry["counterexample"] == (COUNTEREXAMPLE if name == "variation-ratio" else None)
    assert searched == [name for name, bound in PUBLISHED.items() if bound.exceeded]
    code, out, _ = run(capfd)
    assert code == 0
    assert "variation-ratio: refuted\n" in out
    assert out.count("Counterexample: ") == 1
    assert "arXiv 2304.05007v5" in out


def test_one_bound(capfd: pytest.CaptureFixture[str], searched: list[str]) -> None:
    code, out, _ = run(capfd, "variation-ratio", "--json")
    assert code == 0
    assert [(entry["bound"], entry["counterexample"]) for entry in json.loads(out)] == [
        ("variation-ratio", COUNTEREXAMPLE)
    ]
    assert run(capfd, "clones")[0] == 0
    assert searched == ["variation-ratio", "clones"]  # a bound that is named is searched, whatever its status


def test_table(capfd: pytest.CaptureFixture[str]) -> None:
    """Claims are those of the bounds, certified ends those of the shuffle; what is marked is below the lower end."""
    code, out, err = run(capfd, "--table", "--values", "4", "--epsilon0", "2.5", "--delta", "1e-4", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["users"] == [10**k for k in range(3, 10)]
    randomizer = csa.KaryRandomizedResponse(4, "2.5")
    for users, ends in zip(found["users"], found["certified"], strict=True):
        ours = csa.Shuffle(randomizer, users=users).epsilon(delta="1e-4")
        assert ends == {"lower": ours.lower, "upper": ours.upper}
    rows = {row["bound"]: row for row in found["bounds"]}
    assert rows.keys() | set(found["silent"]) == set(PUBLISHED)
    assert rows.keys().isdisjoint(found["silent"])
    for name, row in rows.items():
        assert row["status"] == PUBLISHED[name].status
        for ends, claim, below in zip(
            found["certified"], row["epsilon"], row["below_certified_loss"], strict=True
        ):
            assert below == (claim is not None and claim["upper"] < ends["lower"])
    assert any(rows["variation-ratio"]["below_certified_loss"])
    assert not any(rows["clones"]["below_certified_loss"])
    assert rows["blanket-kary"]["epsilon"][-1]["lower"] > found["certified"][-1]["upper"]


def test_table_as_text(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "--table", "--values", "8", "--epsilon0", "0.4")
    assert code == 0
    assert out.startswith("epsilon at delta = 1e-06, 8-ary randomized response, epsilon0 = 0.4\n")
    lines = {line.split("  ")[0]: line for line in out.splitlines()}
    assert lines["bound"].split()[-1] == "status"
    assert lines["variation-ratio"].endswith("  refuted")
    assert not any(word in lines["erlingsson"] for word in ("refuted", "erratum", "approximate", "*", "-"))
    assert "*" in lines["gaussian-tangent"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("nope",), "literature needs the id of a published bound; got nope. Known: cheu-binary"),
        (("--values", "3"), "--values goes with --table; got 3"),
        (("clones", "--table"), "literature compares all bounds with --table; got clones"),
        (("--table", "--delta", "0"), "delta must be positive; got 0"),
        (("--table", "--delta", "2"), "delta must be at least 0 and below 1; got 2"),
        (("--table", "--values", "1"), "values must be at least 2; got 1"),
        (("--table", "--epsilon0", "nan"), "epsilon0 must be a finite number; got nan"),
    ],
)
def test_bad_input(capfd: pytest.CaptureFixture[str], argv: tuple[str, ...], said: str) -> None:
    code, out, err = run(capfd, *argv)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert err.count("\n") == 1
