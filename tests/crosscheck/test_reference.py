"""The enumeration against plain second implementations, which share no code with it."""

import random
from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import pytest

import accounting as csa
from proofs.exhaustive.small_channels import Channel, all_canonical, channels
from proofs.reference import bounds, concatenation, counts, shuffle_enumeration, walk

pytestmark = pytest.mark.crosscheck

F = Fraction
ALPHAS = (F(1, 2), F(1), F(3, 2), F(2))


@cache
def law(channel: Channel, values: tuple[int, ...]) -> shuffle_enumeration.Law:
    return shuffle_enumeration.released_law(channel, values)


def reference(channel: Channel, users: int, alpha: Fraction) -> Fraction:
    """The reference's exact_delta, with the law of each multiset of values computed once."""
    return max(
        shuffle_enumeration.hockey_stick(
            law(channel, tuple(sorted(old))), law(channel, tuple(sorted(new))), alpha
        )
        for old, new in shuffle_enumeration.neighbours(len(channel), users)
    )


def enumerated(channel: Sequence[Sequence[Fraction]], users: int, alpha: Fraction) -> Fraction:
    delta = csa.exact_delta(csa.Shuffle(csa.FiniteRandomizer(channel), users=users), alpha=alpha).delta
    assert isinstance(delta, Fraction)
    return delta


def test_reference_law_does_not_depend_on_who_holds_what() -> None:
    channel = ((F(1, 2), F(1, 3), F(1, 6)), (F(1), F(0), F(0)), (F(1, 5), F(2, 5), F(2, 5)))
    assert law(channel, (0, 1, 2, 1)) == law(channel, (1, 2, 1, 0))


@pytest.mark.parametrize("users", [2, 3])
def test_every_small_channel(users: int) -> None:
    """All channels with denominators up to 3, at most 3 values and 3 messages, one of each renaming."""
    small = all_canonical(inputs=3, letters=3, denominator=3)
    assert len(small) > 100
    for channel in small:
        for alpha in ALPHAS if users < 3 else ALPHAS[1:3]:
            assert enumerated(channel, users, alpha) == reference(channel, users, alpha)
    law.cache_clear()


@pytest.mark.slow
def test_every_small_channel_under_every_name() -> None:
    for values in (2, 3):
        for letters in (1, 2, 3):
            for channel in channels(values, letters, 3):
                for users in (2, 3):
                    for alpha in ALPHAS:
                        assert enumerated(channel, users, alpha) == reference(channel, users, alpha)
                law.cache_clear()


def test_sample_of_larger_channels() -> None:
    draw = random.Random(20240)
    for _ in range(12):
        values, letters, users = draw.choice(
            [(2, 2, 6), (2, 3, 5), (3, 3, 4), (4, 3, 3), (3, 4, 3), (4, 4, 3), (2, 5, 3)]
        )
        rows = [[draw.randint(0, 9) for _ in range(letters)] for _ in range(values)]
        rows = [row if any(row) else [1] * letters for row in rows]
        used = [j for j in range(letters) if any(row[j] for row in rows)]
        channel = tuple(tuple(F(row[j], sum(row)) for j in used) for row in rows)
        alpha = F(draw.randint(1, 9), draw.randint(1, 4))
        assert enumerated(channel, users, alpha) == reference(channel, users, alpha)
    law.cache_clear()


@pytest.mark.parametrize(("values", "users"), [(2, 6), (3, 4), (4, 3), (5, 2)])
def test_kary_response(values: int, users: int) -> None:
    """Here the enumeration visits one of each class of data sets, and the reference all."""
    for keep in (F(1, 2) + F(1, 7), F(9, 10)):
        channel = tuple(map(tuple, shuffle_enumeration.kary_response(values, keep)))
        shuffle = csa.Shuffle(csa.KaryRandomizedResponse(values, keep=keep), users=users)
        for alpha in ALPHAS:
            assert csa.exact_delta(shuffle, alpha=alpha).delta == reference(channel, users, alpha)


BINARY = tuple(map(tuple, shuffle_enumeration.kary_response(2, F(3, 4))))
ASYMMETRIC = ((F(1, 2), F(1, 2)), (F(1, 5), F(4, 5)))
TERNARY = tuple(map(tuple, shuffle_enumeration.kary_response(3, F(3, 5))))
ERASING = ((F(1, 2), F(0), F(1, 2)), (F(0), F(1, 2), F(1, 2)))
CONCATENATIONS = [
    [(BINARY, 3), (BINARY, 3)],
    [(BINARY, 2), (ASYMMETRIC, 3)],
    [(ASYMMETRIC, 2), (ASYMMETRIC, 2)],
    [(TERNARY, 2), (BINARY, 2)],
    [(ERASING, 2), (ASYMMETRIC, 2)],
    [(TERNARY, 2), (TERNARY, 2)],
    [(BINARY, 2), (ASYMMETRIC, 2), (BINARY, 2)],
]


def batches(case: Sequence[tuple[Channel, int]]) -> list[csa.Shuffle]:
    return [csa.Shuffle(csa.FiniteRandomizer(channel), users=users) for channel, users in case]


@pytest.mark.parametrize("case", CONCATENATIONS, ids=range(len(CONCATENATIONS)))
def test_fixed_concatenation(case: list[tuple[Channel, int]]) -> None:
    for alpha in (F(2, 3), F(2)):
        assert csa.exact_delta(batches(case), alpha=alpha).delta == concatenation.fixed_delta(case, alpha)


