"""Bounds for the nodes of the contour that are far from its centre.

For any pair of atoms with tilted chances p_i, p_k and distance D,
``|phi(t)|^n <= exp(-n sum p_i p_k (1 - cos tD))`` over any set of pairs. Here the cosine is bounded by
polynomials, the exponential by a power of two, and every float operation is padded: nothing rests on the
accuracy of a library function. Statement: contour-tail.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..claims import relies_on
from .ball import arb

__all__ = ["SHARP", "Blocks", "FarNodes", "Pair", "far_nodes", "no_return_bound", "useful_pairs"]

_PAD = 1.0 + 2.0**-40
_MOST_PAIRS = 8
_HOPELESS = 60.0
SHARP = 60  # bits of a distance whose error counts as rounding
_MOST_ATOMS = 600  # of which all pairs are looked at
_HALF_TURN = 3.14159
_LOG2_E_LOW = 1.4426950408889  # below 1 / ln 2


@dataclass(frozen=True, slots=True)
class FarNodes:
    """Upper bounds for the integrand's modulus, over ``m(c)^n``, at nodes far from the centre.

    Attributes:
        nodes: indices of the nodes that are looked at one by one, shape (nodes,).
        value: bounds with the factor 1/|s|^2, shape (nodes,).
        density: bounds without it, shape (nodes,).
        skipped_value: bounds the sum of the first kind over all other far nodes.
        skipped_density: bounds the sum of the second kind over them.
    """

    nodes: NDArray[np.int64]
    value: NDArray[np.float64]
    density: NDArray[np.float64]
    skipped_value: arb
    skipped_density: arb

    def split(self, budget: float, most: int) -> tuple[list[int], arb, arb]:
        """Choose the nodes that must be evaluated so that the others sum to at most ``budget``.

        Returns:
            The chosen nodes (at most ``most``), and for the others the sums of both bounds, rounded up.
        """
        significant = np.flatnonzero(self.value > budget / (4.0 * len(self.value) + 4.0))
        order = significant[np.argsort(self.value[significant])]
        keep_out = int(np.searchsorted(np.cumsum(self.value[order]), budget / 2.0))
        chosen = order[max(keep_out, len(order) - most) :]
        others = np.ones(len(self.value), dtype=bool)
        others[chosen] = False
        pad = 1.0 + 2.0**-20
        return (
            sorted(int(j) for j in self.nodes[chosen]),
            self.skipped_value + float(self.value[others].sum()) * pad,
            self.skipped_density + float(self.density[others].sum()) * pad,
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two atoms of the tilted step.

    Attributes:
        weight: product of their chances, rounded down.
        distance: distance of their values, to nearest.
        slack: the true distance is within this share of ``distance``, besides rounding; for whole families of
            steps, whose distances are known as balls.
    """

    weight: float
    distance: float
    slack: float = 0.0


