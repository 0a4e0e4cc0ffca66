"""The exact delta of small cases: every neighbouring pair of data sets, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Literal, Protocol, TypeAlias, TypeVar, cast, runtime_checkable

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.ball import exact_lower, exact_upper, precision
from ..numerics.enclosure import Enclosure
from ..numerics.exact import ExactLike, epsilon_parameter, exact
from ..numerics.factor import Factor
from ..numerics.polynomials import excess
from ..pairs.enumeration import Comparison, Experiment, experiment_of, refuse_above
from ..randomizers.base import InputPair, Randomizer
from .strategies import (
    Choice,
    End,
    History,
    Option,
    adaptive_steps,
    fixed_steps,
    options_of,
    play_adaptively,
    play_fixed,
)

__all__ = ["ExactDelta", "exact_delta"]

BITS = 200
"""Precision where something is irrational: absolute errors are near 2^-200 per user."""

CONCATENATION_LIMIT = 10_000_000
"""Atoms of several shuffles are handled in Python, more slowly than the weights of one."""

Inputs: TypeAlias = Literal["fixed", "adaptive"]


_T = TypeVar("_T")


@runtime_checkable
class ShuffleLike(Protocol):
    """What enumeration asks of a shuffle."""

    @property
    def randomizer(self) -> Randomizer:
        """What each user applies."""

    @property
    def users(self) -> int:
        """How many users are present and honest, the target included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactDelta:
    """The delta of the worst neighbouring data sets (one user's value replaced), and those data sets.

    For a list of shuffles ``target`` and ``others`` have one entry per shuffle, in the order of the list.

    Attributes:
        delta: exactly, when alpha and all probabilities are rational; else an enclosure.
        target: the values (x0, x1) of the user in whom the data sets differ; delta is that of the laws
            at x0 against those at x1.
        others: the values of everybody else, sorted.
        inputs: "fixed" when all values are fixed in advance, "adaptive" when they may depend on the shuffles
            released before. Then an entry of ``target`` and ``others`` is None where ``strategy``
            makes it depend on the history.
        order: the order of release, as positions in the list. Only with adaptive inputs can it matter;
            then it is the worst order that is itself fixed in advance.
        strategy: with adaptive inputs, the worst data for every history that can occur.
    """

    delta: Fraction | Enclosure
    target: InputPair | tuple[InputPair | None, ...]
    others: tuple[int, ...] | tuple[tuple[int, ...] | None, ...]
    inputs: Inputs = "fixed"
    order: tuple[int, ...] = (0,)
    strategy: tuple[Choice, ...] = ()


@relies_on("histogram-enumeration", "shifted-counts")
def exact_delta(
    shuffles: ShuffleLike | Iterable[ShuffleLike],
    *,
    alpha: ExactLike | None = None,
    epsilon: ExactLike | None = None,
    inputs: Inputs = "fixed",
) -> ExactDelta:
    r"""Go through all neighbouring data sets and return the largest hockey-stick divergence.

    For a concatenation one user is in all shuffles, with fresh randomness in each, and each shuffle's
    data are free: the others differ between shuffles, and the target may hold another pair of values in
    each.

    Args:
        shuffles: one shuffle, or a list of shuffles of which everything is released.
        alpha: ``e^epsilon`` itself, a positive rational. Give alpha or epsilon, not both.
        epsilon: in nats, of either sign.
        inputs: "fixed" or "adaptive"; see :class:`ExactDelta`.

    Returns:
        The largest ``sum_y (P(y) - alpha Q(y))_+`` over all ordered pairs of neighbouring data sets.

    Raises:
        ParameterError: a parameter breaks its rule, or there are too many data sets.
        NotCoveredError: a randomizer has no channel that could be enumerated.

    Guarantee:
        histogram-enumeration; for counts with binomial noise shifted-counts.
    """
    factor = _read_factor(alpha, epsilon)
    if inputs not in ("fixed", "adaptive"):
        raise ParameterError("inputs", 'must be "fixed" or "adaptive"', inputs)
    if isinstance(shuffles, ShuffleLike):
        delta, data = _one(shuffles, factor)
        return ExactDelta(delta=delta, target=data.target, others=data.others, inputs=inputs)
    batches = _read_list(shuffles)
    if len(batches) == 1:
        delta, data = _one(batches[0], factor)
        only = (Choice(0, Fraction(1), data.target, data.others),) if inputs == "adaptive" else ()
        return ExactDelta(
            delta=delta, target=(data.target,), others=(data.others,), inputs=inputs, strategy=only
        )
    return _adaptive(batches, factor) if inputs == "adaptive" else _fixed(batches, factor)


def _read_factor(alpha: ExactLike | None, epsilon: ExactLike | None) -> Factor:
    if alpha is not None and epsilon is None:
        value = exact("alpha", alpha)
        if value <= 0:
            raise ParameterError("alpha", "must be positive", alpha, "It is e^epsilon")
        return Factor.of(value)
    if epsilon is not None and alpha is None:
        return Factor.exp(epsilon_parameter("epsilon", epsilon))
    raise ParameterError(
        "alpha", "or epsilon must be given, one of the two", f"alpha={alpha}, epsilon={epsilon}"
    )


def _read_list(shuffles: object) -> tuple[ShuffleLike, ...]:
    if isinstance(shuffles, str) or not isinstance(shuffles, Iterable):
        raise ParameterError("shuffles", "must be a shuffle or a list of shuffles", shuffles)
    batches = tuple(shuffles)
    if not batches:
        raise ParameterError("shuffles", "must have at least one shuffle", "an empty list")
    for i, batch in enumerate(batches):
        if not isinstance(batch, ShuffleLike):
            raise ParameterError(f"shuffles[{i}]", "must be a shuffle", batch)
    return cast("tuple[ShuffleLike, ...]", batches)


