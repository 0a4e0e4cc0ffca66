"""Making tables: the right numbers, on any executor, however often the run is stopped."""

import math
import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import accounting as csa
from accounting.errors import AccountingError, ParameterError
from accounting.literature import PUBLISHED
from accounting.tables import AccountingTable, TableSpec
from accounting.tables import run as run_module
from accounting.tables.cells import answer_unit, question_of
from accounting.tables.identity import identity
from accounting.tables.table import Row

GRID: dict[str, object] = {
    "cell": "epsilon",
    "kind": "kary-randomized-response",
    "values": [3, 10],
    "epsilon0": [1, 3],
    "users": {"first": 100, "last": "1e5", "per_decade": 1},
    "delta": ["1e-6", "1e-3"],
}

CHEAP: dict[str, object] = {
    "cell": "epsilon",
    "kind": "pure-local",
    "epsilon0": 1,
    "users": {"first": 100, "last": "6e5", "per_decade": 4},
    "delta": ["1e-6", "1e-3"],
}
QUICK: dict[str, object] = {
    "cell": "delta",
    "kind": "pure-local",
    "epsilon0": 1,
    "users": {"first": 100, "last": "6e5", "per_decade": 4},
    "alpha": ["1.1", "1.2"],
}
UNITS = 8  # of four cells each


@pytest.fixture(scope="module")
def table() -> AccountingTable:
    return csa.accounting_table(GRID)


@pytest.fixture(scope="module")
def cheap() -> AccountingTable:
    return csa.accounting_table(CHEAP)


@pytest.fixture(scope="module")
def quick() -> AccountingTable:
    return csa.accounting_table(QUICK)


def test_every_cell_encloses_what_the_shuffle_says(table: AccountingTable) -> None:
    assert len(table.rows) == 32
    assert not table.failed
    for row in table.rows:
        _, values, epsilon0, users, delta = map(str, row.cell)
        shuffle = csa.Shuffle(csa.KaryRandomizedResponse(values, epsilon0), users=users)
        cold = shuffle.epsilon(delta=delta)
        assert cold.upper_value is not None
        assert cold.lower_value is not None
        assert row.lower is not None
        assert row.upper is not None
        # on the right side of the numbers that are enclosed, and near them
        assert Fraction(row.upper) >= cold.upper_value.lower
        assert Fraction(row.lower) <= cold.lower_value.upper
        assert row.upper <= cold.upper * (1 + 2e-5)
        assert row.lower >= cold.lower * (1 - 2e-5)
        assert set(cold.upper_claims) | set(cold.lower_claims) == set(row.claims)


def test_claims_are_those_of_the_rows(table: AccountingTable) -> None:
    assert "blanket-reduction" in table.claims
    assert "homogeneous-witness" in table.header()["claims"]


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(4)], ids=["threads"])
def test_any_executor_gives_the_same_table(cheap: AccountingTable, make: Callable[[], Executor]) -> None:
    """Threads share one working precision of ball arithmetic: a unit has it for itself."""
    with make() as executor:
        assert csa.accounting_table(CHEAP, executor=executor) == cheap


@pytest.mark.slow
def test_processes_give_the_same_table(table: AccountingTable) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert csa.accounting_table(GRID, executor=executor) == table


class Backwards(Executor):
    """Runs what was submitted last first, once all is there."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))
        if len(self.waiting) == len(list(run_module._units(TableSpec.read(CHEAP)))):
            for done, call in reversed(self.waiting):
                done.set_result(call())
        return future


def test_the_order_of_the_units_changes_nothing(cheap: AccountingTable) -> None:
    assert csa.accounting_table(CHEAP, executor=Backwards()) == cheap


class Lost(Executor):
    """Loses its workers."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_lost_workers_are_one_complaint() -> None:
    with pytest.raises(AccountingError, match="lost its workers"):
        csa.accounting_table(GRID, executor=Lost())