def useful_pairs(
    tilted: list[arb], rest: arb, values: tuple[arb, ...], *, least_bits: int = SHARP
) -> tuple[Pair, ...]:
    """Return the few pairs of atoms that bound the characteristic function best.

    Args:
        tilted: chances.
        rest: chance of the value 0.
        values: values.
        least_bits: pairs whose distance is known to fewer bits are left out.
    """
    atoms = [*zip(tilted, values, strict=True), (rest, arb(0))]
    chances = [max(float(p.lower()) * (1.0 - 2.0**-42), 0.0) for p, _ in atoms]
    pairs = []
    for i, (_, value) in enumerate(atoms):
        for k in range(i):
            weight, distance = chances[i] * chances[k] * (1.0 - 2.0**-42), abs(value - atoms[k][1])
            bits = distance.rel_accuracy_bits()
            if weight > 0.0 and bits >= least_bits and 0.0 < float(distance) < math.inf:
                slack = 0.0 if bits >= SHARP else float((distance.rad() / distance.lower()).upper()) * _PAD
                pairs.append(Pair(weight, float(distance), slack))
    pairs.sort(key=lambda pair: pair.weight * pair.distance**2, reverse=True)
    by_spread = pairs[:_MOST_PAIRS]
    by_weight = sorted(pairs[_MOST_PAIRS:], key=lambda pair: pair.weight, reverse=True)
    return (*by_spread, *by_weight[: _MOST_PAIRS // 2])


@relies_on("contour-tail")
def far_nodes(
    pairs: tuple[Pair, ...], n: int, c: float, h: float, tau: float, core: int, last: int
) -> FarNodes:
    """Bound the integrand at the nodes ``core + 1 .. last``."""
    nodes, skipped_value, skipped_density = np.arange(core + 1, last + 1), arb(0), arb(0)
    if pairs:
        nodes, skipped_value, skipped_density = _near_returns(pairs[0], n, c, h, tau, core, last)
    t = nodes * h
    exponent = np.zeros_like(t)
    for index, pair in enumerate(pairs):
        if index in (1, 3):  # most nodes are hopeless after one pair or three
            alive = exponent < _HOPELESS
            dropped = (len(t) - int(alive.sum())) * (arb(-_HOPELESS) + (arb(tau) * arb(c)) ** 2 / 2).exp()
            skipped_density += dropped
            skipped_value += dropped / (arb(core + 1) * arb(h)) ** 2
            nodes, t, exponent = nodes[alive], t[alive], exponent[alive]
        turns = t * (pair.distance / (2.0 * math.pi))
        unsure = (turns + 1.0) * 2.0**-48 + turns * (pair.slack * _PAD)
        offset = np.abs(turns - np.rint(turns)) - unsure  # at most the true offset
        angle = np.maximum(offset, 0.0) * (math.pi * (1.0 - 2.0**-50))
        sine = angle * (1.0 - angle * angle / 6.0)  # at most sin(angle) on [0, pi/2]
        exponent += (2.0 * n * pair.weight) * (sine * sine)
    exponent += 0.5 * tau * tau * (t * t - c * c)
    halvings = np.floor(exponent * _LOG2_E_LOW - 2.0**-20)
    density = np.ldexp(1.0, -np.minimum(halvings, 1000.0).astype(np.int64))
    return FarNodes(nodes, density / (t * t + c * c) * _PAD, density, skipped_value, skipped_density)


def _near_returns(
    pair: Pair, n: int, c: float, h: float, tau: float, core: int, last: int
) -> tuple[NDArray[np.int64], arb, arb]:
    """Choose the nodes near whole turns of one pair; bound the others by that pair alone.

    Returns:
        The nodes, and bounds for the sums over all others with and without the factor 1/t^2.
    """
    turn = 2.0 * math.pi / (pair.distance * h)  # nodes in one turn
    strength = n * pair.weight
    reach = turn
    if strength > 60.0:  # beyond reach of a whole turn, the pair's factor is below e^-50
        reach = 1.01 * math.acos(1.0 - 50.0 / strength) / (2.0 * math.pi) * turn + 2.0 + pair.slack * last
    if 3.0 * reach + 12.0 >= turn:  # windows must be disjoint
        return np.arange(core + 1, last + 1), arb(0), arb(0)
    centres = np.rint(np.arange(0, math.ceil(last / turn) + 1) * turn)
    window = np.arange(-math.ceil(reach), math.ceil(reach) + 1)
    nodes = (centres[:, None] + window[None, :]).ravel().astype(np.int64)
    nodes = nodes[(nodes > core) & (nodes <= last)]
    # every other node is at least this far from a whole turn; centres are off by half a node and rounding
    angle = arb(pair.distance) * arb(h) * (math.ceil(reach) - 0.6) * (1 - arb(2) ** -40)
    angle -= (arb(2) ** -40 + arb(pair.slack)) * (1 + arb(last) * arb(h) * arb(pair.distance))
    if not angle > 0:
        return np.arange(core + 1, last + 1), arb(0), arb(0)
    each = (-arb(strength) * (1 - arb(2) ** -40) * (1 - angle.cos()) + (arb(tau) * arb(c)) ** 2 / 2).exp()
    density = each * (last - core)
    return nodes, density / (arb(core + 1) * arb(h)) ** 2, density


@relies_on("contour-tail")
def no_return_bound(
    pairs: tuple[Pair, ...], n: int, c: float, h: float, tau: float, core: int, last: int
) -> tuple[arb, arb] | None:
    """Bound the sums over ``core + 1 .. last`` at once where no pair comes past half a turn.

    There ``1 - cos x >= 2 x^2 / pi^2``, so the terms fall at least geometrically.

    Returns:
        The bounds with and without the factor 1/t^2; None when some pair passes half a turn.
    """
    if last * h * max((pair.distance * (1.0 + pair.slack) for pair in pairs), default=math.inf) > _HALF_TURN:
        return None
    decay = sum(
        (arb(pair.weight) * (arb(pair.distance) * (1 - arb(pair.slack))) ** 2 for pair in pairs), arb(0)
    )
    decay *= 2 * n * (1 - arb(2) ** -40) / arb.pi() ** 2
    t, width = arb(core + 1) * arb(h), arb(h)
    density = ((arb(tau) * arb(c)) ** 2 / 2 - decay * t * t).exp() / (1 - (-2 * decay * t * width).exp())
    return density / (t * t), density


@dataclass(frozen=True, slots=True)
class Blocks:
    """All pairs of atoms by their distance, for bounds on whole blocks of nodes: within a block those are used that do not come past half a turn.

    Attributes:
        distances: rising, rounded up, shape (pairs,).
        decays: sums of weight times squared distance, rounded down, over the pairs so far, shape (pairs,).
    """

    distances: NDArray[np.float64]
    decays: NDArray[np.float64]

    @classmethod
    def of(cls, tilted: list[arb], rest: arb, values: tuple[arb, ...]) -> Blocks:
        """Look at the pairs of the likeliest atoms; the arguments are those of `useful_pairs`."""
        atoms = sorted([*zip(tilted, values, strict=True), (rest, arb(0))], key=lambda atom: -float(atom[0]))
        atoms = atoms[:_MOST_ATOMS]
        chances = np.array([max(float(p.lower()) * (1.0 - 2.0**-42), 0.0) for p, _ in atoms])
        places = np.array([float(value) for _, value in atoms])
        unsure = np.array([float(value.rad()) for _, value in atoms]) * _PAD + np.abs(places) * 2.0**-50
        first, second = np.triu_indices(len(atoms), 1)
        apart, off = np.abs(places[first] - places[second]), (unsure[first] + unsure[second]) * _PAD
        least, most = np.maximum(apart - off, 0.0), (apart + off) * _PAD
        order = np.argsort(most)
        weights = chances[first] * chances[second]
        decays = np.cumsum((weights * least * least)[order]) * (1.0 - 2.0**-30)
        return cls(most[order], decays)

    @relies_on("contour-tail")
    def bound(self, n: int, c: float, h: float, tau: float, core: int, last: int) -> tuple[arb, arb]:
        """Bound the sums over ``core + 1 .. last`` in blocks, each up to twice as far as the one before.

        Returns:
            The bounds with and without the factor 1/t^2.
        """
        value, density, first = arb(0), arb(0), core + 1
        while first <= last:
            end = min(2 * first, last)
            pairs = int(np.searchsorted(self.distances, _HALF_TURN / (end * h)))
            decay = arb(float(self.decays[pairs - 1])) * 2 * n / arb.pi() ** 2 if pairs else arb(0)
            square = (arb(first) * arb(h)) ** 2
            exponent = arb(tau) ** 2 * (arb(c) ** 2 - square) / 2 - decay * square * (1 - arb(2) ** -20)
            found = (end - first + 1) * exponent.exp()
            value, density, first = value + found / square, density + found, end + 1
        return value.upper(), density.upper()
