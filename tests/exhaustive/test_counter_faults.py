"""Faults planted in the counter, each of which the enumeration of its randomness sees.

Two alarms: the code *loses more* than the certified upper end for some pair of neighbouring inputs, or it *loses other* than its
closed batches do by definition. Each test says which of them has to ring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from accounting import BinomialCount
from accounting.counter import Client, Counter, Plan, Public, Release, Shuffler, Source
from accounting.counter.checkpoint import CounterJournal, Runs, State
from proofs.exhaustive.counter import ALPHAS, BOTH, Limits, small_plan
from proofs.exhaustive.outcomes import Enumerating, outcomes
from proofs.exhaustive.process import divergence
from proofs.exhaustive.transcripts import Law, Maker, fixed, law_by_runs, loss_of_batches, making, of_target

pytestmark = pytest.mark.proof

ONE = small_plan((2, 1, "1/2"))
TWO_BITS = small_plan((2, 2, "1/2"))
THREE = small_plan((3, 1, "1/2"))


@dataclass(frozen=True)
class Alarm:
    """What the enumeration says over all bits and all pairs of neighbours."""

    loses_more: bool
    loses_other: bool


def alarm(make: Maker, plan: Plan, users: int, *, orders_up_to: int = 0) -> Alarm:
    laws = {
        one: law_by_runs(make, fixed(one), users, orders_up_to=orders_up_to)
        for one in product((0, 1), repeat=users)
    }
    return compared(plan, laws, lambda law, user: of_target(next(iter(law)), user))


def compared(
    plan: Plan,
    laws: dict[tuple[int, ...], Law],
    batches_of: Callable[[Law, int], tuple[tuple[int, int], ...]],
) -> Alarm:
    limits, more, other = Limits(plan), False, False
    for one, first in laws.items():
        for user, bit in enumerate(one, 1):
            second = laws[*one[: user - 1], 1 - bit, *one[user:]]
            values = (Fraction(bit), Fraction(1 - bit))
            for alpha in ALPHAS:
                loss = divergence(first, second, alpha)
                more |= not loss <= limits.upper[alpha]
                other |= loss != loss_of_batches(plan, batches_of(first, user), values, alpha)
    return Alarm(more, other)


@pytest.mark.parametrize(
    ("plan", "users", "orders"), [(ONE, 3, 4), (TWO_BITS, 2, 0), (BOTH, 4, 0), (THREE, 3, 0)]
)
def test_without_a_fault_there_is_no_alarm(plan: Plan, users: int, orders: int) -> None:
    assert alarm(making(plan), plan, users, orders_up_to=orders) == Alarm(loses_more=False, loses_other=False)


# ---------------------------------------------------------------- order


class Unshuffled(Shuffler):
    def close(self, last: int) -> Release:
        shown = tuple(self._messages)
        release = super().close(last)
        return Release(
            level=release.level, first=release.first, last=last, reports=release.reports, messages=shown
        )


def test_a_shuffler_that_does_not_shuffle_loses_more() -> None:
    def make(source: Source) -> Counter:
        counter = Counter(ONE, source=source)
        counter._shufflers = [Unshuffled(1, 2, source)]
        return counter

    assert alarm(make, ONE, 2).loses_more


class InOrder(Enumerating):
    def permuted(self, items):  # type: ignore[no-untyped-def]
        return list(items)


class NeverFirst(Enumerating):
    """A slip in the permutation: each message changes places with one that is strictly before it."""

    def permuted(self, items):  # type: ignore[no-untyped-def]
        drawn = list(items)
        for last in range(len(drawn) - 1, 0, -1):
            other = self.below(last)
            drawn[last], drawn[other] = drawn[other], drawn[last]
        return drawn


@pytest.mark.parametrize("faulty", [InOrder, NeverFirst])
def test_a_permutation_that_is_none_loses_more(
    faulty: type[Enumerating], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Enumerating, "permuted", faulty.permuted)
    assert alarm(making(ONE), ONE, 2, orders_up_to=4).loses_more


# ---------------------------------------------------------------- noise


class Stored(Source):
    """Hands out stored randomness: the same numbers again from the same place on."""

    description = "stored"

    def __init__(self, source: Source, store: dict[int, int], period: int | None = None) -> None:
        self.source, self.store, self.period = source, store, period
        self.place = 0

    def below(self, n: int) -> int:
        place = self.place if self.period is None else self.place % self.period
        self.place += 1
        if place not in self.store:
            self.store[place] = self.source.below(n)
        return self.store[place]


def with_stores(plan: Plan, stores: Callable[[Source, Counter], Iterator[Source]]) -> Maker:
    def make(source: Source) -> Counter:
        counter = Counter(plan, source=source)
        counter._clients = [
            Client(level.randomizer, each)
            for level, each in zip(plan.levels, stores(source, counter), strict=True)
        ]
        return counter

    return make


def one_seed(source: Source, counter: Counter) -> Iterator[Source]:
    """Each level's noise comes from a generator of its own, all with the same seed."""
    store: dict[int, int] = {}
    for _ in counter.plan.levels:
        yield Stored(source, store)


