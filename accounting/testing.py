"""A test kit for randomizers: whoever adds one runs ``check_randomizer`` on a few small instances.

The kit compares what a kernel says about itself (classes of messages, symmetries, the largest likelihood ratio) with
its whole matrix, and both ends of the loss with the exact delta over all neighbouring data sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import permutations
from typing import NoReturn, TypeAlias

from .composition.exact_delta import exact_delta
from .errors import AccountingError, ParameterError
from .numerics.ball import arb, ball, precision
from .numerics.enclosure import Enclosure
from .numerics.exact import ExactLike, exact, whole
from .numerics.factor import Factor
from .randomizers.base import Channel, FiniteKernel, InputPair, Letter
from .shuffle import Shuffle

__all__ = ["CheckedRandomizer", "RandomizerCheckError", "check_randomizer"]

BITS = 1000
"""Precision of the comparisons: likelihood ratios that agree to hundreds of digits count as the same."""

_TINY = 2.0**-300
_Masses: TypeAlias = tuple[arb, arb, arb]
_Matrix: TypeAlias = tuple[tuple[arb, ...], ...]


class RandomizerCheckError(AccountingError, AssertionError):
    """A randomizer contradicts its own matrix, or a bound contradicts the exact value.

    Attributes:
        rule: what should hold.
        case: where it does not: the pair of inputs, the class of messages, the users and alpha, and both numbers.
    """

    def __init__(self, rule: str, case: str) -> None:
        self.rule = rule
        self.case = case
        super().__init__(f"{rule}; not so for {case}")

    def __reduce__(self) -> tuple[type[RandomizerCheckError], tuple[str, str]]:
        """Keep the attributes when the error crosses a process boundary."""
        return (type(self), (self.rule, self.case))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRandomizer:
    """How much a check went through.

    Attributes:
        pairs: ordered pairs of inputs that were found among the classes of ``neighbours()``.
        letters: classes of messages that were compared with the matrix.
        deltas: pairs (users, alpha) at which both ends were compared with the exact delta.
    """

    pairs: int
    letters: int
    deltas: int


def check_randomizer(
    randomizer: FiniteKernel,
    users: Iterable[ExactLike] = (2, 3, 4),
    alphas: Iterable[ExactLike] = ("1/2", "1", "5/4", "2", "4"),
) -> CheckedRandomizer:
    """Check a finite kernel against its own matrix and against all small data sets.

    Checked are, in this order: rows are probabilities and sum to 1 (exactly where ``channel()`` is exact) and
    ``ball_channel()`` encloses them; ``local_factor()`` and ``pair_factor()`` are the largest likelihood ratios;
    every ordered pair of inputs looks like one of ``neighbours()``, and every third input like one of
    ``companions()``; ``blanket_letters()`` and ``companion_letters()`` are the matrix's columns, those of equal
    likelihood ratios merged, with the columnwise minimum as the blanket; and ``lower <= exact delta <= upper``, without tolerance.

    What a check cannot see: whether large instances behave like the small one, and whether the matrix is what
    devices run.

    Args:
        randomizer: a small instance: its matrix is written out.
        users: sizes of the shuffles, the target included; each at least 2.
        alphas: factors ``e^epsilon``, positive rationals; some below 1.

    Returns:
        How much was gone through.

    Raises:
        RandomizerCheckError: something does not hold; the error names the case.
        ParameterError: the randomizer is no finite kernel, a size or factor breaks its rule, or there are too many
            data sets.

    >>> from accounting import KaryRandomizedResponse
    >>> check_randomizer(KaryRandomizedResponse(3, keep="1/2"), users=(2, 3)).deltas
    10
    """
    if not isinstance(randomizer, FiniteKernel):
        raise ParameterError("randomizer", "must be a FiniteKernel", randomizer, "Only they have a matrix")
    sizes = tuple(whole("users", each, least=2) for each in users)
    factors = tuple(_factor(each) for each in alphas)
    if not sizes or not factors:
        raise ParameterError("users" if not sizes else "alphas", "must not be empty", "nothing")
    with precision(BITS):
        matrix = _checked_matrix(randomizer)
        _check_factors(randomizer, matrix)
        pairs = _check_neighbours(randomizer, matrix)
        letters = _check_letters(randomizer, matrix)
    return CheckedRandomizer(pairs=pairs, letters=letters, deltas=_check_deltas(randomizer, sizes, factors))


def _factor(value: ExactLike) -> Fraction:
    factor = exact("alphas", value)
    if factor <= 0:
        raise ParameterError("alphas", "must be positive", value, "They are e^epsilon")
    return factor


def _fail(rule: str, case: str) -> NoReturn:
    raise RandomizerCheckError(rule, case)


# ---------------------------------------------------------------- the matrix


def _checked_matrix(randomizer: FiniteKernel) -> _Matrix:
    exactly, balls = randomizer.channel(), randomizer.ball_channel()
    for name, rows in (("channel()", exactly), ("ball_channel()", balls)):
        if rows is None:
            continue
        if len(rows) != randomizer.inputs or randomizer.inputs < 2:
            _fail(f"{name} has one row for each input, and there are at least two", f"{len(rows)} rows")
        if len({len(row) for row in rows}) != 1:
            _fail(f"rows of {name} have the same length", f"lengths {[len(row) for row in rows]}")
    for x, row in enumerate(balls):
        total = sum(row, arb(0))
        if not total.contains(1) or not total.rad() < _TINY:
            _fail("rows of ball_channel() sum to 1", f"input {x}: {total.str(20)}")
        if any(entry < 0 for entry in row):
            _fail("entries of ball_channel() are not negative", f"input {x}")
    if exactly is None:
        return balls
    _check_exact(exactly, balls)
    return tuple(tuple(ball(entry) for entry in row) for row in exactly)


def _check_exact(exactly: Channel, balls: _Matrix) -> None:
    for x, (row, enclosed) in enumerate(zip(exactly, balls, strict=True)):
        if sum(row) != 1:
            _fail("rows of channel() sum to 1 exactly", f"input {x}: {sum(row)}")
        if len(row) != len(enclosed):
            _fail("channel() and ball_channel() have the same columns", f"{len(row)} and {len(enclosed)}")
        for y, (entry, about) in enumerate(zip(row, enclosed, strict=True)):
            if entry < 0:
                _fail("entries of channel() are not negative", f"input {x}, message {y}: {entry}")
            if not about.overlaps(ball(entry)):
                _fail(
                    "ball_channel() encloses channel()",
                    f"input {x}, message {y}: {about.str(20)} and {entry}",
                )


def _check_factors(randomizer: FiniteKernel, matrix: _Matrix) -> None:
    everywhere = [_largest(matrix, pair) for pair in permutations(range(len(matrix)), 2)]
    finite = [each for each in everywhere if each is not None]
    largest = None if len(finite) < len(everywhere) else reduce(arb.max, finite)
    _compare_factor("local_factor()", randomizer.local_factor(), largest, "all pairs of inputs")
    for pair in randomizer.neighbours():
        if not (pair[0] != pair[1] and all(0 <= x < len(matrix) for x in pair)):
            _fail("neighbours() are pairs of different inputs", f"{pair}")
        _compare_factor(
            "pair_factor()", randomizer.pair_factor(pair), _largest(matrix, pair), f"inputs {pair}"
        )


def _compare_factor(name: str, claimed: Factor | None, found: arb | None, where: str) -> None:
    rule = f"{name} is the largest likelihood ratio, None where it is infinite"
    told = None if claimed is None else claimed.ball()
    if (told is None) != (found is None):
        _fail(rule, f"{where}: {claimed}, by the matrix {'infinite' if found is None else 'finite'}")
    if told is not None and found is not None and not told.overlaps(found):
        _fail(rule, f"{where}: {told.str(20)}, by the matrix {found.str(20)}")


def _largest(matrix: _Matrix, pair: InputPair) -> arb | None:
    largest = arb(0)
    for first, second in zip(matrix[pair[0]], matrix[pair[1]], strict=True):
        if first.is_zero():
            continue
        if second.is_zero():
            return None
        largest = largest.max(first / second)
    return largest


# ---------------------------------------------------------------- classes of messages


def _classes(matrix: _Matrix, pair: InputPair, companion: int | None) -> list[_Masses]:
    """Merge the messages: masses under both inputs, and under a third one or the blanket (None)."""
    if companion is None:
        reference: Sequence[arb] = [_least(column) for column in zip(*matrix, strict=True)]
    else:
        reference = matrix[companion]
    columns = list(zip(matrix[pair[0]], matrix[pair[1]], reference, strict=True))
    if companion is None:
        columns.append((arb(0), arb(0), 1 - sum(reference, arb(0))))
    return _merged(columns)


def _least(column: Sequence[arb]) -> arb:
    return reduce(arb.min, column)


def _merged(columns: Iterable[_Masses]) -> list[_Masses]:
    classes: list[_Masses] = []
    for column in columns:
        if _is_nothing(column):
            continue
        home = next((i for i, masses in enumerate(classes) if _alike(masses, column)), None)
        if home is None:
            classes.append(column)
        else:
            a, b = classes[home], column
            classes[home] = (a[0] + b[0], a[1] + b[1], a[2] + b[2])
    return classes


def _is_nothing(masses: _Masses) -> bool:
    return all(abs(mass).upper() < _TINY for mass in masses)


def _alike(one: _Masses, other: _Masses) -> bool:
    """Whether two messages may have the same likelihood ratios, as far as the precision tells."""
    return all(
        (one[i] * other[j]).overlaps(one[j] * other[i]) and one[i].is_zero() == other[i].is_zero()
        for i in range(3)
        for j in range(3)
    )


def _same(one: Sequence[_Masses], other: Sequence[_Masses]) -> bool:
    """Whether two lists of merged classes agree, in any order."""
    return len(one) == len(other) and all(
        any(all(a.overlaps(b) for a, b in zip(masses, others, strict=True)) for others in other)
        for masses in one
    )


def _check_neighbours(randomizer: FiniteKernel, matrix: _Matrix) -> int:
    listed = tuple(randomizer.neighbours())
    if not listed:
        _fail("neighbours() names at least one pair", "an empty list")
    known = [_classes(matrix, pair, None) for pair in listed]
    found = 0
    for pair in permutations(range(len(matrix)), 2):
        if all(a.overlaps(b) for a, b in zip(matrix[pair[0]], matrix[pair[1]], strict=True)):
            continue  # inputs with the same law lose the least that any pair loses
        classes = _classes(matrix, pair, None)
        if not any(_same(classes, each) for each in known):
            _fail("every ordered pair of inputs looks like one of neighbours()", f"inputs {pair}")
        found += 1
    for pair in listed:
        held = tuple(randomizer.companions(pair))
        if not held or not all(0 <= x2 < len(matrix) for x2 in held):
            _fail("companions() are inputs, at least one", f"inputs {pair}: {held}")
        offered = [_classes(matrix, pair, x2) for x2 in held]
        for x2 in range(len(matrix)):
            classes = _classes(matrix, pair, x2)
            if not any(_same(classes, each) for each in offered):
                _fail("every input looks like one of companions()", f"inputs {pair}, others at {x2}")
    return found


def _check_letters(randomizer: FiniteKernel, matrix: _Matrix) -> int:
    compared = 0
    for pair in randomizer.neighbours():
        where = f"inputs {pair}"
        compared += _compare(
            randomizer.blanket_letters(pair), _classes(matrix, pair, None), f"blanket_letters, {where}"
        )
        for x2 in randomizer.companions(pair):
            compared += _compare(
                randomizer.companion_letters(pair, x2),
                _classes(matrix, pair, x2),
                f"companion_letters, {where}, others at {x2}",
            )
    return compared


def _compare(letters: Sequence[Letter], classes: Sequence[_Masses], where: str) -> int:
    given = [(a.first, a.second, a.reference) for a in letters]
    for masses in given:
        if any(mass < 0 or not mass.is_finite() for mass in masses):
            _fail("masses of letters are finite and not negative", f"{where}: {_shown(masses)}")
        if not _is_nothing(masses) and not any(_alike(masses, each) for each in classes):
            rule = "letters have the likelihood ratios of messages"
            _fail(rule, f"{where}: no message is like {_shown(masses)}")
    merged = _merged(given)
    for masses in classes:
        found = next((each for each in merged if _alike(each, masses)), None)
        if found is None:
            _fail("every message is in a letter", f"{where}: none is like {_shown(masses)}")
        if not all(a.overlaps(b) and a.rad() < _TINY for a, b in zip(found, masses, strict=True)):
            rule = "letters have the masses of their messages"
            _fail(rule, f"{where}: {_shown(found)}, by the matrix {_shown(masses)}")
    return len(classes)


def _shown(masses: _Masses) -> str:
    return f"({', '.join(mass.str(12, radius=False) for mass in masses)})"


# ---------------------------------------------------------------- both ends against all data sets


def _check_deltas(randomizer: FiniteKernel, sizes: Sequence[int], factors: Sequence[Fraction]) -> int:
    for users in sizes:
        shuffle = Shuffle(randomizer, users=users)
        curve = shuffle.curve()
        for alpha in factors:
            delta = exact_delta(shuffle, alpha=alpha).delta
            true = delta if isinstance(delta, Enclosure) else Enclosure.exactly(delta)
            bounds = curve.delta(alpha=alpha)
            case = f"{users} users, alpha = {alpha}: [{bounds.lower!r}, {bounds.upper!r}], exactly {true}"
            if not bounds.lower <= true.upper:
                _fail("the lower end is at most the exact delta", case)
            if not true.lower <= bounds.upper:
                _fail("the upper end is at least the exact delta", case)
    return len(sizes) * len(factors)
