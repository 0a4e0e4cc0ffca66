import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from accounting.errors import ParameterError
from accounting.lower_bound import theorem
from accounting.lower_bound.spread import certified_moves
from accounting.lower_bound.theorem import Design, certified_error, hidden_error, lost_mass, separated_error
from accounting.lower_bound.window import inductive_window
from proofs.checks import lower_bound as checks
from proofs.checks.check import CheckFailedError
from proofs.reference.lower_bound import plain_value

HALF = Fraction(1, 2)
DESIGNS = [
    Design(groups=6, stride=1, weights=(1, 1), step=HALF, blocks=((1, 4), (3, 2))),
    Design(groups=9, stride=2, weights=(2, 3, 2), step=Fraction(7, 10), blocks=((1, 9), (2, 7), (6, 3))),
    Design(groups=12, stride=1, weights=(5, 6, 7, 6, 5), step=Fraction(1), blocks=((1, 3),)),
    Design(groups=1, stride=1, weights=(1, 2, 1), step=HALF, blocks=()),
]


def moves_of(design: Design, epsilon: Fraction) -> Fraction:
    return certified_moves(design.weights, factor=design.stride * epsilon, step=design.step)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("epsilon", ["1/10", "1", "3"])
@pytest.mark.parametrize("delta", ["0", "1/10000"])
def test_the_value_is_that_of_a_plain_evaluation(design: Design, epsilon: str, delta: str) -> None:
    eps, probability = Fraction(epsilon), Fraction(delta)
    said = float(certified_error(design, shufflers=2, epsilon=eps, delta=probability))
    blocks = [max(f for f in design.blocks if f[0] <= depth)[1] for depth in range(1, design.groups - 1)]
    plain = plain_value(
        blocks=blocks,
        groups=design.groups,
        stride=design.stride,
        weights=design.weights,
        step=float(design.step),
        shufflers=2,
        epsilon=float(eps),
        delta=float(probability),
    )
    assert plain * 0.9999 <= said <= plain * (1 + 1e-12)
    assert said > 0 or delta != "0"


def test_the_smallest_of_all_counts() -> None:
    one = Fraction(1)
    for size in (1, 2, 4, 100):
        design = Design(groups=9, stride=1, weights=(1, 1), step=HALF, blocks=((1, size), (4, size)))
        moves = moves_of(design, one)
        parts = [
            separated_error(design, moves=moves),
            *(hidden_error(design, d, moves=moves) for d in (1, 4)),
        ]
        assert certified_error(design, shufflers=3, epsilon=one, delta=Fraction(0)) == min(parts)
        assert (min(parts) == parts[0]) == (size >= 4)
        assert parts[1] <= parts[2]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"blocks": ()}, "blocks"),  # 6 groups would err 0.91 after 7 users, 460 after 10^6
        ({"blocks": ((2, 1),)}, "blocks"),
        ({"blocks": ((1, 2), (1, 1))}, "blocks"),
        ({"blocks": ((1, 0),)}, "blocks[0].users"),
        ({"weights": (1, 0, 1)}, "weights[1]"),
        ({"weights": (1,)}, "weights"),
        ({"stride": 0}, "stride"),
        ({"groups": 0}, "groups"),
        ({"step": Fraction(0)}, "step"),
    ],
)
def test_what_is_no_design_is_refused(changes: dict[str, Any], name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        replace(DESIGNS[0], **changes)
    assert caught.value.name == name


def test_a_hidden_block_costs_half_its_users() -> None:
    design = Design(groups=4, stride=1, weights=(1, 1), step=HALF, blocks=((1, 50),))
    assert 25 <= hidden_error(design, 1, moves=moves_of(design, Fraction(1))) < Fraction(2501, 100)


def test_delta_takes_a_share_for_each_group() -> None:
    two = Design(groups=3, stride=3, weights=(1, 1), step=HALF, blocks=((1, 1),))
    lost = lost_mass(two, places=5, epsilon=Fraction(1), delta=Fraction(1, 1000))
    group = (math.e**3 - 1) / (math.e - 1) / 1000
    assert float(lost) == pytest.approx(5 * group, rel=1e-12)
    assert float(lost_mass(two, places=5, epsilon=Fraction(0), delta=Fraction(1, 1000))) == 0.015


def test_a_large_delta_leaves_nothing() -> None:
    assert certified_error(DESIGNS[2], shufflers=3, epsilon=Fraction(1), delta=HALF) == 0


def test_windows_of_the_induction_grow_with_groups_and_shufflers() -> None:
    rows = [
        [inductive_window(block=4, group=2, groups=groups, shufflers=k) for groups in range(2, 9)]
        for k in range(1, 6)
    ]
    assert all(row == sorted(set(row)) for row in rows)
    assert all(low < high for one, two in pairwise(rows) for low, high in zip(one, two, strict=True))


@pytest.mark.proof
def test_the_checks_pass() -> None:
    assert checks.best_estimates_err(1, 2) > 0
    assert checks.delta_takes_no_more(2) > 0
    assert checks.windows_hold_a_bad_step(2, 1, 2, 2) > 0
    assert checks.nested_layouts_hold_a_bad_step(3, 1, 2, 2) > 0
    assert checks.nested_layouts_hold_whenever_batches_close(3, 1, 2, 3) > 0
    assert all(checks.posteriors_are_spread(top, "1") for top in (1, 2, 3))
    assert all(checks.walks_go_as_far(steps) for steps in (1, 2, 9))


@pytest.mark.proof
def test_a_delta_that_takes_too_little_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theorem, "lost_mass", lambda *args, **kw: lost_mass(*args, **kw) / 4)
    with pytest.raises(CheckFailedError):
        checks.delta_takes_no_more(1)


@pytest.mark.proof
@pytest.mark.parametrize(
    ("name", "right"), [("hidden_error", hidden_error), ("separated_error", separated_error)]
)
def test_an_error_that_is_too_large_is_seen(
    name: str, right: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*args: object, **kw: object) -> Fraction:
        value = right(*args, **kw)  # type: ignore[operator]
        return Fraction(value) * Fraction(101, 100)

    monkeypatch.setattr(theorem, name, wrong)
    with pytest.raises(CheckFailedError):
        checks.best_estimates_err(1, 1)


@pytest.mark.proof
def test_a_window_that_is_too_small_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "inductive_window", lambda **kw: inductive_window(**kw) // 3)
    with pytest.raises(CheckFailedError):
        checks.windows_hold_a_bad_step(2, 1, 2, 2)