class Older(Executor):
    """Answers like a worker of another version."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result({"identity": "version 0", "rows": None})
        return future


def test_answers_of_another_version_are_refused() -> None:
    with pytest.raises(ParameterError, match="must run version") as caught:
        csa.accounting_table(GRID, executor=Older())
    assert caught.value.value == "version 0"
    spec = TableSpec.read(GRID)
    assert answer_unit(question_of(spec), [next(spec.cells())], "version 0")["rows"] is None
    assert answer_unit(question_of(spec), [next(spec.cells())], identity())["rows"]


def test_a_failed_cell_has_its_reason_and_the_others_their_numbers() -> None:
    made = csa.accounting_table(GRID | {"values": [3, 1], "epsilon0": 1, "published": ["clones"]})
    assert len(made.failed) == 8
    for row in made.rows:
        if row.cell[1] == "1":
            assert row.reason.startswith("randomizer.values must be at least 2")
            assert (row.lower, row.upper, row.published[0].upper) == (None, None, None)
        else:
            assert row.reason == ""
            assert row.upper is not None


def test_a_defect_does_not_stop_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    def crossing(*_: object, **__: object) -> object:
        raise ArithmeticError("the ends of an enclosure cross")

    monkeypatch.setattr(csa.Shuffle, "delta", crossing)
    made = csa.accounting_table(
        {"cell": "delta", "kind": "pure-local", "epsilon0": 1, "users": 10, "epsilon": ["0.1", "0.2"]}
    )
    assert [row.reason[:8] for row in made.rows] == ["a defect"] * 2


def test_cells_of_delta_are_those_of_the_shuffle() -> None:
    made = csa.accounting_table(
        {"cell": "delta", "kind": "pure-local", "epsilon0": 1, "users": 1000, "alpha": ["11/10", 3]}
    )
    shuffle = csa.Shuffle(csa.PureLocal(1), users=1000)
    assert [(row.lower, row.upper) for row in made.rows] == [
        (bounds.lower, bounds.upper) for bounds in (shuffle.delta(alpha="11/10"), shuffle.delta(alpha=3))
    ]


def test_several_shufflers_and_batches_are_compositions() -> None:
    grid: dict[str, object] = {"cell": "delta", "kind": "pure-local", "epsilon0": 1, "epsilon": "0.5"}
    equal = csa.accounting_table(grid | {"users": 20, "shufflers": [1, 2]})
    batches = csa.accounting_table(grid | {"batches": [[20], [20, 20], [20, 30]]})
    assert [row.upper for row in equal.rows] == [row.upper for row in batches.rows][:2]
    shuffles = [csa.Shuffle(csa.PureLocal(1), users=users) for users in (20, 30)]
    bounds = csa.ConcurrentShuffles(shuffles).delta(epsilon="0.5")
    assert (batches.rows[2].lower, batches.rows[2].upper) == (bounds.lower, bounds.upper)
    assert batches.header()["inputs"] == "adaptive"


def test_smallest_batches() -> None:
    made = csa.accounting_table(
        {"cell": "users", "kind": "pure-local", "epsilon0": 2, "epsilon": 1, "delta": "1e-3"}
    )
    answer = csa.smallest_batch(csa.PureLocal(2), epsilon=1, delta="1e-3")
    assert (made.rows[0].lower, made.rows[0].upper) == (answer.unsafe, answer.safe)


def test_claims_stand_beside_and_what_is_below_is_marked() -> None:
    made = csa.accounting_table(
        {
            "cell": "delta",
            "kind": "kary-randomized-response",
            "values": 4,
            "keep": "13/16",
            "users": 1000,
            "alpha": "1.8221188",
            "published": ["variation-ratio", "clones", "balcer-cheu"],
        }
    )
    refuted, proved, silent = made.rows[0].published
    assert refuted.below
    assert not proved.below
    claim = PUBLISHED["clones"].claimed_delta(
        csa.KaryRandomizedResponse(4, keep="13/16"), users=1000, alpha=Fraction("1.8221188")
    )
    assert proved.lower is not None
    assert proved.upper is not None
    assert Fraction(proved.lower) <= claim.lower <= claim.upper <= Fraction(proved.upper)
    assert (silent.lower, silent.below) == (None, False)
    assert silent.reason


def test_ends_that_cross_are_an_alarm() -> None:
    with pytest.raises(ArithmeticError):
        Row.of(("x",), {"lower": 2.0, "upper": 1.0}, 0)


def test_a_large_grid_is_asked_about() -> None:
    grid = GRID | {"users": {"first": 100, "last": 2599, "step": 1}}
    grid |= {"delta": {"first": "0.001", "last": "0.1", "step": "0.001"}}
    with pytest.raises(ParameterError, match=r"has more than 100,000 cells; got 1,000,000 cells") as caught:
        csa.accounting_table(grid)
    assert "--yes" in caught.value.remedy
    grid |= {"values": {"first": 2, "last": 30, "step": 1}}
    with pytest.raises(ParameterError, match="at most 10,000,000 cells"):
        csa.accounting_table(grid, most_cells=10**9)


# ---------------------------------------------------------------- stopping and going on


class Units:
    """Counts the units that are answered, and may stop the run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stop_after: float = math.inf) -> None:
        self.answered = 0
        self.stop_after = stop_after
        real = answer_unit

        def counted(*args: Any) -> dict[str, Any]:
            if self.answered >= self.stop_after:
                raise KeyboardInterrupt
            self.answered += 1
            return real(*args)

        monkeypatch.setattr(run_module, "answer_unit", counted)


