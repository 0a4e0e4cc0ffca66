"""The conditions of concurrent composition: kept by every policy of a size, and dropped one at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

import accounting as csa
from proofs.exhaustive import broken
from proofs.exhaustive.conditions import (
    ALPHA,
    BELOW_LOG_2,
    BINARY,
    CASES,
    CONFIRMATIONS,
    Case,
    Confirmation,
    binary,
    bound_of,
    tables,
)
from proofs.exhaustive.policies import Scope, all_policies, count_policies, worst_delta
from proofs.exhaustive.process import Matrix, divergence, least_sizes, transcript_laws
from proofs.reference.shuffle_enumeration import Law, released_law

pytestmark = pytest.mark.proof

ROOT = Path(__file__).resolve().parents[2]
TERNARY: Matrix = tuple(
    tuple(Fraction(3 if value == message else 1, 5) for message in range(3)) for value in range(3)
)


def scope_of(channels: Sequence[Matrix], least: tuple[int, ...], messages: int, joined: int) -> Scope:
    return Scope(channels=tuple(channels), least=least, messages=messages, joined=frozenset(range(joined)))


def name_of(each: Confirmation | Case) -> str:
    return each.condition if isinstance(each, Case) else f"{each.keeps}-{each.least}-{each.messages}"


# ---------------------------------------------------------------- the conditions kept


@pytest.mark.parametrize("each", CONFIRMATIONS, ids=name_of)
def test_every_policy_is_within_the_bound(each: Confirmation) -> None:
    """Some 10^22 policies; the bound at one user more than the minimum would not do."""
    worst = each.worst
    assert worst <= each.bound
    assert worst > each.bound_with_one_more, "the check could not tell the minimum from a larger size"


@pytest.mark.parametrize(
    ("alpha", "below_its_logarithm"),
    [("1/2", "-0.69315"), ("1", "0"), ("3/2", "0.405465108"), ("3", "1.098612288")],
)
@pytest.mark.parametrize("least", [(2, 2), (3, 2)])
def test_at_other_epsilons(least: tuple[int, ...], alpha: str, below_its_logarithm: str) -> None:
    worst = worst_delta(scope_of([BINARY, binary("4/5")], least, sum(least) + 1, 2), Fraction(alpha))
    assert worst <= bound_of(["3/4", "4/5"], least, below_its_logarithm)
    one_more = tuple(users + 1 for users in least)
    assert worst > bound_of(["3/4", "4/5"], one_more, below_its_logarithm)


def test_the_targets_own_values_may_react() -> None:
    """A target whose two values in the second batch depend on the first release: more is lost, and covered."""
    channel = ((Fraction(9, 10), Fraction(1, 10)), (Fraction(1, 2), Fraction(1, 2)))
    adaptive = worst_delta(scope_of([channel, channel], (2, 2), 4, 2), ALPHA)
    of_pair = {
        pair: [
            tuple(released_law(channel, (value, other)) for value in pair) for other in range(len(channel))
        ]
        for pair in permutations(range(2), 2)
    }

    def replied(first: Law, second: Law, pair: tuple[int, int]) -> Fraction:
        return sum(
            (
                max(
                    sum(
                        (max(Fraction(0), first[y] * p[z] - ALPHA * second[y] * q[z]) for z in p), Fraction(0)
                    )
                    for p, q in of_pair[pair]
                )
                for y in first
            ),
            Fraction(0),
        )

    set_in_advance = max(
        replied(first, second, pair)
        for laws in of_pair.values()
        for first, second in laws
        for pair in of_pair
    )
    assert set_in_advance == Fraction(551, 2000) < adaptive == Fraction(307, 1000)
    shuffle = csa.Shuffle(csa.FiniteRandomizer(channel), users=2)
    assert adaptive <= Fraction(csa.ConcurrentShuffles([shuffle] * 2).delta(epsilon=BELOW_LOG_2).upper)


def test_how_many_policies_were_gone_through() -> None:
    assert sum(each.policies for each in CONFIRMATIONS) > 10**22


@pytest.mark.parametrize("alpha", ["1/2", "1", "3/2", "5/2"])
@pytest.mark.parametrize(
    ("users", "messages", "channel"), [(2, 5, "binary"), (3, 6, "binary"), (2, 4, "ternary")]
)
def test_batches_of_others_add_nothing(users: int, messages: int, channel: str, alpha: str) -> None:
    """Equality in fractions with one batch of the minimum, for all policies with room for batches of others."""
    factor = Fraction(alpha)
    matrix = BINARY if channel == "binary" else TERNARY
    alone = csa.exact_delta(csa.Shuffle(csa.FiniteRandomizer(matrix), users=users), alpha=factor).delta
    assert worst_delta(scope_of([matrix], (users,), users, 1), factor) == alone
    assert worst_delta(scope_of([matrix], (users,), messages, 1), factor) == alone
    beside = scope_of([matrix, binary("9/10")], (users, 1), messages, 1)
    assert worst_delta(beside, factor) == alone


@pytest.mark.parametrize(
    ("least", "messages", "alpha"),
    [((2, 2), 5, "2"), ((2, 3), 6, "3/2"), ((3, 3), 6, "2"), ((2, 2), 5, "1/2")],
)
def test_the_worst_policy_is_the_worst_strategy(least: tuple[int, ...], messages: int, alpha: str) -> None:
    """A second road: what `exact_delta` finds with one batch after the other, no sooner and no later."""
    shuffles = [csa.Shuffle(csa.BinaryRandomizedResponse(keep="3/4"), users=users) for users in least]
    known = csa.exact_delta(shuffles, alpha=Fraction(alpha), inputs="adaptive").delta
    assert worst_delta(scope_of([BINARY] * len(least), least, messages, 2), Fraction(alpha)) == known


@pytest.mark.slow
def test_three_shufflers_and_more_messages() -> None:
    three = worst_delta(scope_of([BINARY] * 3, (2, 2, 2), 6, 3), ALPHA)
    assert bound_of(["3/4"] * 3, (3, 3, 3)) < three <= bound_of(["3/4"] * 3, (2, 2, 2))
    assert three == Fraction(837, 2048)
    assert worst_delta(scope_of([BINARY] * 2, (3, 3), 8, 2), ALPHA) == Fraction(477, 2048)


@pytest.mark.parametrize(
    ("channels", "least", "messages", "policies"),
    [
        ([BINARY], (2,), 3, 797),
        ([BINARY, BINARY], (1, 1), 2, 2177),
        ([BINARY, binary("9/10")], (2, 2), 2, 89),
        ([TERNARY], (2,), 2, 100),
    ],
)
def test_backward_induction_against_one_policy_at_a_time(
    channels: list[Matrix], least: tuple[int, ...], messages: int, policies: int
) -> None:
    scope = scope_of(channels, least, messages, len(channels))
    found = [
        divergence(*transcript_laws(policy, scope.channels, sees="released"), ALPHA)
        for policy in all_policies(scope)
    ]
    assert len(found) == count_policies(scope) == policies
    assert max(found) == worst_delta(scope, ALPHA) > 0


def test_the_policies_are_different() -> None:
    scope = scope_of([BINARY], (1,), 2, 1)
    laws = Counter(
        tuple(tuple(sorted(law.items())) for law in transcript_laws(policy, scope.channels, sees="released"))
        for policy in all_policies(scope)
    )
    assert len(laws) > 50


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("least", {"least": (2, 2)}),
        ("least", {"least": (0,)}),
        ("channels[0]", {"channels": (((Fraction(1), Fraction(0)), (Fraction(1, 2), Fraction(1, 2))),)}),
        ("channels[0]", {"channels": (((Fraction(1, 2), Fraction(1, 3)),) * 2,)}),
        ("joined", {"joined": frozenset({1})}),
    ],
)
def test_a_scope_that_the_induction_does_not_cover_is_refused(name: str, change: dict[str, Any]) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        replace(scope_of([BINARY], (2,), 2, 1), **change)
    assert caught.value.name == name


# ---------------------------------------------------------------- the conditions dropped


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_dropped_condition_costs_more_than_the_bound(case: Case) -> None:
    """A strict inequality between an exact fraction and the certified upper end for what one would declare."""
    assert case.delta > case.bound


def test_the_same_users_with_the_conditions_kept_are_within_the_bound() -> None:
    kept = Case(condition="none", policy=broken.honest, story="three users, one batch")
    assert kept.delta == Fraction(9, 64) <= kept.bound


def test_the_exact_numbers() -> None:
    assert [case.delta for case in CASES] == [
        Fraction(*pair)
        for pair in (
            (3, 16), (765, 4096), (1, 4), (1, 4), (207, 1024), (3753, 16384), (5, 32), (1, 4), (1, 1), (63, 256),
            (837, 4096), (49, 256),
        )
    ]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_only_the_condition_in_question_is_dropped(case: Case) -> None:
    """Every other policy keeps the minimum; those about closing, joining and values need a look inside."""
    sizes = least_sizes(case.policy, [case.channel] * case.shufflers, sees=case.sees)
    looks = case.condition.endswith("releases only")
    assert (case.sees == "everything") == looks
    assert all(size is None or size >= broken.LEAST for size in sizes) == (
        case.condition != "a batch holds the minimum"
    )
    if looks:
        with pytest.raises(ValueError, match="open batches"):
            transcript_laws(case.policy, [case.channel] * case.shufflers, sees="released")


def test_looking_inside_costs_more_with_every_batch() -> None:
    """With K open batches of others to choose from, delta is no longer that of one batch, and rises with K."""
    deltas = [
        divergence(*transcript_laws(broken.placed(k), [BINARY] * k, sees="everything"), ALPHA)
        for k in (1, 2, 3)
    ]
    assert deltas == [
        Fraction(1, 4) * (1 - Fraction(7, 16) ** (k - 1)) + Fraction(7, 16) ** (k - 1) * Fraction(9, 64)
        for k in (1, 2, 3)
    ]
    assert deltas[0] == Fraction(9, 64) < deltas[1] < deltas[2] < Fraction(1, 4)


def test_two_worlds_are_laws() -> None:
    for case in CASES:
        for law in transcript_laws(case.policy, [case.channel] * case.shufflers, sees=case.sees):
            assert sum(law.values()) == 1


# ---------------------------------------------------------------- the page


def test_the_page_shows_what_the_code_prints() -> None:
    page = (ROOT / "docs" / "conditions.md").read_text(encoding="utf-8").splitlines()
    printed = [line for line in tables() if line]
    assert [line for line in page if line.startswith("|")] == printed
