"""RAPPOR as deployed: cohorts with hash functions of their own, a Bloom filter, permanent and instantaneous bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, islice, product
from math import comb, prod

from ..errors import ParameterError
from ..numerics.ball import arb, ball
from ..numerics.exact import ExactLike, whole
from ..numerics.factor import Factor
from .base import Channel, InputPair, Letter
from .public_functions import Codes, PublicFunctions
from .unary_vectors import rappor_bits, read_rappor

__all__ = ["Rappor"]

MOST_HASHES = 8
MOST_BITS = 1 << 20

_Masses = list[Fraction]


@dataclass(frozen=True, slots=True, init=False)
class Rappor(PublicFunctions):
    """One report of RAPPOR: the cohort, and the noisy bits of a Bloom filter that holds one value.

    A client draws its cohort uniformly. The cohort's ``hashes`` public hash functions set up to so many of the
    ``bloom_bits`` bits. These become permanent bits (the true one with probability ``1 - f``, else a fair coin), and those
    are sent as ones with probability q where they are ones, with probability p where they are zeros. What is released
    are the shuffled messages (cohort, bits).

    The upper end holds for all public hash functions and all sets of values (public-functions): values that set ``hashes`` bits each, none
    of them in common, in every cohort, lose most. The lower end is attained where there are three values of this kind (two, if
    ``bloom_bits`` is below three times ``hashes``). Hashed at random by 2 functions into 128 bits, in 64 cohorts, one in 2,000 triples of values is of this kind.

    This holds for *one* report of each permanent vector. All reports that a client makes of one are together a
    post-processing of it: account for ``permanent()``, which is sent to several shufflers (``ReusedReports``).

    Attributes:
        bloom_bits: of a report; at least twice ``hashes``.
        hashes: the number of hash functions of a cohort, from 1 to 8.
        cohorts: the number of cohorts.
        f: of the permanent bits.
        p: P(a permanent zero is sent as a one).
        q: P(a permanent one is sent as a one), above p.

    Source: Erlingsson, Pihur and Korolova, arXiv 1407.6981. Privacy in a shuffle is not taken from there.
    """

    bloom_bits: int
    hashes: int
    cohorts: int
    f: Fraction
    p: Fraction
    q: Fraction

    def __init__(
        self,
        bloom_bits: ExactLike,
        hashes: ExactLike,
        cohorts: ExactLike = 1,
        *,
        f: ExactLike,
        p: ExactLike,
        q: ExactLike,
    ) -> None:
        """Describe the randomizer.

        Args:
            bloom_bits: of a report; at least twice ``hashes``, at most 2^20.
            hashes: the number of hash functions of a cohort, from 1 to 8.
            cohorts: the number of cohorts, from 1 to 2^20. Where a client's cohort is known from elsewhere, it is 1, and users are those of the
                client's own cohort.
            f: of the permanent bits, from 0 to below 1.
            p: P(a permanent zero is sent as a one).
            q: P(a permanent one is sent as a one), above p.

        Raises:
            ParameterError: a value breaks its rule, or the sent bits are sure of a value.
        """
        functions = whole("hashes", hashes, least=1, most=MOST_HASHES)
        bits = whole("bloom_bits", bloom_bits, least=1, most=MOST_BITS)
        if bits < 2 * functions:
            remedy = "Else no two values have all their bits apart"
            raise ParameterError("bloom_bits", f"must be at least {2 * functions}", bloom_bits, remedy)
        object.__setattr__(self, "bloom_bits", bits)
        object.__setattr__(self, "hashes", functions)
        object.__setattr__(self, "cohorts", whole("cohorts", cohorts, least=1, most=MOST_BITS))
        for name, value in zip("fpq", read_rappor(f, p, q), strict=True):
            object.__setattr__(self, name, value)

    @property
    def kind(self) -> str:
        return "rappor"

    @property
    def assumes(self) -> tuple[str, ...]:
        drawn = (
            "all users counted are of one cohort"
            if self.cohorts == 1
            else "each client draws its cohort uniformly, and nothing but its report tells which"
        )
        count = "three" if self.witnesses[0] == 2 else "two"
        return (
            "RAPPOR: each permanent vector is used for one report only.",
            f"RAPPOR: {drawn}. For the lower end, there are {count} values that set {self.hashes} bits each, none of"
            " them in common, in every cohort.",
        )

    def describe(self) -> str:
        cohorts = "1 cohort" if self.cohorts == 1 else f"{self.cohorts} cohorts"
        functions = "1 hash function" if self.hashes == 1 else f"{self.hashes} hash functions"
        noise = f"f = {self.f}, p = {self.p}, q = {self.q}"
        return f"RAPPOR of {self.bloom_bits} bits, {functions}, {cohorts}, {noise}"

    def bits(self) -> tuple[Fraction, Fraction]:
        """Return P(a one is sent as a one) and P(a zero is sent as a one)."""
        return rappor_bits(self.f, self.p, self.q)

    def permanent(self) -> Rappor:
        """Return what the permanent vector itself would tell: more than any number of reports that are made of it.

        Raises:
            ParameterError: f is 0, so that the permanent vector is the true one.
        """
        if self.f == 0:
            raise ParameterError(
                "f", "must be above 0 for repeated reports", 0, "The permanent bits are the true ones"
            )
        return Rappor(self.bloom_bits, self.hashes, self.cohorts, f=self.f, p=0, q=1)

    @property
    def odds(self) -> Fraction:
        """The odds of a sent one where the bit is a one, over the odds where it is a zero; above 1."""
        truth, lie = self.bits()
        return truth * (1 - lie) / (lie * (1 - truth))

    @property
    def loss(self) -> Fraction:
        """P(a one is sent as a zero) over P(a zero is sent as a zero); below 1."""
        truth, lie = self.bits()
        return (1 - truth) / (1 - lie)

    def local_factor(self) -> Factor:
        """``odds^hashes``: two values differ in at most ``hashes`` ones each."""
        return Factor.of(self.odds**self.hashes)

    def pair_factor(self, pair: InputPair) -> Factor:
        """The largest over the cohorts: the first value's own bits are sent as ones, the second one's as zeros."""
        worst = Fraction(1)
        for codes, _ in self._shares(pair):
            one, other = (self.pattern(code) for code in codes)
            worst = max(worst, self.loss ** (len(one) - len(other)) * self.odds ** len(one - other))
        return Factor.of(worst)

    @property
    def choices(self) -> int:
        return self.cohorts

    @property
    def codes(self) -> int:
        """Sets of 1 to ``hashes`` bits."""
        return sum(comb(self.bloom_bits, size) for size in range(1, self.hashes + 1))

    @property
    def encodings(self) -> int:
        return int(2 ** min(self.bloom_bits, 64))

    @property
    def witnesses(self) -> tuple[int, ...]:
        return (2, 0, 1) if self.bloom_bits >= 3 * self.hashes else (0, 1)

    @property
    def witness_words(self) -> str:
        return "the values set no bit in common"

    def witness_letters(self, companion: int) -> tuple[Letter, ...]:
        return self.code_letters((0, 1, companion))

    def bound_letters(self) -> tuple[Letter, ...]:
        """The reference is the law of no bits at all, times the least factor that a value can give any vector.

        Bits that neither value sets have the same ratio everywhere, so letters are numbers of ones among the bits of each value.
        """
        return tuple(Letter(*(ball(mass) for mass in masses)) for masses in _bound_masses(self))

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        """The least mass of any value; of a large kernel a little less, as in ``bound_letters``."""
        if not self.is_written:
            return self.bound_letters()
        return PublicFunctions.blanket_letters(self, pair)

    def shape(self, codes: Codes) -> Hashable:
        """How many bits are in each intersection of the sets."""
        return frozenset(self._regions(codes).items())

    def code_blanket(self, codes: Codes) -> tuple[Letter, ...]:
        """Messages by the ones in each set, and by their zeros: the value that gives the least sets as many zeros as it may."""
        rest = self.bloom_bits - sum(self._regions(codes).values())
        sizes = [len(self.pattern(code)) for code in codes]
        merged: dict[Hashable, _Masses] = {}
        for ones, inside, base in self.counts(codes):
            for others in range(rest + 1):
                mass = base * self.chance(rest, others)
                zeros = self.bloom_bits - inside - others
                least = self.loss ** min(zeros, self.hashes) if zeros else self.loss * self.odds
                laws = [self.loss**size * self.odds**one for size, one in zip(sizes, ones, strict=True)]
                _add(merged, (laws[0] / least, laws[1] / least), [mass * law for law in (*laws, least)])
        return tuple(Letter(*(ball(mass) for mass in masses)) for masses in merged.values())

    def code_letters(self, codes: Codes) -> tuple[Letter, ...]:
        """Messages by the ones in each set; those with the same differences of these numbers have the same ratios."""
        return tuple(Letter(*(ball(mass) for mass in masses)) for masses in _code_masses(self, codes))

    def code_channel(self) -> Channel:
        truth, lie = self.bits()
        vectors = list(product((0, 1), repeat=self.bloom_bits))
        rows = []
        for code in range(self.codes):
            chances = [truth if place in self.pattern(code) else lie for place in range(self.bloom_bits)]
            rows.append(
                tuple(
                    prod(
                        (one if bit else 1 - one for bit, one in zip(vector, chances, strict=True)),
                        start=Fraction(1),
                    )
                    for vector in vectors
                )
            )
        return tuple(rows)

    def code_balls(self) -> tuple[tuple[arb, ...], ...]:
        return tuple(tuple(ball(mass) for mass in row) for row in self.code_channel())

    def pattern(self, code: int) -> frozenset[int]:
        """The bits that a code sets: first up to three sets without common bits, then all others."""
        if code in self.witnesses:
            return frozenset(range(code * self.hashes, (code + 1) * self.hashes))
        return next(islice(self._other_patterns(), code - len(self.witnesses), None))

    def _other_patterns(self) -> Iterator[frozenset[int]]:
        first = {self.pattern(code) for code in self.witnesses}
        for size in range(1, self.hashes + 1):
            for places in combinations(range(self.bloom_bits), size):
                if frozenset(places) not in first:
                    yield frozenset(places)

    def _regions(self, codes: Codes) -> Counter[tuple[bool, ...]]:
        """The number of bits for each membership in the sets, those in none left out."""
        sets = [self.pattern(code) for code in codes]
        return Counter(tuple(place in each for each in sets) for place in frozenset().union(*sets))

    def counts(self, codes: Codes) -> Iterator[tuple[tuple[int, ...], int, Fraction]]:
        """Go through the ones in each set of bits: how many, how many in all sets, and the chance of these if no bit is set."""
        regions = list(self._regions(codes).items())
        chances = [[self.chance(size, ones) for ones in range(size + 1)] for _, size in regions]
        for inside in product(*(range(size + 1) for _, size in regions)):
            ones = [0] * len(codes)
            mass = Fraction(1)
            for (members, _), some, law in zip(regions, inside, chances, strict=True):
                mass *= law[some]
                for place, held in enumerate(members):
                    ones[place] += some * held
            yield tuple(ones), sum(inside), mass

    def chance(self, bits: int, ones: int) -> Fraction:
        """The chance of so many ones among bits that are zeros."""
        _, lie = self.bits()
        return comb(bits, ones) * lie**ones * (1 - lie) ** (bits - ones)


@lru_cache(maxsize=256)
def _bound_masses(randomizer: Rappor) -> tuple[_Masses, ...]:
    """The masses of ``bound_letters``, exactly."""
    odds, ones = randomizer.odds, range(randomizer.hashes + 1)
    least = randomizer.loss**randomizer.hashes
    chances = [randomizer.chance(randomizer.hashes, i) for i in ones]
    letters = [
        [chances[i] * chances[j] * least * ratio for ratio in (odds**i, odds**j, Fraction(1))]
        for i, j in product(ones, repeat=2)
    ]
    return (*letters, [Fraction(0), Fraction(0), 1 - least])


@lru_cache(maxsize=256)
def _code_masses(randomizer: Rappor, codes: Codes) -> tuple[_Masses, ...]:
    """The masses of ``code_letters``, exactly."""
    odds = [randomizer.odds**ones for ones in range(randomizer.hashes + 1)]
    losses = [randomizer.loss ** len(randomizer.pattern(code)) for code in codes]
    merged: dict[Hashable, _Masses] = {}
    for ones, _, base in randomizer.counts(codes):
        laws = [base * loss * odds[one] for loss, one in zip(losses, ones, strict=True)]
        _add(merged, (ones[0] - ones[2], ones[1] - ones[2]), laws)
    return tuple(merged.values())


def _add(merged: dict[Hashable, _Masses], key: Hashable, masses: Sequence[Fraction]) -> None:
    sums = merged.setdefault(key, [Fraction(0)] * 3)
    for slot, mass in enumerate(masses):
        sums[slot] += mass
