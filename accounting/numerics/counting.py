"""The expected positive part of a random walk by summation over the counts of its atoms.

The road for walks with few effective steps, where the contour is weak. All terms are nonnegative, so
floats with an a-priori bound lose nothing that matters, down to the smallest delta. Two atoms, the
*inner* one and the *base*, are summed through prefix tables; the counts of the others are enumerated
inside windows that hold all but a bounded share of the tilted law. Statement: exact-walk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..claims import relies_on
from .atoms import Step
from .ball import arb

__all__ = ["CountingPlan", "counting_plan", "counting_positive_part"]

_UNIT = 2.0**-53
_TINY = 1e-140  # products of two entries do not underflow
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Atom:
    """One atom and the window of its count."""

    value: arb
    chance: arb
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class CountingPlan:
    """Which atoms are enumerated, and what that costs.

    Attributes:
        work: table cells and enumerated counts in all; any plan is sound.
    """

    n: int
    c: float
    outer: tuple[_Atom, ...]
    inner: _Atom
    base: _Atom
    work: int


def counting_plan(step: Step, n: int, c: float, relative_width: float) -> CountingPlan:
    """Choose atoms and windows, around the law tilted by c > 0, for a step of at least two values."""
    reach = math.sqrt(2.0 * math.log(1e4 / relative_width))
    values, chances = list(step.values), list(step.chances)
    if not step.rest.is_zero():
        values.append(arb(0))
        chances.append(step.rest)
    shift = max(c * float(g) for g in values)
    weights = [
        max(float(p), 0.0) * math.exp(c * float(g) - shift) for p, g in zip(chances, values, strict=True)
    ]
    total = sum(weights)
    atoms = []
    for value, chance, weight in zip(values, chances, weights, strict=True):
        q = weight / total
        spread = n * q * (1.0 - q)
        away = reach * math.sqrt(spread + reach * reach / 9.0) + reach * reach / 3.0 + 1.0
        low, high = max(0, math.floor(n * q - away)), min(n, math.ceil(n * q + away))
        atoms.append(_Atom(value, chance, low, high))
    atoms.sort(key=lambda atom: atom.high - atom.low)
    *outer, one, two = atoms
    inner, base = (one, two) if float(one.value) < float(two.value) else (two, one)
    outer_work = math.prod(atom.high - atom.low + 1 for atom in outer)
    rows = sum(atom.high - atom.low for atom in outer) + 1
    work = 4 * outer_work + rows * (inner.high - inner.low + 1)
    return CountingPlan(n, c, tuple(outer), inner, base, work)


@relies_on("exact-walk")
def counting_positive_part(step: Step, plan: CountingPlan) -> arb:
    """Enclose ``E[(G_1 + .. + G_n)_+]`` for i.i.d. steps.

    Args:
        step: the law of G, at a working precision of at least 64 + log2(n) bits.
        plan: from ``counting_plan`` for the same step; its windows decide the width.

    Returns:
        A ball that contains the number; a wide one where the windows' terms leave the range of floats.

    Guarantee:
        exact-walk.
    """
    n, inner, base = plan.n, plan.inner, plan.base
    weight, offset, size, counts, outer_scale = _outer_counts(plan)
    # rows are the numbers of steps that are left for the inner atom and the base
    left = n - counts
    least, most = int(left.min()), int(left.max())
    inner_counts = np.arange(inner.low, inner.high + 1)
    rests = np.arange(least, most + 1)[:, None] - inner_counts[None, :]
    first_rest, last_rest = max(0, least - inner.high), max(0, most - inner.low)
    rest_table, rest_scale = _powers(n * base.chance, first_rest, last_rest)
    inner_table, inner_scale = _powers(n * inner.chance, inner.low, inner.high)
    cells = np.where(rests >= 0, rest_table[np.clip(rests - first_rest, 0, None)], 0.0) * inner_table[None, :]
    width = len(inner_counts)
    mass = np.zeros((len(cells), width + 1))
    np.cumsum(cells, axis=1, out=mass[:, 1:])
    moment = np.zeros((len(cells), width + 1))
    np.cumsum(cells * inner_counts, axis=1, out=moment[:, 1:])
    # S = start - drop * C, C the inner count; positive for C below start / drop
    base_value, drop = float(base.value), float(base.value - inner.value)
    start = offset + base_value * left
    size = size + abs(base_value) * left  # at least |start|, and drop * C wherever S > 0
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        limit = np.ceil(start / drop) if drop > 0.0 else np.where(start > 0.0, np.inf, -np.inf)
    upto = np.clip(limit - inner.low, 0, width).astype(np.int64)
    row = (left - least).astype(np.int64)
    positive = start * mass[row, upto] - drop * moment[row, upto]
    total = float(np.sum(weight * positive))
    # rounding and the radii of the values may have put counts beyond the limit on the wrong side
    radius = n * max(_float_above(atom.value.rad()) for atom in (*plan.outer, inner, base))
    margin = size * 2.0**-45 + 4.0 * radius
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        doubt = np.ceil((start + margin) / drop) if drop > 0.0 else np.where(start > -margin, np.inf, 0.0)
    inside = weight * mass[row, np.clip(doubt - inner.low, 0, width).astype(np.int64)]
    scope = 3.0 * float(np.sum(inside * size))
    blur = 4.0 * radius * float(np.sum(inside))
    spans = [(first_rest, last_rest), *((atom.low, atom.high) for atom in (inner, *plan.outer))]
    steps = sum(4 * (high - low) + 8 for low, high in spans)  # roundings in the tables
    relative = (steps + width + len(weight) + 256) * _UNIT
    # n! / n^n times the largest powers (n p)^a / a! in the windows
    log_scale = rest_scale + inner_scale + outer_scale + arb(n + 1).lgamma() - n * arb(n).log()
    # a lost term has a factor below _TINY, and all factors are at most 1
    flushed = 2.0 * _TINY * len(weight) * width * float(size.max())
    found = log_scale.exp() * (arb(total) + arb(0, 1) * arb(1.01 * (relative * scope + blur + flushed)))
    lost = _left_out(step, plan)
    return found + lost / 2 + arb(0, 1) * (lost / 2)


def _outer_counts(plan: CountingPlan) -> tuple[_Floats, _Floats, _Floats, NDArray[np.int64], arb]:
    """Return, for every combination of outer counts: weight, sum of values, sum of moduli, number of steps.

    Last comes the logarithm of what the weights are relative to.
    """
    weight, offset, size = np.ones(1), np.zeros(1), np.zeros(1)
    counts, scale = np.zeros(1, dtype=np.int64), arb(0)
    for atom in plan.outer:
        table, log_peak = _powers(plan.n * atom.chance, atom.low, atom.high)
        scale += log_peak
        here = np.arange(atom.low, atom.high + 1)
        value = float(atom.value)
        weight = (weight[:, None] * table[None, :]).ravel()
        weight[weight < _TINY] = 0.0
        offset = (offset[:, None] + value * here[None, :]).ravel()
        size = (size[:, None] + abs(value) * here[None, :]).ravel()
        counts = (counts[:, None] + here[None, :]).ravel()
    possible = counts <= plan.n
    return weight[possible], offset[possible], size[possible], counts[possible], scale


def _powers(rate: arb, low: int, high: int) -> tuple[_Floats, arb]:
    """Tabulate ``rate^a / a!`` for a in low .. high, over its largest value.

    Each entry takes at most ``4 (high - low) + 8`` roundings; entries below _TINY are set to 0.

    Returns:
        The table and the logarithm of the largest value.
    """
    x = float(rate)
    peak = min(max(int(min(x, 1e18)), low), high)
    with np.errstate(under="ignore"):
        up = np.cumprod(x / np.arange(peak + 1, high + 1, dtype=np.float64))
        down = np.cumprod(np.arange(peak, low, -1, dtype=np.float64) / x)
    table = np.concatenate((down[::-1], np.ones(1), up))
    table[table < _TINY] = 0.0
    return table, (peak * rate.log() if peak else arb(0)) - arb(peak + 1).lgamma()


def _float_above(radius: arb) -> float:
    return float(radius) * (1.0 + 2.0**-40)


def _left_out(step: Step, plan: CountingPlan) -> arb:
    """Bound ``E[S_+ ; some count outside its window]`` by tilting and Bernstein's inequality."""
    c = arb(plan.c)
    moment = step.moment(c)
    outside = arb(0)
    for atom in (*plan.outer, plan.inner):
        q = atom.chance * (c * atom.value).exp() / moment
        mean, variance = plan.n * q, plan.n * q * (1 - q)
        for edge, end, distance in (
            (atom.low, 0, mean - atom.low + 1),
            (atom.high, plan.n, atom.high + 1 - mean),
        ):
            if edge != end:
                bound = (-(distance**2) / (2 * (variance + distance / 3))).exp()
                outside += bound if distance > 0 else arb(1)
    return (plan.n * moment.log()).exp() / (c * arb(1).exp()) * outside
