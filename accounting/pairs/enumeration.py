"""All neighbouring data sets of one shuffle, with the exact laws of what it releases.

Laws are kept as integer weights over a common scale. A randomizer with irrational probabilities is
enclosed between two integer matrices: every coefficient of a law is a polynomial with nonnegative
coefficients in the entries, so the lower matrix gives weights that are never above the true ones, and
the upper one weights that are never below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import comb, factorial, floor, gcd, lcm, prod
from typing import TypeAlias

from ..claims import relies_on
from ..errors import NotCoveredError, ParameterError
from ..numerics.ball import exact_lower, exact_upper, precision
from ..numerics.polynomials import Law, bernoulli_sum, linear_forms, nothing_sent, shifted
from ..randomizers.base import Channel, FiniteKernel, InputPair, Randomizer
from ..randomizers.count import BinomialCount
from ..randomizers.unary import SymmetricUnary
from ..randomizers.unary_vectors import UnaryVectors
from .experiment import Comparison, Experiment, effort
from .sums_experiment import sums_experiment

__all__ = ["STEP_LIMIT", "Comparison", "Experiment", "channel_weights", "experiment_of", "refuse_above"]

STEP_LIMIT = 300_000_000
"""The largest estimate of work that is begun: about a minute. One step handles one weight of one law."""

LARGEST_INPUTS = 64

_Rows: TypeAlias = tuple[tuple[int, ...], ...]
_Sides: TypeAlias = tuple[_Rows, ...]
"""Integer weights of the channel: the exact matrix, or one that is too small and one that is too large."""


def refuse_above(limit: int, steps: int, users: int) -> None:
    """Refuse work beyond a limit, naming the estimate.

    Raises:
        ParameterError: there is more work than that.
    """
    if steps > limit:
        rule = f"must be small enough to enumerate: about {_rounded(steps)} steps, at most {limit:.0e}"
        raise ParameterError("users", rule, users, "A shuffle's delta() brackets the answer at any size")


@relies_on("histogram-enumeration", "shifted-counts", "unary-sums", "unary-bit-sums")
def experiment_of(randomizer: Randomizer, users: int, bits: int) -> Experiment:
    """Prepare the enumeration of one shuffle.

    Args:
        randomizer: what each user applies.
        users: how many users, the target included.
        bits: precision of the enclosing matrices where probabilities are irrational.

    Returns:
        The experiment; nothing has been gone through yet.

    Raises:
        NotCoveredError: the randomizer has no channel that could be enumerated.
        ParameterError: there are too many data sets.
    """
    found: Experiment
    match randomizer:
        case SymmetricUnary(release="sums") | UnaryVectors(release="sums"):
            found = sums_experiment(randomizer, users, bits)
        case FiniteKernel():
            found = _kernel_experiment(randomizer, users, bits)
        case BinomialCount():
            found = _CountExperiment(randomizer, users)
        case _:
            needed = "enumeration needs the probability of every message for every value"
            raise NotCoveredError(f"{randomizer.describe()}: {needed}")
    refuse_above(STEP_LIMIT, found.steps, users)
    return found


def _kernel_experiment(randomizer: FiniteKernel, users: int, bits: int) -> Experiment:
    if randomizer.inputs > LARGEST_INPUTS:
        rule = f"must have at most {LARGEST_INPUTS} values to be enumerated"
        raise ParameterError("randomizer", rule, randomizer.inputs)
    sides, base = channel_weights(randomizer, bits)
    kept = _distinct_rows(sides[0]) if len(sides) == 1 else tuple(range(randomizer.inputs))
    rows = _merge_columns(tuple(tuple(side[x] for x in kept) for side in sides))
    return _KernelExperiment(rows, kept, users, base)


@dataclass(frozen=True, slots=True)
class _KernelExperiment(Experiment):
    """One message per user; the release is the histogram of the messages.

    Attributes:
        sides: weights of the channel over ``base``, rows as in ``kept``.
        kept: the randomizer's input that each row stands for.
        users: the target included.
        base: what the weights of one row are relative to.
    """

    sides: _Sides
    kept: tuple[int, ...]
    users: int
    base: int

    @property
    def scale(self) -> int:
        return int(self.base**self.users)

    @property
    def is_exact(self) -> bool:
        return len(self.sides) == 1

    @property
    def steps(self) -> int:
        rows, letters = len(self.kept), len(self.sides[0][0])
        crowds = _choose(self.users + rows - 2, rows - 1)
        classes = _interchangeable(self.sides)
        kept_crowds = 0
        for pair in _pairs(classes):
            free = (sum(x not in pair for x in members) for members in classes)
            kept_crowds += crowds // prod(factorial(members) for members in free) + 1
        visits = len(self.sides) * (_choose(self.users + rows - 1, rows) + rows * crowds) + kept_crowds
        return visits * _choose(self.users + letters - 1, letters - 1) * effort(self.users, self.base)

    def comparisons(self) -> Iterator[Comparison]:
        classes = _interchangeable(self.sides)
        pairs = _pairs(classes)
        forms = tuple(linear_forms(side) for side in self.sides)
        for counts, laws in self._crowds(forms):
            wanted = [pair for pair in pairs if _leads_its_orbit(counts, pair, classes)]
            if not wanted:
                continue
            others = tuple(
                value for value, count in zip(self.kept, counts, strict=True) for _ in range(count)
            )
            held = {x for pair in wanted for x in pair}
            ends = [{x: law * side[x] for x in held} for law, side in zip(laws, forms, strict=True)]
            small, large = ends[0], ends[-1]
            for a, b in wanted:
                target = (self.kept[a], self.kept[b])
                yield Comparison(target, others, (small[a], large[b]), (large[a], small[b]))

    def _crowds(
        self, forms: tuple[tuple[Law, ...], ...]
    ) -> Iterator[tuple[tuple[int, ...], tuple[Law, ...]]]:
        """Go through the multisets of the others: how many hold each row, and the law on each side."""
        last = len(self.kept) - 1

        def deeper(
            row: int, left: int, counts: tuple[int, ...], laws: tuple[Law, ...]
        ) -> Iterator[tuple[tuple[int, ...], tuple[Law, ...]]]:
            for count in range(left + 1):
                if row < last:
                    yield from deeper(row + 1, left - count, (*counts, count), laws)
                elif count == left:
                    yield (*counts, count), laws
                if count < left:
                    laws = tuple(law * side[row] for law, side in zip(laws, forms, strict=True))

        nobody = nothing_sent(len(self.sides[0][0]))
        yield from deeper(0, self.users - 1, (), tuple(nobody for _ in forms))


@dataclass(frozen=True, slots=True)
class _CountExperiment(Experiment):
    """A released count of ones: binomial noise plus everybody's values in levels.

    The others' values shift the count under both data sets alike, so they are taken as 0; a value that
    is rounded at random mixes whole levels, and a divergence is convex in the pair of laws.
    """

    randomizer: BinomialCount
    users: int

    @property
    def scale(self) -> int:
        return int(self.randomizer.p.denominator ** (self.users * self.randomizer.bits))

    @property
    def is_exact(self) -> bool:
        return True

    @property
    def steps(self) -> int:
        trials = self.users * self.randomizer.bits
        outcomes = trials + self.randomizer.levels
        return 4 * self.randomizer.levels * outcomes * effort(trials, self.randomizer.p.denominator)

    def comparisons(self) -> Iterator[Comparison]:
        p, others = self.randomizer.p, (0,) * (self.users - 1)
        failure = p.denominator - p.numerator
        count = bernoulli_sum(self.users * self.randomizer.bits, failure, p.numerator)
        for shift in range(self.randomizer.levels, 0, -1):
            moved = shifted(count, shift)
            for target, laws in (((0, shift), (count, moved)), ((shift, 0), (moved, count))):
                yield Comparison(target, others, laws, laws)


def channel_weights(randomizer: FiniteKernel, bits: int) -> tuple[_Sides, int]:
    """Scale the channel to integers: exactly when it is rational, else enclosed; return the scale too."""
    channel: Channel | None = randomizer.channel()
    if channel is not None:
        base = lcm(*(entry.denominator for row in channel for entry in row))
        return (tuple(tuple(int(entry * base) for entry in row) for row in channel),), base
    base = 1 << bits
    with precision(bits + 32):
        balls = randomizer.ball_channel()
        ends = [[(exact_lower(entry), exact_upper(entry)) for entry in row] for row in balls]
    lower = tuple(tuple(floor(_at_least_zero(low) * base) for low, _ in row) for row in ends)
    upper = tuple(tuple(-floor(-high * base) for _, high in row) for row in ends)
    return (lower, upper), base


def _at_least_zero(end: Fraction) -> Fraction:
    """Use that a probability is not negative, which the ball of a zero may not know."""
    return max(end, Fraction(0))


def _distinct_rows(rows: _Rows) -> tuple[int, ...]:
    """Keep one input of each class with the same law; two where all inputs are alike.

    Inputs with the same law give the same laws of data sets; a target who moves between two of them
    loses ``(1 - alpha)_+``, the least that any pair loses.
    """
    first_of = {row: x for x, row in reversed(list(enumerate(rows)))}
    return tuple(sorted(first_of.values())) if len(first_of) > 1 else (0, 1)


def _merge_columns(sides: _Sides) -> _Sides:
    """Merge messages with proportional columns, and drop those of weight 0.

    Given the merged histogram, how a merged count splits is multinomial with the same parameters under
    every data set; so outcomes that are merged have the same likelihood ratio.
    """
    merged: dict[tuple[int, ...], int] = {}
    rows = len(sides[0])
    for column in zip(*(row for side in sides for row in side), strict=True):
        common = gcd(*column)
        if common:
            direction = tuple(entry // common for entry in column)
            merged[direction] = merged.get(direction, 0) + common
    columns = [[entry * times for entry in direction] for direction, times in merged.items()]
    stacked = tuple(zip(*columns, strict=True))
    return tuple(stacked[start : start + rows] for start in range(0, len(stacked), rows))


def _interchangeable(sides: _Sides) -> tuple[tuple[int, ...], ...]:
    """Partition the rows into classes whose members may be permuted at will.

    Two rows are interchangeable when swapping them only permutes the columns: then swapping the two
    values in a data set relabels the messages, and no divergence changes. Such swaps generate the full
    permutation group of each class, because (a c) = (a b)(b c)(a b).
    """
    columns = sorted(zip(*(row for side in sides for row in side), strict=True))
    rows, total = len(sides[0]), len(sides) * len(sides[0])

    def swap_is_symmetry(a: int, b: int) -> bool:
        order = list(range(total))
        for start in range(0, total, rows):
            order[start + a], order[start + b] = start + b, start + a
        return sorted(tuple(column[x] for x in order) for column in columns) == columns

    classes: list[list[int]] = []
    for x in range(rows):
        home = next((members for members in classes if swap_is_symmetry(members[0], x)), None)
        if home is None:
            classes.append([x])
        else:
            home.append(x)
    return tuple(tuple(members) for members in classes)


def _pairs(classes: tuple[tuple[int, ...], ...]) -> tuple[InputPair, ...]:
    """Return one ordered pair of rows for each orbit under the permutations within classes."""
    across = [(a[0], b[0]) for a, b in permutations(classes, 2)]
    return (*((members[0], members[1]) for members in classes if len(members) > 1), *across)


def _leads_its_orbit(counts: Sequence[int], pair: InputPair, classes: Sequence[Sequence[int]]) -> bool:
    """Say whether, in each class, the rows outside the pair are held by fewer and fewer users.

    Permutations within classes that fix the pair bring every multiset of others into this form.
    """
    for members in classes:
        held = [counts[x] for x in members if x not in pair]
        if held != sorted(held, reverse=True):
            return False
    return True


def _choose(total: int, part: int) -> int:
    """Count choices; from 40 on a lower bound, which is beyond every limit unless it is the count."""
    part = min(part, total - part)
    return comb(total, part) if part < 40 else comb(total, 40)


def _rounded(number: int) -> str:
    return f"{number:.1e}" if number < 10**300 else f"10^{len(str(number)) - 1}"
