"""Identities and inequalities of small cases, decided by computer algebra for all values of the symbols."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, product

import sympy

from accounting.numerics.ball import exact_lower, exact_upper, precision
from accounting.numerics.factor import Factor
from accounting.randomizers.base import Letter
from accounting.randomizers.kary import KaryRandomizedResponse
from accounting.symbolic import Domain, SymbolicDelta, SymbolicRandomizer, delta, loss
from accounting.symbolic.randomizer import evaluated

from .check import CheckFailedError, Evidence, checks
from .identities import (
    ABOVE_ONE,
    ONE,
    ZERO,
    Masses,
    Polynomial,
    W,
    binomial,
    blanket_letters,
    bracket,
    by_sequences,
    clones_letters,
    companion_letters,
    merged_law,
    ones_sent,
    same,
    same_laws,
    stays_nonnegative,
    walk_weights,
)


@checks(
    "walk-identity",
    evidence=Evidence.SYMBOLIC,
    units=((2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (4, 2), (4, 3)),
)
def shuffled_messages_are_a_walk(letters: int, users: int) -> int:
    """All laws on 2 to 4 letters, 2 to 4 users: the probability of each histogram as an identity in all masses."""
    names = [f"{side}{y}" for side in "abw" for y in range(letters)]
    gens = sympy.polys.rings.ring(names, sympy.ZZ)[0].gens
    first, second, reference = (gens[i * letters : (i + 1) * letters] for i in range(3))
    claimed = walk_weights(list(zip(first, second, reference, strict=True)), users)
    for side, target in enumerate((first, second)):
        law = by_sequences([target] + [reference] * (users - 1))
        for h, weight in law.items():
            same(f"histogram {h} of {users} messages", claimed[h][side], weight)
    return len(claimed)


@checks("walk-identity", evidence=Evidence.SYMBOLIC, units=((2,), (3,), (4,)))
def messages_outside_the_reference_are_seen(users: int) -> int:
    """One letter outside the support of W: the target is seen with its mass there, whatever the others send."""
    gens = sympy.polys.rings.ring("a0 a1 b0 b1 w0", sympy.ZZ)[0].gens
    one = gens[0].ring.one
    reference = [gens[4], 1 - gens[4], one * 0]
    for a, b in (gens[:2], gens[2:4]):
        target = [a, b, 1 - a - b]
        law = by_sequences([target] + [reference] * (users - 1))
        same("mass outside", sum((p for h, p in law.items() if h[2]), one * 0), target[2])
    return users + 1


@checks(
    "homogeneous-witness",
    evidence=Evidence.SYMBOLIC,
    units=tuple((n, x) for n in (2, 3, 4) for x in (0, 1, 2)),
)
def others_all_alike_are_a_walk(users: int, companion: int) -> int:
    """k-ary response for every k >= 3 and w > 1, all others at one value, up to 4 users: the walk's laws are those of the data set."""
    domain = Domain.of(("w > 1", "k >= 3"))
    randomizer = SymbolicRandomizer.kary("k", assume=("w > 1", "k >= 3"))
    found = loss(randomizer, target=(0, 1), others=(companion,) * (users - 1))
    claimed = merged_law(
        domain, found.scale, walk_weights(companion_letters(domain, companion), users).values()
    )
    return same_laws(f"others at {companion}", claimed, found)


@checks("swap-law", evidence=Evidence.SYMBOLIC, units=((2,), (3,), (4,), (5,)))
def swapping_reflects_the_pieces(users: int) -> int:
    """Shuffled binary response, every data set of up to 5 users, all w > 1: pieces in alpha of (Q, P) are those of (P, Q) reflected."""
    coin = SymbolicRandomizer.binary()
    cases = 0
    for ones in range(users):
        others = (0,) * (users - 1 - ones) + (1,) * ones
        (plain,), (swapped,) = (
            delta(coin, target=pair, others=others).regions() for pair in ((1, 0), (0, 1))
        )
        for piece, image in zip(plain.pieces, reversed(swapped.pieces), strict=True):
            case = f"{ones} ones among {users - 1}, alpha from {piece.start} to {piece.end}"
            same(case, image.line[0], piece.scale - piece.line[1])
            same(case, image.line[1], piece.scale - piece.line[0])
            same(case, sympy.cancel(piece.start * image.end) if piece.before else 1, 1)
            cases += 1
    return cases