def test_a_shared_noise_seed_loses_more() -> None:
    """The second level's four bits are those of the first two users at the first level: a difference of counts is a sum of values."""
    plan = small_plan((2, 2, "1/2"), (4, 1, "1/2"))
    assert alarm(with_stores(plan, one_seed), plan, 4).loses_more


def test_randomness_used_again_by_the_other_shuffler_loses_other() -> None:
    """The same bits of each user at both levels: the larger count tells nothing new, and is not the independent one that the law promises."""
    found = alarm(with_stores(BOTH, one_seed), BOTH, 4)
    assert found == Alarm(loses_more=False, loses_other=True)


def test_randomness_used_again_by_the_next_batch_loses_more() -> None:
    def again(source: Source, _: Counter) -> Iterator[Source]:
        yield Stored(source, {}, period=2)

    assert alarm(with_stores(ONE, again), ONE, 4).loses_more


def test_one_seed_for_all_users_loses_more() -> None:
    def same(source: Source, _: Counter) -> Iterator[Source]:
        yield Stored(source, {}, period=1)

    assert alarm(with_stores(ONE, same), ONE, 2).loses_more


def test_one_noise_bit_too_few_loses_more() -> None:
    def make(source: Source) -> Counter:
        counter = Counter(TWO_BITS, source=source)
        counter._clients = [Client(BinomialCount(1, 1, "1/2"), source)]
        return counter

    assert alarm(make, TWO_BITS, 2).loses_more


@pytest.mark.parametrize(("sign", "plan"), [(1, TWO_BITS), (-1, TWO_BITS), (1, BOTH)])
def test_a_biased_bernoulli_loses_other(sign: int, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chance that is off by 2^-10: exact fractions see any bias, and with one level it loses more than certified."""

    def biased(self: Source, p: Fraction) -> int:
        return int(self.below(1024 * p.denominator) < 1024 * p.numerator + sign * p.denominator)

    monkeypatch.setattr(Source, "bernoulli", biased)
    found = alarm(making(plan), plan, plan.levels[-1].batch)
    assert found.loses_other
    assert found.loses_more or plan is BOTH


# ---------------------------------------------------------------- closing


def test_a_closer_that_peeks_loses_more() -> None:
    """It waits for a third user while the open batch holds few ones."""

    def make(source: Source) -> Counter:
        def peeking(public: Public) -> int:
            _, reports, ones = counter._shufflers[0].contents()
            return public.may_close if ones >= 2 or reports > 2 else 0

        counter = Counter(ONE, source=source, closing=peeking)
        return counter

    assert alarm(make, ONE, 4).loses_more


def test_a_batch_closed_below_its_minimum_loses_more() -> None:
    def make(source: Source) -> Counter:
        counter = Counter(THREE, source=source)
        counter._shufflers[0].fewest = 2
        return counter

    assert alarm(make, THREE, 3).loses_more


# ---------------------------------------------------------------- resuming


def law_with_a_death(plan: Plan, values: tuple[int, ...], path: Path) -> Law:
    """Let the process die after the first user, and go on from the journal with the users that it does not hold."""

    def run(source: Enumerating) -> tuple[Release, ...]:
        path.unlink(missing_ok=True)
        counter = Counter(plan, source=source, journal=path)
        counter.observe(values[0])
        counter.shut()
        counter = Counter(plan, source=source, journal=path)
        while counter.arrivals < len(values):
            counter.observe(values[counter.arrivals])
        counter.shut()
        return counter.releases

    found: Law = {}
    for transcript, chance in outcomes(Enumerating(), run):
        found[transcript] = found.get(transcript, Fraction(0)) + chance
    return found


def after_a_death(tmp_path: Path) -> Alarm:
    laws = {
        one: law_with_a_death(THREE, one, tmp_path / "journal")
        for one in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1))
    }
    limits, more, other = Limits(THREE), False, False
    for user, one in enumerate(list(laws)[1:], 1):
        assert one[user - 1] == 1
        for alpha in ALPHAS:
            loss = divergence(laws[0, 0, 0], laws[one], alpha)
            more |= not loss <= limits.upper[alpha]
            other |= loss != loss_of_batches(THREE, [(1, 3)], (Fraction(0), Fraction(1)), alpha)
    return Alarm(more, other)


def test_a_death_and_a_journal_change_nothing(tmp_path: Path) -> None:
    assert after_a_death(tmp_path) == Alarm(loses_more=False, loses_other=False)


def test_a_user_counted_twice_after_a_death_loses_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal has the user's messages, but not that the user came."""
    whole = CounterJournal.keep

    def behind(self: CounterJournal, state: State, runs: Runs) -> None:
        late = state.arrivals - 1 if state.arrivals == 1 else state.arrivals
        whole(
            self,
            State(arrivals=late, covered=state.covered, batches=state.batches, tree=state.tree),
            runs,
        )

    monkeypatch.setattr(CounterJournal, "keep", behind)
    assert after_a_death(tmp_path).loses_more
