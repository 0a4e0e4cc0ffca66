"""The table of ranges says where a bound fails, and only there."""

from fractions import Fraction
from pathlib import Path

import pytest

import accounting as csa
from accounting.errors import NotCoveredError
from accounting.literature import PUBLISHED
from accounting.literature.counterexample import SEEDS, Seed
from accounting.literature.families import kary
from accounting.literature.ranges import range_row, ranges
from accounting.literature.sums import compare_sums
from accounting.literature.survey import SUMS, survey
from accounting.numerics.enclosure import Enclosure
from proofs.exhaustive import literature as command
from proofs.exhaustive.literature import range_lines, survey_lines
from proofs.reference.counterexample import main as check_file
from tests.unit.literature.planted import Planted

F = Fraction
LATE = Planted(
    F(99, 100), lambda kernel, users, alpha: users >= 4 and kernel.inputs == 3 and alpha >= F(3, 2)
)


def test_a_row_says_where_the_bound_fails() -> None:
    rows = {
        (row.values, row.users): row for row in ranges(LATE, values=(2, 3), factors=(F(3),), users=(3, 4))
    }
    assert len(rows) == 4
    for place, row in rows.items():
        assert row.compared > 1
        assert row.undecided == 0
        assert bool(row.refuted) == (place == (3, 4))
    failing = rows[3, 4]
    assert min(failing.refuted) >= F(3, 2)
    assert failing.worst in failing.refuted
    assert 0.0101 < failing.excess <= 1 / 99
    assert failing.as_dict()["refuted"] == [str(alpha) for alpha in failing.refuted]


def test_the_variation_ratio_fails_from_three_values_on() -> None:
    bound = PUBLISHED["variation-ratio"]
    rows = {
        (row.values, row.users): row for row in ranges(bound, values=(2, 3, 4), factors=(F(3),), users=(10,))
    }
    assert not rows[2, 10].refuted
    assert rows[3, 10].refuted
    assert rows[4, 10].refuted
    assert any("9 hold 0" in line for line in range_lines(rows.values()))


@pytest.mark.slow
def test_the_variation_ratio_fails_at_working_sizes() -> None:
    row = range_row(PUBLISHED["variation-ratio"], csa.KaryRandomizedResponse(4, keep="1/2"), 1000)
    assert len(row.refuted) == row.compared > 5
    assert row.excess > 0.01
    assert any("999 hold 2" in line for line in range_lines([row]))


def test_irrational_factors_are_refused() -> None:
    with pytest.raises(NotCoveredError):
        range_row(LATE, csa.KaryRandomizedResponse(3, "1"), 3)


def test_a_survey_counts_and_makes_small() -> None:
    family = Seed(title="small", kernels=lambda: kary((2, 3), (F(2),)), users=(2, 3, 4))
    rows = list(survey([Planted(), LATE], [family]))
    assert [(row.bound, row.undecided) for row in rows] == [("planted", 0), ("planted", 0)]
    assert rows[0].cases == rows[1].cases > 0
    assert (rows[0].refuted, rows[0].smallest) == (0, None)
    assert rows[1].refuted > 0
    assert rows[1].smallest is not None
    assert rows[1].smallest.users == 4
    assert len(list(survey_lines(rows))) == 4


@pytest.mark.parametrize(("scale", "refuted"), [(F(1), False), (F(99, 100), True)])
def test_sums(scale: Fraction, refuted: bool) -> None:
    """A bound that claims the certified upper end stands; one percent less falls everywhere."""

    class Sums:
        id = "sums"

        def claimed_delta(self, randomizer: csa.Randomizer, *, users: int, alpha: Fraction) -> Enclosure:
            upper = csa.Shuffle(randomizer, users).delta(alpha=alpha, relative_width=1e-6).upper
            return Enclosure.exactly(scale * Fraction(upper))

    found = compare_sums(Sums(), SUMS[:3], users=(20, 100), alphas=(F(11, 10), F(3, 2)))
    assert found.cases == 12
    assert found.refuted == (12 if refuted else 0)


@pytest.mark.parametrize(("option", "value"), [("--values", "1"), ("--factors", "1"), ("--users", "1")])
def test_bad_input_is_one_line(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = {"--values": "3", "--factors": "2", "--users": "2", option: value}
    assert command.main(["ranges", *(word for pair in chosen.items() for word in pair)]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert option.strip("-") in complaint


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["ranges", "--values", "4", "--factors", "3", "--users", "20"]) == 0
    assert capsys.readouterr().out.count("\n") == 3


def test_the_survey_of_one_bound_writes_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "FAMILIES", SEEDS[:1])
    assert (
        command.main(["survey", "--bound", "stronger-clones-kary", "--certificates", str(tmp_path / "a")])
        == 0
    )
    assert "stronger-clones-kary" in capsys.readouterr().out
    (written,) = (tmp_path / "a").iterdir()
    assert check_file([str(written)]) == 0