def test_an_interrupted_run_goes_on_where_it_was(
    tmp_path: Path, quick: AccountingTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "table.csv.part"
    units = Units(monkeypatch, stop_after=3)
    with pytest.raises(KeyboardInterrupt):
        csa.accounting_table(QUICK, journal=journal)
    units.stop_after = math.inf
    done: list[tuple[int, int]] = []
    assert csa.accounting_table(QUICK, journal=journal, progress=lambda *at: done.append(at)) == quick
    assert units.answered == UNITS  # of four cells each, none of them twice
    assert done[0] == (12, 32)
    assert done[-1] == (32, 32)
    assert csa.accounting_table(QUICK, journal=journal) == quick
    assert units.answered == UNITS


@pytest.mark.parametrize(
    ("damage", "again"),
    [
        (lambda text: text[:-1], 1),  # the process died in the last line
        (lambda text: text[:-40], 1),
        (lambda text: text.replace(b'"unit":7', b'"unit":6'), 1),
        (lambda text: text.replace(b'"unit":5', b'"unit":6'), 3),  # what follows cannot be trusted either
        (lambda text: text[:30], UNITS),
        (lambda _: b"", UNITS),
    ],
)
def test_a_damaged_journal_costs_what_is_damaged(
    tmp_path: Path,
    quick: AccountingTable,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[bytes], bytes],
    again: int,
) -> None:
    journal = tmp_path / "table.part"
    csa.accounting_table(QUICK, journal=journal)
    journal.write_bytes(damage(journal.read_bytes()))
    units = Units(monkeypatch)
    assert csa.accounting_table(QUICK, journal=journal) == quick
    assert units.answered == again


def test_a_journal_of_another_table_or_of_something_else_is_refused(tmp_path: Path) -> None:
    journal = tmp_path / "table.part"
    small = QUICK | {"users": 100}
    csa.accounting_table(small, journal=journal)
    with pytest.raises(ParameterError, match="must belong to this table"):
        csa.accounting_table(small | {"digits": 4}, journal=journal)
    other = tmp_path / "notes.part"
    other.write_bytes(b"my notes\n")
    with pytest.raises(ParameterError, match="must belong to this table"):
        csa.accounting_table(small, journal=other)
    assert other.read_bytes() == b"my notes\n"


def test_a_journal_of_other_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = tmp_path / "table.part"
    small = QUICK | {"users": 100}
    monkeypatch.setattr(run_module, "identity", lambda: "version 0")
    monkeypatch.setattr(run_module, "_answered", lambda *_: iter([(0, [{"lower": 1.0, "upper": 2.0}] * 2)]))
    csa.accounting_table(small, journal=journal)
    monkeypatch.undo()
    with pytest.raises(ParameterError, match="must belong to this table"):
        csa.accounting_table(small, journal=journal)


def test_two_processes_do_not_share_a_journal(tmp_path: Path) -> None:
    from accounting.tables.journal import Journal

    small = QUICK | {"users": 100}
    path = tmp_path / "table.part"
    with (
        Journal(path, spec_hash=TableSpec.read(small).hash, identity=identity()),
        pytest.raises(ParameterError, match="must be made by one process"),
    ):
        csa.accounting_table(small, journal=path)
    csa.accounting_table(small, journal=path)
    assert os.path.getsize(path) > 0


def test_what_is_no_specification() -> None:
    with pytest.raises(ParameterError, match="must be a specification, a mapping or a path"):
        csa.accounting_table(3)  # type: ignore[arg-type]