def _one(shuffle: ShuffleLike, factor: Factor) -> tuple[Fraction | Enclosure, Comparison]:
    experiment = experiment_of(shuffle.randomizer, shuffle.users, BITS)
    ends = _ends([experiment], factor)
    best: dict[End, tuple[int, Comparison]] = {}
    for each in experiment.comparisons():
        for end, alpha in ends.items():
            value = excess(*(each.lower if end == "lower" else each.upper), alpha)
            if end not in best or value > best[end][0]:
                best[end] = (value, each)
    values = [Fraction(best[end][0], alpha.denominator * experiment.scale) for end, alpha in ends.items()]
    return _between(values), best["lower"][1]


def _fixed(batches: Sequence[ShuffleLike], factor: Factor) -> ExactDelta:
    alike = _twins(batches)
    ends: list[Fraction] = []
    worst: list[tuple[Option, ...]] = []
    group = [experiment_of(batch.randomizer, batch.users, BITS) for batch in batches]
    for end, alpha in _ends(group, factor).items():
        stages = _stages(group, alike, batches, end)
        refuse_above(CONCATENATION_LIMIT, fixed_steps(stages), max(batch.users for batch in batches))
        value, chosen = play_fixed(stages, alike, alpha)
        ends.append(Fraction(value, alpha.denominator * _scale(group)))
        worst.append(tuple(options[i] for options, i in zip(stages, chosen, strict=True)))
    return ExactDelta(
        delta=_between(ends),
        target=tuple(option.target for option in worst[0]),
        others=tuple(option.others for option in worst[0]),
        order=tuple(range(len(batches))),
    )


def _adaptive(batches: Sequence[ShuffleLike], factor: Factor) -> ExactDelta:
    alike = _twins(batches)
    ends: list[Fraction] = []
    plays: list[tuple[tuple[int, ...], tuple[tuple[History, Option], ...]]] = []
    group = [experiment_of(batch.randomizer, batch.users, BITS) for batch in batches]
    for end, alpha in _ends(group, factor).items():
        stages = _stages(group, alike, batches, end)
        steps = 0
        for order in _orders(alike):
            steps += adaptive_steps([stages[i] for i in order])
            refuse_above(CONCATENATION_LIMIT, steps, max(batch.users for batch in batches))
        games = ((order, play_adaptively([stages[i] for i in order], alpha)) for order in _orders(alike))
        order, (most, play) = max(games, key=lambda game: game[1][0])
        ends.append(Fraction(most, alpha.denominator * _scale(group)))
        plays.append((order, play))
    order, play = plays[0]
    strategy = tuple(
        Choice(order[stage], Fraction(p, q) if q else None, option.target, option.others)
        for (stage, p, q), option in play
    )
    return ExactDelta(
        delta=_between(ends),
        target=tuple(_common(c.target for c in strategy if c.shuffle == i) for i in range(len(batches))),
        others=tuple(_common(c.others for c in strategy if c.shuffle == i) for i in range(len(batches))),
        inputs="adaptive",
        order=order,
        strategy=strategy,
    )


def _ends(group: Iterable[Experiment], factor: Factor) -> dict[End, Fraction]:
    """Return the ends to evaluate, with the alpha of each: one end is enough where all is rational.

    The divergence rises in the first law and falls in the second and in alpha.
    """
    if factor.rational is None:
        with precision(BITS):
            value = factor.ball()
            return {"lower": exact_upper(value), "upper": exact_lower(value)}
    if all(experiment.is_exact for experiment in group):
        return {"lower": factor.rational}
    return {"lower": factor.rational, "upper": factor.rational}


def _between(ends: Sequence[Fraction]) -> Fraction | Enclosure:
    """Return the exact value, or the enclosure; a delta is never above 1."""
    return ends[0] if len(ends) == 1 else Enclosure(ends[0], min(ends[1], Fraction(1)))


def _twins(batches: Sequence[ShuffleLike]) -> tuple[int | None, ...]:
    """Return for each shuffle the last earlier one that equals it."""
    return tuple(
        next((j for j in range(i - 1, -1, -1) if batches[j] == batch), None)
        for i, batch in enumerate(batches)
    )


def _stages(
    group: Sequence[Experiment], alike: Sequence[int | None], batches: Sequence[ShuffleLike], end: End
) -> list[tuple[Option, ...]]:
    """Return the options of each shuffle; they are all kept, so that memory is what limits them."""
    stages: list[tuple[Option, ...]] = []
    for experiment, twin, batch in zip(group, alike, batches, strict=True):
        refuse_above(CONCATENATION_LIMIT, experiment.steps, batch.users)
        stages.append(options_of(experiment, end) if twin is None else stages[twin])
    return stages


def _scale(group: Iterable[Experiment]) -> int:
    return prod(experiment.scale for experiment in group)


def _orders(alike: Sequence[int | None], begun: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Yield the orders of release, equal shuffles always in the order of the list."""
    if len(begun) == len(alike):
        yield begun
    for i, twin in enumerate(alike):
        if i not in begun and (twin is None or twin in begun):
            yield from _orders(alike, (*begun, i))


def _common(values: Iterable[_T]) -> _T | None:
    """Return the value that all share, or None."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
