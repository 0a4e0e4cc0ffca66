"""Cells of the summation error: both sides are those of the planner and of the lower bound."""

import pytest

import accounting as csa
from accounting.counter.planner import plan
from accounting.errors import ParameterError
from accounting.tables import AccountingTable, TableSpec, accounting_table
from accounting.tables.cells import unit_size
from accounting.tables.outputs import ENDINGS

SUMS: dict[str, object] = {
    "cell": "summation_error",
    "users": [10, 5000],
    "shufflers": [1, 2],
    "epsilon": 1,
    "delta": "1e-6",
}


@pytest.fixture(scope="module")
def table() -> AccountingTable:
    return accounting_table(SUMS)


def test_both_ends_are_those_of_the_plan_and_of_the_lower_bound(table: AccountingTable) -> None:
    assert [row.cell for row in table.rows[2:]] == [("5000", "1", "1", "1e-6"), ("5000", "2", "1", "1e-6")]
    for row in table.rows[2:]:
        shufflers = int(row.cell[1] or "")
        made = plan(5000, shufflers, epsilon=1, delta="1e-6")
        below = csa.lower_bound(users=5000, shufflers=shufflers, epsilon=1, delta="1e-6")
        assert (row.lower, row.upper) == (below.lower, made.law.mean_bound())
        assert 0 < below.lower < made.law.mean_bound()
        assert {"counter-error", "counter-privacy", "lower-bound-theorem"} <= set(row.claims)
        assert set(below.assumptions) <= set(row.assumptions)


def test_few_users_are_no_special_case(table: AccountingTable) -> None:
    for row, shufflers in zip(table.rows[:2], (1, 2), strict=True):
        assert row.lower == csa.lower_bound(users=10, shufflers=shufflers, epsilon=1, delta="1e-6").lower
        assert row.upper == plan(10, shufflers, epsilon=1, delta="1e-6").law.mean_bound()


def test_every_format_has_it(table: AccountingTable) -> None:
    assert b"summation_error_lower,summation_error_upper" in ENDINGS[".csv"](table)
    assert b"{error $\\leq$}" in ENDINGS[".tex"](table)
    assert b"reference counter" in ENDINGS[".md"](table)


def test_a_cell_is_a_task() -> None:
    assert unit_size(TableSpec.read(SUMS)) == 1
    assert len(TableSpec.read(SUMS)) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"kind": "pure-local"},
            "kind must not be given for cells of summation_error, as a plan chooses its own",
        ),
        ({"batches": [[100, 200]]}, "batches must not be given for cells of summation_error"),
        ({"alpha": 2}, "alpha must not be given for cells of summation_error"),
        ({"published": ["clones"]}, "published must"),
        ({"inputs": "fixed"}, "inputs must not be given for cells of summation_error"),
        ({"relative_width": "1e-3"}, "relative_width must not be given for cells of summation_error"),
        ({"matrix": [["1/2", "1/2"]]}, "matrix must not be given for cells of summation_error"),
    ],
)
def test_what_a_plan_chooses_is_not_given(change: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{message}"):
        TableSpec.read(SUMS | change)


@pytest.mark.parametrize("name", ["users", "shufflers", "epsilon", "delta"])
def test_what_a_plan_needs_is_given(name: str) -> None:
    rest = {key: value for key, value in SUMS.items() if key != name}
    with pytest.raises(ParameterError, match=f"^{name} must be given for cells of summation_error"):
        TableSpec.read(rest)
