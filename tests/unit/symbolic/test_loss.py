"""Symbolic privacy loss distributions: known laws, counting, merging, refusals."""

from fractions import Fraction
from math import comb
from typing import Any

import pytest
import sympy

import accounting as csa
from accounting.symbolic import SymbolicLoss, SymbolicRandomizer, loss

F = Fraction
COIN = SymbolicRandomizer.binary()
w, k = sympy.symbols("w k")


def equal(left: Any, right: Any) -> bool:
    return bool(sympy.cancel(left - right) == 0)


def test_two_users_by_hand() -> None:
    first, second, third = loss(COIN, target=(1, 0), others=(0,)).distribution
    assert equal(first[0], w / (1 + w) ** 2)
    assert equal(first[2], 1 / w)
    assert equal(second[0], 2 * w / (1 + w) ** 2) is False
    assert equal(second[0], (w**2 + 1) / (1 + w) ** 2)
    assert equal(second[2], (w**2 + 1) / (2 * w))
    assert equal(third[2], w)


@pytest.mark.parametrize("others", [(), (0,), (0, 1), (1, 1, 2)])
def test_probabilities_sum_to_one_and_outcomes_to_all(others: tuple[int, ...]) -> None:
    found = loss(SymbolicRandomizer.kary("k", assume=("w > 1", "k >= 5")), target=(0, 1), others=others)
    assert equal(sum(first for first, _, _ in found.distribution), 1)
    assert equal(sum(second for _, second, _ in found.distribution), 1)
    n = len(others) + 1
    for values in (5, 6, 11):
        count = sum(atom.outcomes for atom in found.atoms)
        assert sympy.Integer(count.subs(k, values)) == comb(n + values - 1, n)


def test_messages_are_called_by_their_values() -> None:
    found = loss(SymbolicRandomizer.kary(5), target=(4, 2), others=(0,))
    top = max(found.atoms, key=lambda atom: found.domain.expression(atom.first, atom.second).subs(w, 3))
    assert dict(top.example[0]).keys() <= {"4", "rest", "0"}
    assert dict(top.example[0])["4"] >= 1


def test_an_impossible_outcome_has_an_infinite_ratio() -> None:
    certain = SymbolicRandomizer.of_matrix([["1 - 1/w", "1/w"], ["0", "1"]], assume="w > 1")
    *_, last = loss(certain, target=(0, 1), others=(1,)).distribution
    assert last[2] == sympy.oo
    assert equal(last[0], 1 - 1 / w)
    reverse = loss(certain, target=(1, 0), others=(1,))
    assert reverse.distribution[0][2] == 0
    assert reverse.at(1, w=2) == F(1, 2)


def test_equal_ratios_are_merged_only_where_equal_identically() -> None:
    # messages 0 and 1 are proportional; message 2 has their ratio at w = 2 only
    rows = [["1/4", "1/8", "1/4 + w/16", "3/8 - w/16"], ["1/8", "1/16", "1/4 - w/32", "9/16 + w/32"]]
    found = loss(SymbolicRandomizer.of_matrix(rows, assume=("w > 1", "w < 3")), target=(0, 1), others=())
    assert len(found.atoms) == 3
    assert [atom.outcomes for atom in found.atoms if atom.example[0][0][0] == "0+1"] == [2]


def test_several_shuffles_multiply() -> None:
    one = loss(COIN, target=(1, 0), others=(0,))
    two = loss([COIN, COIN], target=[(1, 0), (1, 0)], others=[(0,), (0,)])
    assert two.data == one.data * 2
    assert len(two.atoms) == 6  # products of 3 ratios, unordered
    for alpha in (F(1, 2), F(3, 2), F(4)):
        direct = sum(
            (max(F(0), p * q - alpha * r * s) for p, r in pairs(one, 3) for q, s in pairs(one, 3)),
            F(0),
        )
        assert two.at(alpha, w=3) == direct


def pairs(found: SymbolicLoss, value: int) -> list[tuple[Fraction, Fraction]]:
    return [
        (F(str(first.subs(w, value))), F(str(second.subs(w, value))))
        for first, second, _ in found.distribution
    ]


def test_different_symbols_join() -> None:
    other = SymbolicRandomizer.binary("v", assume="v > 1")
    both = loss([COIN, other], target=[(1, 0)] * 2, others=[(0,), ()])
    assert both.domain.names == ("v", "w")
    alone = loss([COIN, COIN], target=[(1, 0)] * 2, others=[(0,), ()])
    assert both.at(2, v=3, w=3) == alone.at(2, w=3)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"target": (0, 2), "others": (0,)}, "target"),
        ({"target": (0,), "others": (0,)}, "target"),
        ({"target": (0, 1), "others": (0, -1)}, "others"),
        ({"target": (0, 1), "others": "01"}, "others"),
        ({"target": (0, 1), "others": 3}, "others"),
        ({"target": (0, "x"), "others": ()}, "target"),
        ({"target": (0, 1), "others": (0,) * 200_000}, "users"),
    ],
)
def test_bad_data_is_refused(arguments: dict[str, Any], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        loss(COIN, **arguments)
    assert caught.value.name == name


def test_bad_lists_are_refused() -> None:
    for randomizers, target, others, name in (
        ([], [], [], "randomizers"),
        ("coin", (0, 1), (), "randomizers"),
        ([COIN, 3], [(0, 1)] * 2, [()] * 2, "randomizers[1]"),
        ([COIN, COIN], [(0, 1)], [(), ()], "target"),
        ([COIN], [(0, 1)], [(), ()], "others"),
    ):
        with pytest.raises(csa.ParameterError) as caught:
            loss(randomizers, target=target, others=others)
        assert caught.value.name == name


def test_a_data_set_with_too_many_values_is_refused() -> None:
    few = SymbolicRandomizer.kary("k", assume=("w > 1", "k >= 3"))
    assert loss(few, target=(0, 1), others=(7, 7)).data == (((0, 1), (7, 7)),)
    with pytest.raises(csa.ParameterError, match="at most 3 values"):
        loss(few, target=(0, 1), others=(2, 3))
