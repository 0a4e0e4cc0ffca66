"""Cells that are the error of running sums: both ends are those of the planner and of the lower bound."""

import pytest

import accounting as csa
from accounting.counter import planner
from accounting.errors import ParameterError
from accounting.tables import AccountingTable, TableSpec, accounting_table

ASKED: dict[str, object] = {
    "cell": "error",
    "users": [2, 400],
    "shufflers": [1, 2],
    "epsilon": 1,
    "delta": "1e-6",
}


@pytest.fixture(scope="module")
def table() -> AccountingTable:
    return accounting_table(ASKED)


def test_ends_are_certified_elsewhere(table: AccountingTable) -> None:
    for row, shufflers in zip(table.rows[2:], (1, 2), strict=True):
        made = planner.plan(400, shufflers, epsilon=1, delta="1e-6")
        below = csa.lower_bound(users=400, shufflers=shufflers, epsilon=1, delta="1e-6")
        assert row.upper == made.law.mean_bound()
        assert row.lower == below.lower
        assert row.lower is not None
        assert 0 < row.lower < row.upper
        assert made.privacy.upper <= 1
        assert {"counter-privacy", "counter-error", *made.privacy.upper_claims, *below.claims} == set(
            row.claims
        )
        assert set(below.assumptions) <= set(row.assumptions)


def test_a_cell_without_room_says_why(table: AccountingTable) -> None:
    assert [bool(row.reason) for row in table.rows] == [False, True, False, False]
    assert "shufflers" in table.rows[1].reason


def test_the_specification_is_read_back(table: AccountingTable) -> None:
    spec = TableSpec.read(ASKED)
    assert len(spec) == len(list(spec.cells())) == 4
    assert TableSpec.read(spec.as_mapping()) == spec
    assert "running sums" in table.header()["cells"]


@pytest.mark.parametrize("name", ["users", "shufflers", "epsilon", "delta"])
def test_every_axis_is_needed(name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        TableSpec.read({key: value for key, value in ASKED.items() if key != name})
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "kary-randomized-response"),
        ("epsilon0", 1),
        ("alpha", 2),
        ("batches", [[3, 4]]),
        ("matrix", [["1/2", "1/2"], ["1/3", "2/3"]]),
        ("published", "all"),
        ("relative_width", "1e-3"),
        ("inputs", "fixed"),
    ],
)
def test_what_means_nothing_here_is_refused(name: str, value: object) -> None:
    with pytest.raises(ParameterError) as caught:
        TableSpec.read(ASKED | {name: value})
    assert caught.value.name == name
