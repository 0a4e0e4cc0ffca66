"""``plot``: files, numbers, exit codes, and every refusal in one line."""

import json
import sys
from pathlib import Path

import pytest

from accounting.cli import main

ROOT = Path(__file__).resolve().parents[2]
ONE = str(ROOT / "examples" / "too_small_batch.toml")
SEVERAL = str(ROOT / "examples" / "three_cadences.toml")
SCHEDULE = str(ROOT / "examples" / "schedule.csv")
KARY = ("--kind", "kary-randomized-response", "--values", "4", "--epsilon0", "1")

PICTURES: list[tuple[str, ...]] = [
    ("curve", ONE, "--epsilons", "0,0.5"),
    ("trade-off", ONE, "--alphas", "0,0.5"),
    ("users", *KARY, "--delta", "1e-6", "--users", "1e2,1e3", "--published", "clones"),
    ("users", ONE, "--users", "100", "--published", "none"),
    ("shufflers", *KARY, "--delta", "1e-6", "--users", "1e3", "--shufflers", "1,2"),
    ("shufflers", SEVERAL, "--shuffler", "daily", "--shufflers", "1"),
    ("summation", "--epsilon", "1", "--delta", "1e-6", "--users", "100", "--shufflers", "1"),
    ("schedule", SCHEDULE, "--epsilon", "1", "--delta", "1e-8", "--users", "30000"),
]


def run(capfd: pytest.CaptureFixture[str], *argv: object) -> tuple[int, str, str]:
    code = main(["plot", *map(str, argv)])
    out, err = capfd.readouterr()
    return code, out, err


SLOW = {"trade-off", "shufflers"}


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(argv, id=argv[0], marks=[pytest.mark.slow] if argv[0] in SLOW else [])
        for argv in PICTURES
    ],
)
def test_each_picture_is_a_file_or_its_numbers(
    argv: tuple[str, ...], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "p.svg"
    code, out, err = run(capfd, *argv, "-o", target, "--size", "phone")
    assert (code, err) == (0, "")
    assert out.startswith(f"{target}: ")
    assert list(tmp_path.iterdir()) == [target]
    first = target.read_bytes()
    code, out, err = run(capfd, *argv, "--json")
    assert (code, err) == (0, "")
    content = json.loads(out)
    assert content["title"]
    assert content["claims"]
    code, again, _ = run(capfd, *argv, "--json", "-o", target, "--size", "phone")
    assert (code, json.loads(again)) == (0, content)
    assert target.read_bytes() == first, "equal pictures are equal bytes"


@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_the_ending_says_the_format(
    ending: str, magic: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / f"p.{ending}"
    assert run(capfd, *PICTURES[0], "-o", target)[0] == 0
    assert target.read_bytes().startswith(magic)


def test_tables(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.toml"
    spec.write_text(
        'cell = "delta"\nkind = "pure-local"\nepsilon0 = 1\nusers = [10, 100]\nepsilon = [0.1, 0.2]\n'
    )
    made = tmp_path / "t.json"
    assert main(["table", str(spec), "-o", str(made), "--jobs", "1"]) == 0
    capfd.readouterr()
    answers = [run(capfd, "table", source, "--axis", "users", "--json") for source in (spec, made)]
    assert answers[0] == answers[1]
    assert [band["name"] for band in json.loads(answers[0][1])["bands"]] == ["epsilon = 0.1", "epsilon = 0.2"]
    assert run(capfd, "table", made, "-o", tmp_path / "p.png")[0] == 0


def test_bad_usage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "none.csv").write_text("shuffler,first,last\n")
    good = ("-o", tmp_path / "p.png")
    cases: list[tuple[tuple[object, ...], str]] = [
        (("curve", ONE), "--output must be given"),
        (("curve", ONE, "-o", tmp_path / "p.jpg"), "must end in .png, .svg, .pdf"),
        (("curve", ONE, "-o", tmp_path / "folder.png"), "It is a folder"),
        (("curve", ONE, "-o", "/proc/p.png"), "must be a file that can be written"),
        (("curve", ONE, "-o", tmp_path / "none" / "p.png"), "must be a file that can be written"),
        (("curve", ONE, *good, "--size", "wall"), "--size must be one of page, phone, slide"),
        (("curve", ONE, *good, "--epsilons", ""), "epsilons must be at least one value"),
        (("curve", ONE, *good, "--epsilons", "1,0.5"), "epsilons must rise"),
        (("curve", ONE, *good, "--epsilons", "1,,2"), "epsilons must be"),
        (("curve", tmp_path / "none.toml", *good), "must be a file that can be read"),
        (("trade-off", ONE, *good, "--alphas", "2"), "alphas must"),
        (("users", *KARY, *good), "--delta must be given"),
        (("users", *good), "--kind or a deployment file must be given"),
        (("users", ONE, *KARY, *good), "--kind must not be given with a file"),
        (("users", SEVERAL, *good), "--shuffler must name one of the file"),
        (("users", SEVERAL, *good, "--shuffler", "x"), "Known: daily"),
        (("users", *KARY, *good, "--delta", "1e-6", "--shuffler", "x"), "--shuffler must go with a file"),
        (("users", "--kind", "kary-randomized-response", "--delta", "1e-6", *good), "--values"),
        (("users", *KARY, "--delta", "1e-6", "--published", "clone", *good), "published must be ids"),
        (("shufflers", *KARY, "--delta", "1e-6", *good), "--users must be given"),
        (("summation", "--epsilon", "1", *good), "--delta"),
        (("summation", "--epsilon", "1", "--delta", "1e-6", "--users", "1e4,1e3", *good), "users must rise"),
        (("schedule", SCHEDULE, *good), "--epsilon"),
        (("schedule", SCHEDULE, "--epsilon", "1", "--users", "10", *good), "users must be at least 21000"),
        (("schedule", tmp_path / "none.csv", "--epsilon", "1", *good), "must be at least one batch"),
        (("table", tmp_path / "none.json", *good), "must be a file that can be read"),
    ]
    for argv, words in cases:
        code, out, err = run(capfd, *argv)
        assert (code, out) == (2, ""), argv
        assert words in err, (argv, err)
        assert err.count("\n") == 1
    assert not (tmp_path / "p.png").exists()


def test_without_matplotlib(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    code, out, err = run(capfd, *PICTURES[0], "-o", tmp_path / "p.png")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "concurrent-shuffle-accounting[plot]" in err
    code, out, err = run(capfd, *PICTURES[0], "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["bands"]