@checks("binary-threshold", evidence=Evidence.SYMBOLIC, units=((2,), (3,), (4,), (5,), (6,)))
def thresholds_are_optimal(users: int) -> int:
    """Every data set and threshold of up to 6 users, all w > 1: the bracket is the threshold's excess, and likelihood ratios rise."""
    coin = SymbolicRandomizer.binary()
    for ones in range(users):
        others = (0,) * (users - 1 - ones) + (1,) * ones
        found = loss(coin, target=(1, 0), others=others)
        if not found.is_ordered or len(found.atoms) != users + 1:
            raise CheckFailedError(f"{ones} ones among {users - 1}: likelihood ratios coincide or cross")
        sent = [dict(atom.example[0]).get("1", 0) for atom in found.rising]
        if sent != list(range(users + 1)):
            raise CheckFailedError(
                f"{ones} ones among {users - 1}: likelihood ratios do not rise with the count: {sent}"
            )
        for t in range(users + 1):
            claimed = bracket(ones, t, users)
            atoms = found.rising[t:]
            same(f"P(T >= {t}), {ones} ones", claimed[0], sum((a.first for a in atoms), ZERO))
            same(f"Q(T >= {t}), {ones} ones", claimed[1], sum((a.second for a in atoms), ZERO))
        law = ones_sent(ones, users - 1 - ones)
        for a, b, c in zip(law, law[1:], law[2:], strict=False):
            stays_nonnegative(f"log-concavity, {ones} ones", b * b - a * c)
    return users * (users + 1)


@checks("binary-unimodal", evidence=Evidence.SYMBOLIC, units=((2,), (3,), (4,), (5,), (6,)))
def one_more_one_changes_the_bracket(users: int) -> int:
    """Up to 6 users, all w > 1: the difference of brackets of neighbouring data sets, and that its sign changes once."""
    cases = 0
    for ones in range(users - 1):
        law = [*ones_sent(ones, users - 2 - ones), ZERO]
        for t in range(1, users + 1):
            before, after = law[t - 2] if t >= 2 else ZERO, law[t - 1]
            # (1 - 2p) (A P(Z' = t-2) - B P(Z' = t-1)) (1 + w)^n, intercept and slope in alpha
            claimed = ((W - 1) * (W * before + after), (W - 1) * (before + W * after))
            lines = [bracket(m, t, users) for m in (ones, ones + 1)]
            for side in (0, 1):
                same(f"F({ones + 1}, {t}) - F({ones}, {t})", claimed[side], lines[1][side] - lines[0][side])
            cases += 1
        if ones + 1 < users - 1:
            further = ones_sent(ones + 1, users - 3 - ones)
            for (a, b), (c, d) in zip(pairwise(law), pairwise(further), strict=False):
                stays_nonnegative(f"P(Z' = t-2)/P(Z' = t-1) falls, {ones} ones", a * d - b * c)
    return cases


@checks("clones-reduction", evidence=Evidence.SYMBOLIC, units=((1,), (2,), (3,), (4,)))
def clones_are_a_walk(users: int) -> int:
    """Up to 4 users, all w: each outcome of the clones pair, by its definition, has the walk's probability."""
    letters, base = clones_letters()
    claimed = walk_weights(letters, users)
    left = {h: list(pair) for h, pair in claimed.items()}
    for clones in range(users):
        # C clones, each at zero or one with chance 1/(2w) = (1 + w)/base
        share = binomial(users - 1, clones) * (1 + W) ** clones * (base - 2 * (1 + W)) ** (users - 1 - clones)
        for zeros in range(clones + 1):
            for sent, masses in ((1, letters[0][:2]), (0, letters[1][:2])):
                seen = (zeros + sent, clones - zeros + 1 - sent, users - 1 - clones)
                for side in (0, 1):
                    left[seen][side] -= binomial(clones, zeros) * share * masses[side]
    for h, rest in left.items():
        for side in (0, 1):
            same(f"outcome {h}, law {side}, what is left", rest[side], ZERO)
    return len(left)


@checks("clones-reduction", evidence=Evidence.SYMBOLIC, units=((2, 2), (2, 3), (2, 4), (3, 2), (3, 3)))
def clones_bound_response(values: int, users: int) -> int:
    """Binary and ternary response of up to 4 and 3 users: for all w > 1 and all alpha no data set is above the clones pair."""
    return _bounds("clones", *clones_letters(), values, users)


