"""Randomness: exact laws from uniform bits."""

import ast
import copy
import math
import os
import pickle
from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from accounting.counter import BitSource, OsSource, SeededSource
from accounting.errors import ParameterError


class Listed(BitSource):
    """Octets from a list, to go through all of them."""

    description = "a list"

    def __init__(self, octets: bytes) -> None:
        super().__init__()
        self.rest = octets

    def octets(self, count: int) -> bytes:
        given, self.rest = self.rest[:count], self.rest[count:]
        if len(given) < count:
            raise EOFError
        return given


@pytest.mark.parametrize("p", [Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)])
def test_planes_have_the_exact_law(p: Fraction) -> None:
    """Two trials, one byte a plane: over all octets each count comes exactly as often as its chance says."""
    planes = p.denominator.bit_length() - 1
    counts: Counter[int] = Counter()
    for octets in product(range(4), repeat=planes):  # only the two lowest bits matter
        counts[int(Listed(bytes(octets)).binomials(2, p, 1)[0])] += 1
    total = 4**planes
    for ones in range(3):
        assert Fraction(counts[ones], total) == math.comb(2, ones) * p**ones * (1 - p) ** (2 - ones)


@pytest.mark.parametrize("p", [Fraction(1, 3), Fraction(3, 1024), Fraction(1, 2), Fraction(1, 2**70 + 1)])
@pytest.mark.parametrize("trials", [1, 7, 8, 9, 1000])
def test_counts_have_their_mean_and_variance(p: Fraction, trials: int) -> None:
    count = 400 if p.denominator > 2**62 else 4000
    found = SeededSource(7).binomials(trials, p, count)
    assert found.shape == (count,)
    assert found.min() >= 0
    assert found.max() <= trials
    mean, variance = float(trials * p), float(trials * p * (1 - p))
    assert abs(found.mean() - mean) <= 5 * math.sqrt(variance / count) + 1e-9


def test_many_trials_in_pieces() -> None:
    found = SeededSource(1).binomials(10**7, Fraction(1, 2), 20)
    assert np.all(np.abs(found - 5 * 10**6) < 6 * math.sqrt(10**7 / 4))


def test_below_is_uniform_and_complete() -> None:
    source = SeededSource(3)
    counts = Counter(source.below(6) for _ in range(6000))
    assert set(counts) == set(range(6))
    assert max(counts.values()) < 1200
    assert source.below(1) == 0


def test_every_order_is_as_likely() -> None:
    """Fisher and Yates over all draws: each of the 24 orders of four items exactly once."""

    class Given(SeededSource):
        def __init__(self, draws: tuple[int, ...]) -> None:
            super().__init__(0)
            self.draws = list(draws)

        def below(self, n: int) -> int:
            return self.draws.pop(0)

    orders = Counter(tuple(Given(draws).permuted("abcd")) for draws in product(range(4), range(3), range(2)))
    assert len(orders) == 24
    assert set(orders.values()) == {1}


def test_a_seed_repeats_and_the_system_does_not() -> None:
    assert SeededSource(5).octets(40) == SeededSource(5).octets(40)
    assert OsSource().octets(40) != OsSource().octets(40)
    assert "not private" in SeededSource(5).description


def test_a_seed_is_a_whole_number() -> None:
    with pytest.raises(ParameterError):
        SeededSource(-1)


def test_the_operating_system_is_asked_anew_after_a_fork_and_in_a_copy() -> None:
    """Bits kept for later would come twice: in both processes, or from both copies."""
    source = OsSource()
    source.below(2)
    twin, sent = copy.deepcopy(source), pickle.loads(pickle.dumps(source))
    ours = [source.below(2**62) for _ in range(4)]
    assert not set(ours) & {other.below(2**62) for other in (twin, sent) for _ in range(4)}
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:  # pragma: no cover (another process)
        os.write(writer, repr([source.below(2**62) for _ in range(4)]).encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = set(ast.literal_eval(os.read(reader, 10_000).decode()))
    os.close(reader)
    os.close(writer)
    assert len(theirs) == 4
    assert not theirs & {source.below(2**62) for _ in range(4)}


def test_bits_of_the_operating_system_are_uniform(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all octets, each number below comes from as many."""
    for width in range(9):
        counts: Counter[int] = Counter()
        for octet in range(256):
            monkeypatch.setattr("os.urandom", lambda count, octet=octet: bytes([octet] * count))
            counts[OsSource()._bits(width)] += 1
        assert counts == dict.fromkeys(range(1 << width), 256 >> width)
