"""The numbers of each picture are those that the accountant returns."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import accounting as csa
from accounting.composition.concurrent import ConcurrentShuffles
from accounting.counter.planner import plan
from accounting.errors import ParameterError
from accounting.literature import PUBLISHED, Status
from accounting.lower_bound.witness import Witness
from accounting.model import Budget, Deployment, NamedShuffle
from accounting.plots import (
    Band,
    Between,
    Stroke,
    curve_picture,
    figure_of,
    read_table,
    schedule_picture,
    shufflers_picture,
    summation_picture,
    table_picture,
    trade_off_picture,
    users_picture,
)
from accounting.schedules import Schedule
from accounting.tables import accounting_table
from accounting.tables.spec import QUANTITIES

KARY = csa.KaryRandomizedResponse(4, "1")


def deployment(*users: int, delta: str = "1e-6") -> Deployment:
    shuffles = [NamedShuffle(f"s{i}", csa.Shuffle(KARY, n)) for i, n in enumerate(users)]
    return Deployment(shuffles, budget=Budget(epsilon="0.5", delta=delta), title="t")


@pytest.mark.slow
def test_a_curve_is_that_of_the_deployment_and_of_each_shuffler() -> None:
    places = ["0", "0.01", "0.025"]
    picture = curve_picture(deployment(100_000, 50_000, 50_000), epsilons=places)
    total = ConcurrentShuffles([csa.Shuffle(KARY, n) for n in (100_000, 50_000, 50_000)]).curve()
    curves = {
        "total": total,
        "s0": csa.Shuffle(KARY, 100_000).curve(),
        "s1 and 1 more like it, each": csa.Shuffle(KARY, 50_000).curve(),
    }
    assert [band.name for band in picture.bands] == list(curves)
    for band in picture.bands:
        assert (band.x, band.between) == ((0.0, 0.01, 0.025), Between.FALLING)
        for place, lower, upper in zip(places, band.lower, band.upper, strict=True):
            own = curves[band.name].delta(epsilon=place)
            assert lower <= own.upper
            assert own.lower <= upper
            assert upper <= own.upper * 1.01
    assert [(mark.x, mark.y) for mark in picture.marks] == [(0.5, 1e-6)]
    assert "adaptive-composition" in picture.claims


@pytest.mark.slow
def test_the_usual_places_reach_from_zero_beyond_the_budget() -> None:
    picture = curve_picture(deployment(1000))
    (band,) = picture.bands
    assert band.x[0] == 0.0
    assert band.x[-1] > 0.5
    assert len(band.x) > 100
    assert band.upper[-2] <= picture.limits()[0] * 100


@pytest.mark.slow
def test_many_different_shufflers_leave_the_total() -> None:
    picture = curve_picture(deployment(*range(10**9, 10**9 + 8)), epsilons=["0"])
    assert [band.name for band in picture.bands] == ["total"]
    assert "8 different shufflers" in " ".join(picture.notes)


def test_a_budget_without_delta_has_a_floor() -> None:
    picture = curve_picture(deployment(50, delta="0"), epsilons=["0", "1", "2"])
    assert picture.marks[0].y == 0.0
    assert picture.limits()[0] > 0.0


def test_a_trade_off_function_lies_between_tests() -> None:
    alphas = ["0", "0.1", "0.5", "1"]
    picture = trade_off_picture(deployment(20), alphas=alphas)
    found = csa.Shuffle(KARY, 20).curve().trade_offs(alphas)
    (band,) = picture.bands
    assert band.lower == tuple(each.lower for each in found)
    assert band.upper == tuple(each.upper for each in found)
    assert picture.claims[-1] == "trade-off-of-curve"
    x, lower, upper = band.outline()
    inside = csa.Shuffle(KARY, 20).curve().trade_off("0.3")
    between = [i for i in range(0, len(x), 2) if x[i] < 0.3 < x[i + 1]]
    assert len(between) == 1
    assert lower[between[0]] <= inside.lower
    assert inside.upper <= upper[between[0]]


def test_shufflers_compose() -> None:
    picture = shufflers_picture(KARY, 1000, delta="1e-6", shufflers=[1, 3])
    (band,) = picture.bands
    for k, lower, upper in zip((1, 3), band.lower, band.upper, strict=True):
        own = ConcurrentShuffles([csa.Shuffle(KARY, 1000)] * k).epsilon(delta="1e-6")
        assert (lower, upper) == (own.lower, own.upper)


def test_pictures_and_tables_tell_what_randomizers_assume() -> None:
    groups = csa.MixedResponse(2, ["1/2", "1/2"], [1, 2])
    deployment = Deployment(
        [NamedShuffle("daily", csa.Shuffle(groups, 100))], budget=Budget(epsilon=1, delta="1e-6")
    )
    told = [
        curve_picture(deployment, epsilons=["1/2", 1]).assumptions,
        trade_off_picture(deployment, alphas=["1/4", "1/2"]).assumptions,
        shufflers_picture(groups, 100, delta="1e-6", shufflers=[1]).assumptions,
        users_picture(groups, delta="1e-6", users=[100, 1000]).assumptions,
    ]
    table = accounting_table(
        {
            "cell": "delta", "kind": "count-mean-sketch", "hashes": 9, "width": 2, "epsilon0": 1,
            "users": [10, 20], "epsilon": "1/2",
        }
    )  # fmt: skip
    told.extend(row.assumptions for row in table.rows)
    assert [found[-1].split(" ")[0] for found in told] == ["Groups"] * 4 + ["Count-mean"] * 2
    assert table.header()["assumptions"] == list(csa.CountMeanSketch(9, 2, 1).assumes)


def test_amplification_holds_between_the_sizes_and_marks_refuted_claims() -> None:
    picture = users_picture(
        KARY, delta="1e-6", users=[100, 1000], published=["clones", "variation-ratio", "cheu-binary"]
    )
    (band,) = picture.bands
    x, lower, upper = band.outline()
    assert x == (100, 1000)
    for n in (100, 400, 1000):
        own = csa.Shuffle(KARY, n).epsilon(delta="1e-6")
        assert lower[0] <= own.lower
        assert own.upper <= upper[0]
    clones, ratio = picture.lines
    assert (clones.status, clones.stroke, any(clones.crossed)) == ("proved", Stroke.SOLID, False)
    assert PUBLISHED["variation-ratio"].status is Status.REFUTED
    assert (ratio.status, ratio.stroke, ratio.crossed[0]) == ("refuted", Stroke.DASHED, True)
    claim = PUBLISHED["clones"].claimed_epsilon(KARY, users=100, delta=Fraction(1, 10**6))
    assert Fraction(clones.y[0]) <= claim.lower
    assert "No claim at all: cheu-binary." in picture.notes
    assert "monotone-users" in picture.claims


def test_summation_ends_are_those_of_the_planner_and_of_the_lower_bound() -> None:
    seen: list[tuple[int, int]] = []
    picture = summation_picture(
        epsilon="1", delta="1e-6", users=[100, 1000], shufflers=[1], progress=lambda *both: seen.append(both)
    )
    (band,) = picture.bands
    for n, lower, upper in zip((100, 1000), band.lower, band.upper, strict=True):
        assert upper == plan(n, 1, epsilon="1", delta="1e-6").law.mean_bound()
        assert lower == csa.lower_bound(users=n, shufflers=1, epsilon="1", delta="1e-6").lower
    assert seen == [(0, 2), (1, 2), (2, 2)]
    assert {"counter-error", "lower-bound-theorem", "shifted-counts"} <= set(picture.claims)
    (slope,) = picture.lines
    rise = math.log(slope.y[1] / slope.y[0]) / math.log(slope.x[1] / slope.x[0])
    assert rise == pytest.approx(1 / 3)
    assert slope.stroke is Stroke.GUIDE


BATCHES = [("hourly", 1, 40), ("hourly", 41, 90), ("weekly", 1, 100), ("$odd_", 91, 100)]


@pytest.mark.parametrize("epsilon", ["0.01", "1"])
def test_a_schedule_is_drawn_with_its_witness(epsilon: str) -> None:
    schedule = Schedule(BATCHES)
    picture = schedule_picture(schedule, epsilon=epsilon, delta="1e-8", users=2000)
    bound = csa.lower_bound(users=2000, shufflers=3, epsilon=epsilon, delta="1e-8")
    assert picture.error == bound.lower > 0
    assert isinstance(picture.witness, Witness)
    assert [(picture.rows[bar.row], bar.first, bar.last) for bar in picture.bars] == BATCHES
    figure = figure_of(picture, size="phone")
    axes = figure.axes[0]
    drawn = {each.get_gid(): each for each in (*axes.collections, *axes.lines)}
    assert spans(drawn["batches: hourly"]) == [(0.5, 40.5), (40.5, 90.5)]
    assert list(drawn["step"].get_xdata()) == [picture.witness.step] * 2
    if picture.witness.block is not None:
        first, last = picture.witness.block
        assert spans(drawn["block"]) == [(first - 0.5, last + 0.5)]
        assert all(
            last < bar.first or bar.first < first or bar.last > picture.witness.step for bar in picture.bars
        )
    if picture.witness.groups:
        wanted = [(first - 0.5, last + 0.5) for first, last in picture.witness.groups]
        assert spans(drawn["groups"]) == wanted
    assert [label.get_text() for label in axes.get_yticklabels()] == ["hourly", "weekly", "$odd_"]


def spans(bars: Any) -> list[tuple[float, float]]:
    return [(float(path.vertices[:, 0].min()), float(path.vertices[:, 0].max())) for path in bars.get_paths()]


def test_separated_groups_are_drawn() -> None:
    schedule = Schedule([("a", first, first) for first in range(1, 201)])
    picture = schedule_picture(schedule, epsilon="0.3")
    assert picture.witness is not None
    assert picture.witness.kind == "separated-groups"
    figure = figure_of(picture)
    (groups,) = [each for each in figure.axes[0].collections if each.get_gid() == "groups"]
    assert len(groups.get_paths()) == len(picture.witness.groups) > 1


def test_a_part_of_a_schedule() -> None:
    picture = schedule_picture(Schedule(BATCHES), epsilon="1", first=95, last=99)
    assert (picture.rows, len(picture.bars)) == (("weekly", "$odd_"), 2)
    assert figure_of(picture).axes[0].get_xlim() == (94.5, 99.5)


def test_a_trivial_bound_has_no_witness() -> None:
    picture = schedule_picture(Schedule([("a", 1, 2)]), epsilon="1")
    assert (picture.witness, picture.error) == (None, 0.0)
    assert picture.as_dict()["witness"] is None
    figure_of(picture)


SPEC = {
    "cell": "epsilon",
    "kind": "kary-randomized-response",
    "values": [4, 16],
    "epsilon0": ["1", "400"],
    "users": [100, 1000],
    "delta": "1e-6",
    "published": ["clones"],
}


def test_a_table_is_a_band_for_each_choice_of_the_other_axes(tmp_path: Path) -> None:
    table = accounting_table(SPEC)
    picture = table_picture(table, axis="users")
    assert [band.name for band in picture.bands] == ["values = 4, epsilon0 = 1", "values = 16, epsilon0 = 1"]
    rows = [row for row in table.rows if not row.reason]
    assert [end for band in picture.bands for end in band.upper] == [row.upper for row in rows]
    assert [end for band in picture.bands for end in band.lower] == [row.lower for row in rows]
    assert [line.y for line in picture.lines] == [
        tuple(row.published[0].lower for row in rows[at : at + 2]) for at in (0, 2)
    ]
    assert "4 cells without a number are not drawn." in picture.notes
    figure_of(picture)
    table.write(tmp_path / "t.json")
    assert table_picture(read_table(tmp_path / "t.json"), axis="users") == picture


def test_tables_of_batch_sizes_and_of_infinite_ends(tmp_path: Path) -> None:
    table = accounting_table(
        {"cell": "users", "kind": "pure-local", "epsilon0": ["0.5", "1"], "epsilon": "0.5", "delta": "1e-6"}
    )
    picture = table_picture(table)
    assert picture.x.label == "epsilon0"
    assert picture.upper_means == "certified to be enough"
    assert picture.bands[0].upper == tuple(row.upper for row in table.rows)
    matrix = [["1", "0"], ["1/2", "1/2"]]
    table = accounting_table(
        {"cell": "epsilon", "kind": "finite", "matrix": matrix, "users": [2, 3], "delta": "1e-9"}
    )
    table.write(tmp_path / "t.json")
    infinite = table_picture(read_table(tmp_path / "t.json"))
    assert infinite == table_picture(table)
    assert infinite.bands[0].upper == (math.inf, math.inf)
    figure_of(infinite)


@pytest.mark.parametrize("cell", QUANTITIES)
def test_every_quantity_of_tables_is_drawn(cell: str, tmp_path: Path) -> None:
    """A new one needs no word here: what its ends say is what the header of the table says."""
    local = {"kind": "pure-local", "epsilon0": ["0.5", "1"]}
    grids: dict[str, dict[str, object]] = {
        "epsilon": {**local, "users": 100, "delta": "1e-6"},
        "delta": {**local, "users": 100, "epsilon": "0.5"},
        "users": {**local, "epsilon": "0.5", "delta": "1e-6"},
        "summation_error": {"users": [20, 200], "shufflers": 1, "epsilon": 1, "delta": "1e-6"},
    }
    table = accounting_table({"cell": cell, **grids[cell]})
    picture = table_picture(table)
    assert [end for band in picture.bands for end in band.upper] == [row.upper for row in table.rows]
    said = table.header()["cells"]
    assert said.endswith(f"; lower: {picture.lower_means}; upper: {picture.upper_means}")
    figure_of(picture)
    table.write(tmp_path / "t.json")
    assert table_picture(read_table(tmp_path / "t.json")) == picture


def test_a_missing_end_is_drawn_at_the_edge() -> None:
    table = accounting_table(
        {"cell": "users", "kind": "pure-local", "epsilon0": ["0.1", "1"], "epsilon": "0.5", "delta": "1e-6"}
    )
    first, last = table.rows
    assert first.lower is None, "two users are enough"
    cut = replace(table, rows=(first, replace(last, upper=None)))
    picture = table_picture(cut)
    (band,) = picture.bands
    assert (band.lower[0], band.upper[1]) == (0, math.inf)
    figure = figure_of(picture)
    floor, ceiling = picture.limits()
    drawn = {line.get_gid(): list(line.get_ydata()) for line in figure.axes[0].lines}
    assert drawn[f"lower: {band.name}"][0] == floor
    assert drawn[f"upper: {band.name}"][1] == ceiling


def test_what_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    accounting_table({**SPEC, "epsilon0": "1", "published": []}).write(path)
    good = json.loads(path.read_text())
    other = json.loads(json.dumps(good).replace("kary", "binary"))
    broken: tuple[object, ...] = (
        [],
        {"header": {}},
        {**good, "rows": good["rows"][1:]},
        {**good, "rows": [*good["rows"][1:], {}]},
        {**good, "rows": [*good["rows"][1:], {**good["rows"][0], "epsilon_lower": "x"}]},
        {**good, "rows": [*good["rows"][1:], {**good["rows"][0], "epsilon_lower": 9}]},
        {**good, "header": {**good["header"], "spec_sha256": "0"}},
        other,
    )
    for content in broken:
        path.write_text(json.dumps(content))
        with pytest.raises(ParameterError, match=r"t\.json"):
            read_table(path)
    path.write_text("{")
    with pytest.raises(ParameterError, match="table in JSON"):
        read_table(path)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: curve_picture(deployment(100), epsilons=[]), "epsilons"),
        (lambda: curve_picture(deployment(100), epsilons=["1", "1"]), "epsilons"),
        (lambda: curve_picture(deployment(100), epsilons=["-1"]), "epsilons"),
        (lambda: trade_off_picture(deployment(100), alphas=["0.2", "0.1"]), "alphas"),
        (lambda: trade_off_picture(deployment(100), alphas=["2"]), "alphas"),
        (lambda: users_picture(KARY, delta="1e-6", users=[1000, 100]), "users"),
        (lambda: users_picture(KARY, delta="1e-6", users=[1]), "users"),
        (lambda: users_picture(KARY, delta=0), "delta"),
        (lambda: users_picture(KARY, delta="1e-6", users=[10], published=["clone"]), "published"),
        (lambda: shufflers_picture(KARY, 100, delta="1e-6", shufflers=[]), "shufflers"),
        (lambda: shufflers_picture(KARY, 1, delta="1e-6"), "users"),
        (lambda: summation_picture(epsilon=1, delta="1e-6", users=[]), "users"),
        (lambda: summation_picture(epsilon=1, delta="1e-6", shufflers=range(1, 20)), "shufflers"),
        (lambda: schedule_picture(Schedule(BATCHES), epsilon=1, users=99), "users"),
        (lambda: schedule_picture(Schedule(BATCHES), epsilon=1, first=90, last=80), "last"),
        (lambda: table_picture(accounting_table(SPEC), axis="kind"), "axis"),
        (lambda: table_picture(accounting_table(SPEC), axis="user"), "axis"),
        (lambda: table_picture(accounting_table({**SPEC, "epsilon0": "400"})), "table"),
        (lambda: schedule_picture(_wide_schedule(), epsilon=1), "schedule"),
    ],
)
def test_bad_questions(make: Callable[[], object], name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make()
    assert caught.value.name == name


def _wide_schedule() -> Schedule:
    ends = np.arange(1, 20_002)
    return Schedule.from_arrays(["a"] * len(ends), ends, ends)


def test_a_planted_lower_chord_would_be_seen() -> None:
    """A chord through upper ends of a delta that falls like a normal tail lies below it: steps do not."""
    curve = csa.Shuffle(KARY, 1000).curve()
    ends = [curve.delta(epsilon=place).upper for place in ("0.1", "0.2", "0.3")]
    chord = math.sqrt(ends[0] * ends[2])  # on a logarithmic axis
    assert chord < curve.delta(epsilon="0.2").lower
    band = Band(name="b", x=(0.1, 0.3), lower=(0.0, 0.0), upper=(ends[0], ends[2]), between=Between.FALLING)
    assert band.outline()[2][0] >= ends[1]