@checks(
    "blanket-reduction", evidence=Evidence.SYMBOLIC, units=((2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (4, 3))
)
def blanket_bounds_response(values: int, users: int) -> int:
    """k-ary response of up to 4 users: for all w > 1 and all alpha no data set is above the blanket's walk."""
    return _bounds("blanket", *blanket_letters(values), values, users)


@checks(
    "blanket-reduction", evidence=Evidence.SYMBOLIC, units=((2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (4, 3))
)
def blanket_and_value_make_the_message(values: int, users: int) -> int:
    """k-ary response of up to 4 users: blanket messages on heads and the value on tails give the law of every data set."""
    randomizer = SymbolicRandomizer.kary(values)
    for others in combinations_with_replacement(range(values), users - 1):
        mixed: dict[tuple[int, ...], Polynomial] = {}
        for coins in product((True, False), repeat=users - 1):
            # on heads every message has weight 1, on tails the own value has w - 1; over w + k - 1
            drawn = [
                [ONE if heads else (W - 1) * (x == y) for y in range(values)]
                for heads, x in zip(coins, others, strict=True)
            ]
            truth = [W if y == 0 else ONE for y in range(values)]
            for h, weight in by_sequences([truth, *drawn]).items():
                mixed[h] = mixed.get(h, ZERO) + weight
        rows = [[W if x == y else ONE for y in range(values)] for x in (0, *others)]
        for h, weight in by_sequences(rows).items():
            same(f"histogram {h}, others {others}", mixed[h], weight)
        found = loss(randomizer, target=(0, 1), others=others)
        same("total", found.scale, sum(mixed.values(), ZERO))
    return binomial(users + values - 2, values - 1)


def _bounds(name: str, letters: Sequence[Masses], base: Polynomial, values: int, users: int) -> int:
    """Divide (w, alpha) by the envelope of all data sets and the bound: the bound has to be on top everywhere."""
    exact = delta(SymbolicRandomizer.kary(values), users=users)
    scale = exact.losses[0].scale
    walk = [(p * scale, q * scale) for p, q in walk_weights(letters, users).values()]
    bound = merged_law(ABOVE_ONE, scale * base**users, walk)
    raised = [
        merged_law(
            ABOVE_ONE, bound.scale, [(a.first * base**users, a.second * base**users) for a in each.atoms]
        )
        for each in exact.losses
    ]
    regions = SymbolicDelta((bound, *raised)).regions()
    for region in regions:
        for piece in region.pieces:
            if 0 not in piece.worst:
                data = exact.losses[min(piece.worst) - 1].data
                case = f"{values}-ary response, w = {region.sample}, alpha from {piece.start} to {piece.end}"
                raise CheckFailedError(f"{case}: the data {data} lose more than the {name} pair")
    return sum(len(region.pieces) for region in regions)


@checks("local-blanket", evidence=Evidence.SYMBOLIC, units=((3, 2), (3, 3), (4, 2), (4, 3)))
def binary_blanket_bounds_response(values: int, users: int) -> int:
    """Response with 3 and 4 values, up to 3 users: for all w > 1 and all alpha no data set is above the blanket of binary response."""
    return _bounds("binary blanket", *blanket_letters(2), values, users)


_POINTS = tuple((values, w) for values in (2, 3, 6) for w in (Fraction(3, 2), Fraction(7)))


@checks("blanket-reduction", evidence=Evidence.PROPERTY)
def the_blanket_is_that_of_the_code() -> int:
    """k-ary response at 6 pairs (k, w): the letters that the bound is computed from are those of the symbolic checks."""
    for values, w in _POINTS:
        letters, base = blanket_letters(values)
        exact = [[evaluated(f, (w,)) / evaluated(base, (w,)) for f in letter] for letter in letters]
        with precision(100):
            code = KaryRandomizedResponse.with_factor(values, Factor.of(w)).blanket_letters((0, 1))
        _encloses(f"{values} values, w = {w}", exact, code)
    return len(_POINTS)


@checks("homogeneous-witness", evidence=Evidence.PROPERTY)
def the_companions_are_those_of_the_code() -> int:
    """k-ary response at 4 pairs (k, w), others at x0, x1 or x2: the letters of the witness are those of the symbolic checks."""
    domain = Domain.of(("w > 1", "k >= 3"))
    points = [point for point in _POINTS if point[0] > 2]
    for (values, w), companion in product(points, (0, 1, 2)):
        at = (Fraction(values), w)
        letters = companion_letters(domain, companion)
        exact = [[evaluated(f, at) / (w + values - 1) for f in letter] for letter in letters]
        with precision(100):
            code = KaryRandomizedResponse.with_factor(values, Factor.of(w)).companion_letters(
                (0, 1), companion
            )
        _encloses(
            f"{values} values, w = {w}, others at {companion}",
            [letter for letter in exact if any(letter)],
            code,
        )
    return 3 * len(points)


def _encloses(case: str, exact: Sequence[Sequence[Fraction]], code: Sequence[Letter]) -> None:
    if len(exact) != len(code):
        raise CheckFailedError(f"{case}: {len(exact)} letters, in the code {len(code)}")
    for masses, letter in zip(exact, code, strict=True):
        for mass, ball in zip(masses, (letter.first, letter.second, letter.reference), strict=True):
            if not exact_lower(ball) <= mass <= exact_upper(ball):
                raise CheckFailedError(f"{case}: a mass of {mass} is {ball} in the code")
