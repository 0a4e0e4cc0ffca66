"""Real mechanisms, policies and closers against the lower bound and what is said about its assumptions."""

from __future__ import annotations

from fractions import Fraction

from ..lower_bound.assumptions import LARGE, error_at_most
from ..lower_bound.dropped import peeking_block, shared_masks, value_at_least, window
from ..lower_bound.estimators import best_largest_error
from ..lower_bound.games import Game, best_policy_error
from ..lower_bound.hard_inputs import Construction
from ..lower_bound.mechanisms import CASES, GAMES, best_value, every_step, exact_delta_of, run
from ..lower_bound.own_closing import block_games, error_at_bad_step_of_blocks, survival_games
from ..lower_bound.policies import SEARCHED, TRIED, best_family, first_bad_step, improved
from ..lower_bound.reuse import reused_reports
from ..lower_bound.transcripts import BinaryReports, BinomialCounts, Mechanism, transcripts
from .check import CheckFailedError, Evidence, checks

__all__: list[str] = []

QUICK = tuple(
    (index,)
    for index, case in enumerate(CASES)
    if case.mechanism.users == 4
    or (case.mechanism.name == "fixed, binary" and case.alpha in (9, Fraction(19, 10)))
)


def _case(index: int) -> int:
    row = run(CASES[index])
    name = row.case.mechanism.name
    if row.at_bad_step < row.value:
        raise CheckFailedError(f"{name}: error {row.at_bad_step} at the first bad step, theorem {row.value}")
    if row.largest is not None and row.largest.lower < max(row.value, row.sharper):
        raise CheckFailedError(
            f"{name}: largest error in {row.largest}, theorems {row.value} and {row.sharper}"
        )
    return 1


@checks("lower-bound-theorem", evidence=Evidence.EXHAUSTIVE, units=QUICK)
def mechanisms(index: int) -> int:
    """Some mechanisms of up to 8 users: the exact optimum over all estimators is at least the theorem's value."""
    return _case(index)


@checks(
    "lower-bound-theorem",
    evidence=Evidence.EXHAUSTIVE,
    units=tuple((index,) for index in range(len(CASES)) if (index,) not in QUICK),
    deep=True,
)
def more_mechanisms(index: int) -> int:
    """All other mechanisms of the table, some with delta > 0: the exact optimum is at least the theorem's value."""
    return _case(index)


def _local(block: int, group: int, groups: int, odds: int, shufflers: int) -> int:
    construction = Construction(block=block, group=group, groups=groups)
    mechanism = Mechanism(
        name="local",
        shufflers=shufflers,
        users=block * groups,
        randomizer=BinaryReports(Fraction(odds)),
        closes=every_step,
    )
    largest = best_largest_error(transcripts(mechanism, construction.inputs(mechanism.users)))
    bound = construction.sharper_value(shufflers=shufflers, alpha=Fraction(odds) ** shufflers)
    if largest.lower < bound:
        raise CheckFailedError(f"{construction}, odds {odds}, k = {shufflers}: {largest} is below {bound}")
    return 1


@checks(
    "lower-bound-theorem",
    evidence=Evidence.EXHAUSTIVE,
    units=(
        *(
            (2, 1, 1, 9, 1),
            (3, 1, 1, 2, 1),
            (3, 1, 1, 40, 1),
            (3, 2, 1, 9, 1),
            (4, 3, 1, 2, 1),
            (2, 1, 2, 9, 1),
        ),
        *((2, 1, 2, 40, 1), (2, 1, 1, 3, 2), (3, 2, 1, 3, 2)),
    ),
)
def binary_reports(block: int, group: int, groups: int, odds: int, shufflers: int) -> int:
    """Single binary reports, which any policy only adds up: the mean largest error is at least the sharper value."""
    return _local(block, group, groups, odds, shufflers)


@checks(
    "lower-bound-theorem",
    evidence=Evidence.EXHAUSTIVE,
    units=(
        *((*sizes, odds, 1) for sizes in ((3, 1, 2), (3, 2, 2), (2, 1, 3), (4, 2, 2)) for odds in (2, 9, 40)),
        (2, 1, 2, 3, 2),
    ),
    deep=True,
)
def more_binary_reports(block: int, group: int, groups: int, odds: int, shufflers: int) -> int:
    """The same for up to 8 users, and for four users with two reports each."""
    return _local(block, group, groups, odds, shufflers)


def _game(game: Game, alpha: Fraction, delta: Fraction) -> int:
    best = best_policy_error(game)
    value = best_value(game.construction, users=game.users, alpha=alpha, delta=delta)
    if best.error < value:
        raise CheckFailedError(
            f"{game}: a policy errs by {best.error} at the first bad step, theorem {value}"
        )
    return best.positions


@checks(
    "lower-bound-theorem", evidence=Evidence.EXHAUSTIVE, units=tuple((index,) for index in range(len(GAMES)))
)
def all_policies(index: int) -> int:
    """Every policy that reacts to releases, 4 to 8 users: the error at the first bad step is at least the value."""
    game, alpha = GAMES[index]
    return _game(game, alpha, Fraction(0))