@pytest.mark.parametrize("case", CONCATENATIONS, ids=range(len(CONCATENATIONS)))
def test_adaptive_concatenation(case: list[tuple[Channel, int]]) -> None:
    for alpha in (F(2, 3), F(2)):
        result = csa.exact_delta(batches(case), alpha=alpha, inputs="adaptive")
        in_order = concatenation.adaptive_delta([case[i] for i in result.order], alpha)
        assert result.delta == in_order
        assert in_order >= concatenation.adaptive_delta(case, alpha)
        assert in_order >= concatenation.adaptive_delta(case[::-1], alpha)


@pytest.mark.parametrize("pair", [(BINARY, BINARY), (ASYMMETRIC, BINARY), (ASYMMETRIC, ASYMMETRIC)])
def test_adaptive_reference_is_the_best_function_of_the_first_release(pair: tuple[Channel, Channel]) -> None:
    earlier, later = (pair[0], 2), (pair[1], 2)
    by_functions = concatenation.adaptive_delta_by_functions(earlier, later, F(3, 2))
    assert by_functions == concatenation.adaptive_delta([earlier, later], F(3, 2))


@pytest.mark.parametrize("flip", [F(1, 10), F(1, 4), F(2, 5)])
def test_binary_response_by_its_counts(flip: Fraction) -> None:
    for users in (2, 3, 4, 7, 12):
        for alpha in ALPHAS:
            each = [counts.binary_delta(flip, ones, users, alpha) for ones in range(users)]
            assert each == [counts.binary_threshold_delta(flip, ones, users, alpha) for ones in range(users)]
            shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(keep=1 - flip), users=users)
            assert csa.exact_delta(shuffle, alpha=alpha).delta == max(each)


@pytest.mark.parametrize(("levels", "bits", "users"), [(1, 1, 2), (1, 4, 2), (2, 3, 3), (3, 2, 2), (4, 1, 2)])
def test_binomial_count(levels: int, bits: int, users: int) -> None:
    for p in (F(1, 2), F(1, 3), F(9, 10)):
        shuffle = csa.Shuffle(csa.BinomialCount(levels=levels, bits=bits, p=p), users=users)
        for alpha in ALPHAS:
            expected = counts.binomial_count_delta(levels, bits, p, users, alpha)
            assert csa.exact_delta(shuffle, alpha=alpha).delta == expected


def test_walk_by_sequences_and_by_counts() -> None:
    atoms = [(F(3, 2), F(1, 6)), (F(-1), F(1, 3)), (F(0), F(1, 2))]
    for steps in range(6):
        assert walk.by_sequences(atoms, steps) == walk.by_counts(atoms, steps)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_walk_identity(alpha: Fraction) -> None:
    """Theory 2.1: each of the three references by its definition, and as a walk."""
    positive = ((F(1, 2), F(1, 3), F(1, 6)), (F(1, 5), F(2, 5), F(2, 5)), (F(1, 8), F(1, 8), F(3, 4)))
    for channel in (TERNARY, positive):
        for users in (1, 2, 4):
            for companion in range(3):
                assert bounds.homogeneous_delta(
                    channel, (0, 1), companion, users, alpha
                ) == bounds.homogeneous_walk(channel, (0, 1), companion, users, alpha)
            assert bounds.blanket_delta(channel, (1, 0), users, alpha) == bounds.blanket_walk(
                channel, (1, 0), users, alpha
            )
    for factor in (F(3, 2), F(4)):
        for users in (1, 2, 5):
            assert bounds.clones_delta(factor, users, alpha) == bounds.clones_walk(factor, users, alpha)


@pytest.mark.parametrize("users", [2, 3])
def test_proved_bounds_are_above_the_exact_delta(users: int) -> None:
    for channel in all_canonical(inputs=3, letters=3, denominator=3)[::4]:
        exact = enumerated(channel, users, F(3, 2))
        pairs = [(a, b) for a in range(len(channel)) for b in range(len(channel)) if a != b]
        assert exact <= max(bounds.blanket_delta(channel, pair, users, F(3, 2)) for pair in pairs)
        for pair in pairs:
            for companion in range(len(channel)):
                assert bounds.homogeneous_delta(channel, pair, companion, users, F(3, 2)) <= exact
        columns = list(zip(*channel, strict=True))
        if all(min(column) for column in columns):
            factor = max(max(column) / min(column) for column in columns)
            assert exact <= bounds.clones_delta(factor, users, F(3, 2))


@pytest.mark.parametrize(
    ("values", "keep", "published"), [(3, F(3, 5), F(9, 125)), (4, F(1, 2), F("0.0270061728395"))]
)
def test_variation_ratio_is_below_the_truth(values: int, keep: Fraction, published: Fraction) -> None:
    """Theory 2.2: the published pair at e^epsilon0 = 3, alpha = 2 and as many users as values."""
    pair = bounds.variation_ratio_delta(F(3), values, values, F(2))
    assert published <= pair < published + F(1, 10**13)
    channel = shuffle_enumeration.kary_response(values, keep)
    assert enumerated(channel, values, F(2)) > pair


def test_worst_data_set_is_not_homogeneous() -> None:
    """Theory 2.2: binary response, twelve users, flip probability 1/10, alpha = 3/2; then three users."""
    both_orders = [
        max(counts.binary_delta(F(1, 10), ones, 12, F(3, 2)) for ones in {m, 11 - m}) for m in range(12)
    ]
    worst = max(both_orders)
    assert worst == F("0.2502090658125")
    assert [m for m, delta in enumerate(both_orders) if delta == worst] == [2, 9]
    assert both_orders[0] == F("0.2353579470675")
    assert (
        csa.exact_delta(csa.Shuffle(csa.BinaryRandomizedResponse(keep="9/10"), users=12), alpha="3/2").delta
        == worst
    )
    assert [counts.binary_delta(F(1, 4), m, 3, F(1)) for m in range(3)] == [
        F("0.28125"),
        F("0.3125"),
        F("0.28125"),
    ]
