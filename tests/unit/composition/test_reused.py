"""Atoms of batches, what their histograms determine, and what is refused."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import accounting as csa
from accounting.composition.atoms import Atom, atoms_of_batches, read_atoms, smallest_seen
from accounting.composition.concurrent import ConcurrentShuffles
from accounting.composition.reused import SharedReport
from accounting.curves import PairCurve

COIN = csa.BinaryRandomizedResponse(keep="3/4")
F = Fraction

intervals = st.dictionaries(
    st.sampled_from("abcde"),
    st.tuples(st.integers(1, 9), st.integers(0, 5)).map(lambda pair: (pair[0], sum(pair))),
    min_size=1,
)


@given(intervals)
def test_intervals_and_sets_have_the_same_atoms(batches: dict[str, tuple[int, int]]) -> None:
    sets = {name: set(range(first, last + 1)) for name, (first, last) in batches.items()}
    atoms = atoms_of_batches(batches)
    assert atoms == atoms_of_batches(sets)
    assert sum(atoms.values()) == len(set().union(*sets.values()))
    for name, users in sets.items():
        assert sum(size for names, size in atoms.items() if name in names) == len(users)


def test_memory_does_not_grow_with_users() -> None:
    atoms = atoms_of_batches({"a": (1, 10**17), "b": (10**16, 10**18)})
    assert atoms == {("a",): 10**16 - 1, ("a", "b"): 10**17 - 10**16 + 1, ("b",): 9 * 10**17}


def test_the_same_batches_before_and_after_are_one_atom() -> None:
    assert atoms_of_batches({"a": (1, 10), "b": (4, 6)}) == {("a",): 7, ("a", "b"): 3}


@pytest.mark.parametrize(
    ("atoms", "seen"),
    [
        ({("a", "b"): 9}, {("a", "b")}),
        ({("a",): 5, ("a", "b"): 7}, {("a",)}),  # a minus b
        ({("a",): 5, ("a", "b"): 4, ("b",): 6}, {("a",), ("a", "b")}),  # only the batches themselves
        ({("a", "b"): 5, ("b", "c"): 3, ("a", "c"): 4}, {("b", "c")}),  # half of b + c - a
        ({("a", "b", "c"): 5, ("a",): 2, ("b",): 4, ("c",): 3}, {("a",), ("a", "b", "c")}),
        ({("a",): 4, ("b",): 3}, {("b",)}),
    ],
)
def test_smallest_union(atoms: dict[tuple[str, ...], int], seen: set[tuple[str, ...]]) -> None:
    assert {atom.batches for atom in smallest_seen(read_atoms(atoms))} == seen


@pytest.mark.parametrize("batches", [12, 13, 40])
def test_chains_of_any_length(batches: int) -> None:
    """Each batch shares 10 users with the next one; one batch lies within the last one."""
    family = {f"b{i:02}": (1 + 90 * i, 100 + 90 * i) for i in range(batches)}
    last = 100 + 90 * (batches - 1)
    reused = csa.ReusedReports.from_batches(COIN, family)
    assert reused.hidden_among.users == 10
    assert sum(atom.users for atom in reused.seen_together) == 100
    nested = csa.ReusedReports.from_batches(COIN, family | {"inner": (last - 20, last - 14)})
    assert nested.seen_together == (Atom((f"b{batches - 1:02}", "inner"), 7),)
    assert nested.delta(alpha=2).is_exact


def test_both_ends_are_those_of_shuffles() -> None:
    reused = csa.ReusedReports.from_batches(COIN, {"a": (1, 100), "b": (61, 200)})
    bounds = reused.delta(epsilon="0.2")
    assert bounds.upper == csa.Shuffle(COIN, users=40).delta(epsilon="0.2").upper
    assert bounds.lower == csa.Shuffle(COIN, users=100).delta(epsilon="0.2").lower
    inverse = reused.epsilon(delta="1e-6")
    assert inverse.upper == csa.Shuffle(COIN, users=40).epsilon(delta="1e-6").upper
    assert inverse.lower == csa.Shuffle(COIN, users=100).epsilon(delta="1e-6").lower
    assert not bounds.is_exact
    assert bounds.witness is not None
    assert "users in exactly batches a and b" in bounds.witness.sentence()


def test_a_shared_report_brackets_every_deployment_of_its_sizes() -> None:
    """The exact loss of batches of 3 and 4 whose atoms have at least 2 users."""
    shared = SharedReport(COIN, atom_at_least=2, batch=4)
    atoms: list[dict[Any, int]] = [
        {("a",): 2, ("a", "b"): 2, ("b",): 2},
        {("a", "b"): 2, ("b",): 2},
        {("a", "b"): 4},
    ]
    for sizes in atoms:
        for alpha in (F(1), F(3, 2), F(2)):
            exact = csa.ReusedReports(COIN, sizes).exact_delta(alpha=alpha).delta
            assert isinstance(exact, Fraction)
            ends = PairCurve(shared.pairs()).delta(alpha=alpha)
            assert ends.lower <= exact <= ends.upper


def test_a_shared_report_composes_with_fresh_shuffles() -> None:
    fresh, shared = csa.Shuffle(COIN, users=50), SharedReport(COIN, atom_at_least=40, batch=80)
    bounds = ConcurrentShuffles([fresh, shared]).delta(epsilon="0.8")
    harsh = ConcurrentShuffles([fresh, csa.Shuffle(COIN, users=40)]).delta(epsilon="0.8")
    mild = ConcurrentShuffles([fresh, csa.Shuffle(COIN, users=80)]).delta(epsilon="0.8")
    assert harsh.lower <= bounds.upper <= harsh.upper * (1 + 1e-6)
    assert mild.lower * (1 - 0.2) <= bounds.lower <= mild.upper  # the grid is that of the upper end
    assert mild.upper < harsh.lower
    assert {"reused-atoms", "adaptive-composition"} <= set(bounds.upper_claims)
    atoms = csa.ReusedReports(COIN, {("a",): 40, ("a", "b"): 40, ("b",): 40})  # batches of 80
    assert ConcurrentShuffles([fresh, atoms]).delta(epsilon="0.8").upper == bounds.upper


def test_one_report_alone_composes_with_fresh_shuffles() -> None:
    fresh, shared = csa.Shuffle(COIN, users=50), SharedReport(COIN, batch=50)
    bounds = ConcurrentShuffles([fresh, shared]).epsilon(delta="1e-3")
    local = shared.epsilon(delta="1e-3")
    assert local.upper <= bounds.upper <= local.upper + fresh.epsilon(delta="1e-4").upper
    assert bounds.lower >= fresh.epsilon(delta="1e-3").lower


@pytest.mark.parametrize(
    ("atoms", "name", "rule"),
    [
        ({}, "atoms", "at least one"),
        (5, "atoms", "mapping"),
        ({(): 5}, "atoms", "nonempty sets"),
        ({("a",): 0}, "atoms[a]", "at least 1"),
        ({("a", "b"): 2.5}, "atoms[a, b]", "whole number"),
        ({("a",): 10**19}, "atoms[a]", "at most"),
        ({("a", "b"): 1, ("b", "a"): 1}, "atoms", "once"),
        ({("a", "a"): 1}, "atoms", "once"),
        ({("a", 3): 1}, "atoms", "names"),
        ({("",): 1}, "atoms", "names"),
        ({7: 1}, "atoms", "sets of batch names"),
    ],
)
def test_refused_atoms(atoms: Any, name: str, rule: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.ReusedReports(COIN, atoms)
    assert caught.value.name == name
    assert rule in caught.value.rule
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("batches", "name"),
    [
        ({}, "batches"),
        ([(1, 5)], "batches"),
        ({"a": 5}, "batches[a]"),
        ({"a": "15"}, "batches[a]"),
        ({"a": (1, 2, 3)}, "batches[a]"),
        ({"a": {1, 2}, "b": (1, 2)}, "batches[a]"),
        ({"a": (0, 5)}, "batches[a][0]"),
        ({"a": (6, 5)}, "batches[a][1]"),
        ({"a": (1, "x")}, "batches[a][1]"),
        ({"a": set()}, "batches[a]"),
    ],
)
def test_refused_batches(batches: Any, name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.ReusedReports.from_batches(COIN, batches)
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: csa.ReusedReports("coin", {"a": 5}), "randomizer"),  # type: ignore[arg-type]
        (lambda: SharedReport("coin", batch=5), "randomizer"),  # type: ignore[arg-type]
        (lambda: SharedReport(COIN, atom_at_least=0, batch=5), "atom_at_least"),
        (lambda: SharedReport(COIN, atom_at_least=6, batch=5), "batch"),
        (lambda: csa.ReusedReports(COIN, {"a": 10**4, ("a", "b"): 10**4}).exact_delta(alpha=2), "atoms"),
        (lambda: csa.ReusedReports(COIN, {"a": 5}).exact_delta(), "epsilon"),
    ],
)
def test_refused_elsewhere(call: Callable[[], object], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        call()
    assert caught.value.name == name


def test_unknown_channels_are_not_enumerated() -> None:
    with pytest.raises(csa.NotCoveredError):
        csa.ReusedReports(csa.PureLocal("1"), {"a": 5}).exact_delta(alpha=2)


def test_shares_of_batches_say_nothing_of_atoms() -> None:
    """Of 1000 users 100 answer loudly; all of these may be in exactly the same batches, where they lose far more."""
    mixed = csa.MixedResponse(2, ["9/10", "1/10"], ["1/2", 6])
    assert csa.Shuffle(csa.KaryRandomizedResponse(2, 6), users=100).delta(epsilon=1).lower > 0.7
    for shared in (
        SharedReport(mixed, atom_at_least=100, batch=1000),
        SharedReport(mixed, batch=1000),
        csa.ReusedReports(mixed, {("a",): 900, ("a", "b"): 100}),
    ):
        with pytest.raises(csa.NotCoveredError, match="in groups"):
            shared.delta(epsilon=1)