@checks(
    "lower-bound-theorem",
    evidence=Evidence.EXHAUSTIVE,
    units=(
        (9, 1, 3, 1, 2, 1, 0),
        (9, 1, 3, 2, 2, 1, 0),
        (8, 2, 2, 1, 2, 2, 0),
        (10, 1, 2, 1, 3, 1, 0),
        (6, 1, 2, 1, 2, 2, 6),
        (6, 1, 2, 1, 2, 2, 8),
    ),
    deep=True,
)
def all_policies_of_more(
    users: int, shufflers: int, block: int, group: int, groups: int, least: int, noise: int
) -> int:
    """Every policy that reacts to releases: 9 users, two shufflers, and counts with delta > 0."""
    construction = Construction(block=block, group=group, groups=groups)
    randomizer = BinomialCounts(noise) if noise else BinaryReports(Fraction(3))
    alpha = Fraction(4) if noise else Fraction(3) ** shufflers
    delta = exact_delta_of(randomizer, shufflers=shufflers, least=least, alpha=alpha)
    game = Game(
        construction=construction, shufflers=shufflers, users=users, randomizer=randomizer, least=least
    )
    return _game(game, alpha, delta)


def _families(index: int) -> int:
    construction, shufflers = SEARCHED[index]
    latest, family = best_family(construction, shufflers)
    found = first_bad_step(construction, family)
    if found != latest:
        raise CheckFailedError(
            f"{construction}, k = {shufflers}: {family} is bad at {found}, not at {latest}"
        )
    if latest > window(construction, shufflers):
        raise CheckFailedError(f"{construction}, k = {shufflers}: no bad step before {latest}: {family}")
    if latest != construction.block * construction.blocks(shufflers):
        raise CheckFailedError(f"{construction}, k = {shufflers}: the latest first bad step is {latest}")
    return 1


@checks("tight-windows", evidence=Evidence.EXHAUSTIVE, units=tuple((index,) for index in range(9)))
def latest_bad_steps(index: int) -> int:
    """All families, by states of a game: the latest first bad step is m T(k, N), and within the theorem's window."""
    return _families(index)


@checks(
    "tight-windows",
    evidence=Evidence.EXHAUSTIVE,
    units=tuple((i,) for i in range(9, len(SEARCHED))),
    deep=True,
)
def more_latest_bad_steps(index: int) -> int:
    """All families of larger windows, k up to 4: the latest first bad step is m T(k, N)."""
    return _families(index)


@checks(
    "tight-windows",
    evidence=Evidence.PROPERTY,
    units=tuple((index,) for index in range(len(TRIED))),
    deep=True,
)
def searched_bad_steps(index: int) -> int:
    """A search over families of up to 160 users finds none whose first bad step is after m T(k, N)."""
    construction, shufflers = TRIED[index]
    found = first_bad_step(construction, improved(construction, shufflers))
    if found is None or found > construction.block * construction.blocks(shufflers):
        raise CheckFailedError(f"{construction}, k = {shufflers}: the first bad step is {found}")
    return 1


def _own_block(block: int, group: int, odds: int) -> int:
    count = 0
    for game in block_games(Construction(block=block, group=group, groups=1), Fraction(odds)):
        if game.error < game.bound:
            raise CheckFailedError(f"m = {block}, g = {group}: {game} is below {game.bound}")
        count += 1
    return count


@checks("own-closing", evidence=Evidence.EXHAUSTIVE, units=((2, 1, 9), (3, 1, 2), (3, 1, 9), (3, 2, 9)))
def own_blocks(block: int, group: int, odds: int) -> int:
    """Every rule that reads its own batch, on blocks of 2 and 3 users: inequality (A)."""
    return _own_block(block, group, odds)


@checks("own-closing", evidence=Evidence.EXHAUSTIVE, units=((4, 1, 3), (4, 2, 3)), deep=True)
def longer_own_blocks(block: int, group: int, odds: int) -> int:
    """Every rule that reads its own batch, on blocks of 4 users: inequality (A)."""
    return _own_block(block, group, odds)


@checks("own-closing", evidence=Evidence.EXHAUSTIVE, units=((1, 2), (1, 1), (3, 2)))
def survival(numerator: int, denominator: int) -> int:
    """Every set of values of 3 bits on which a batch stays open: inequality (B)."""
    count = 0
    for game in survival_games((Fraction(3), Fraction(1, 3), Fraction(1)), Fraction(numerator, denominator)):
        if game.error < game.bound:
            raise CheckFailedError(f"{game} is below {game.bound}")
        count += 1
    return count


@checks("own-closing", evidence=Evidence.EXHAUSTIVE, units=((12, 9), (6, 20)))
def own_closers_below(block: int, odds: int) -> int:
    """A closer that reads its own batch errs less at the first bad step than the theorem says for other rules."""
    error, value = error_at_bad_step_of_blocks(block=block, odds=Fraction(odds))
    if error >= value:
        raise CheckFailedError(f"m = {block}, odds {odds}: error {error} is not below {value}")
    return 1


@checks("lower-bound-theorem", evidence=Evidence.EXHAUSTIVE)
def small_without_assumptions() -> int:
    """A closer that peeks, shared randomness, one report twice: errors at the first bad step are below the value."""
    for name, found in (
        ("peeking", peeking_block()),
        ("shared masks", shared_masks()),
        ("one report twice", reused_reports()),
    ):
        if found.error >= found.value:
            raise CheckFailedError(f"{name}: error {found.error} is not below {found.value}")
    return 3


@checks("lower-bound-theorem", evidence=Evidence.ENCLOSED)
def large_without_assumptions() -> int:
    """The same at large n: the certified mean largest error is below the value, so the assumptions are needed."""
    for name, counter, construction, delta in LARGE:
        shufflers = int(name[-1])
        if window(construction, shufflers) > counter.users:
            raise CheckFailedError(f"{name}: {construction} needs more than {counter.users} users")
        upper = error_at_most(counter)
        lower = value_at_least(construction, users=counter.users, epsilon=Fraction(1), delta=delta)
        if upper >= lower:
            raise CheckFailedError(
                f"{name}: the largest error is at most {upper}, the value at least {lower}"
            )
    return len(LARGE)
