"""The symbolic laws and regions against other roads to them."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, product

import sympy

from accounting import symbolic
from accounting.symbolic import Root, SymbolicRandomizer, delta, loss
from proofs.reference import public_functions, randomizers
from proofs.reference.shuffle_enumeration import exact_delta

from .check import CheckFailedError, Evidence, checks
from .identities import binomial, by_sequences, merged_law, same, same_laws


@checks("symbolic-enumeration", evidence=Evidence.SYMBOLIC, units=((2, 2), (2, 3), (3, 2), (3, 3)))
def laws_are_those_of_all_sequences(values: int, users: int) -> int:
    """A matrix without symmetries, all pairs of data sets of up to 3 users: laws against the sum over all sequences of messages."""
    rows = [
        ["w/(1 + w)", "1/(1 + w)", "0"],
        ["1/(2*w)", "1/3", "2/3 - 1/(2*w)"],
        ["1/w**2", "1/w - 1/w**2", "1 - 1/w"],
    ][:values]
    randomizer = SymbolicRandomizer.of_matrix(rows, assume="w > 1")
    numerators = randomizer.rows or ()
    for x0, x1 in product(range(values), repeat=2):
        for others in combinations_with_replacement(range(values), users - 1):
            found = loss(randomizer, target=(x0, x1), others=others)
            laws = [by_sequences([numerators[x] for x in (target, *others)]) for target in (x0, x1)]
            claimed = merged_law(randomizer.domain, found.scale, [(laws[0][h], laws[1][h]) for h in laws[0]])
            same_laws(f"target {x0}, {x1}, others {others}", claimed, found)
    return values**2 * binomial(users + values - 2, values - 1)


@checks("symbolic-enumeration", evidence=Evidence.SYMBOLIC, units=((2, 3), (3, 4)))
def values_may_be_a_symbol(users: int, values: int) -> int:
    """k-ary response: the law for a symbolic k, with the number put in, is that of the matrix with so many rows."""
    any_k = SymbolicRandomizer.kary("k", assume=("w > 1", f"k >= {users + 1}"))
    listed = SymbolicRandomizer.of_matrix(SymbolicRandomizer.kary(values).matrix(), assume="w > 1")
    several = delta(any_k, users=users)
    for each in several.losses:
        (target, others), *_ = each.data
        found = delta(any_k, target=target, others=others).with_values(k=values).losses[0]
        direct = loss(listed, target=target, others=others)
        same_laws(f"others {others} of {values} values", direct, found)
        count = sum(a.outcomes.subs("k", values) for a in each.atoms)
        same("number of histograms", count, binomial(users + values - 1, users))
    return len(several.losses)


@checks("symbolic-regions", evidence=Evidence.PROPERTY, units=((2, 4), (2, 5), (3, 3)))
def regions_agree_with_the_definition(values: int, users: int) -> int:
    """All regions of small k-ary responses, at fixed points and next to all ends: pieces against the largest sum of positive parts."""
    whole = delta(SymbolicRandomizer.kary(values), users=users)
    cases = 0
    for region in whole.regions():
        fixed = [w for w in _GRID if region.contains(w)]
        for w in {*fixed, *_next_to(region.lower, above=True), *_next_to(region.upper, above=False)}:
            symbol = sympy.Rational(w.numerator, w.denominator)
            ends = [*(piece.start.subs("w", symbol) for piece in region.pieces), sympy.Integer(100)]
            if ends != sorted(ends):
                raise CheckFailedError(f"w = {w}: the breakpoints {ends} do not rise")
            for piece, (start, end) in zip(region.pieces, pairwise(ends), strict=True):
                alpha = (start + end) / 2
                claimed = piece.value.subs({"w": symbol, "alpha": alpha})
                exact = whole.at(str(alpha), w=w)
                if str(claimed) != str(exact):
                    case = f"w = {w}, alpha = {alpha}"
                    raise CheckFailedError(f"{case}: the piece gives {claimed}, the data sets {exact}")
                cases += 1
    return cases


_GRID = tuple(Fraction(tenths, 10) for tenths in (11, 12, 13, 15, 17, 18, 19, 21, 25, 30, 80))


def _next_to(root: Root | None, *, above: bool) -> list[Fraction]:
    """Return a rational number close to an end of a region, inside it."""
    if root is None:
        return []
    lower, upper = root.enclosed()
    step = upper - lower + Fraction(1, 10**9)
    return [upper + step if above else lower - step]


def _kind(name: str, w: Fraction) -> tuple[SymbolicRandomizer, randomizers.Matrix]:
    """A small instance of a kind in symbols, and its matrix by definition at ``w``."""
    flip, half = 1 / (1 + w), w / (1 + w)
    noise = {"f": Fraction(1, 2), "p": flip, "q": 1 - flip}
    match name:
        case "symmetric_unary":
            return symbolic.symmetric_unary(3), randomizers.unary(3, 1 - flip, flip)
        case "optimized_unary":
            return symbolic.optimized_unary(3), randomizers.unary(3, Fraction(1, 2), flip)
        case "basic_rappor":
            made = symbolic.basic_rappor(2, "1/2", "1/(1 + w)", "w/(1 + w)", assume="w > 1")
            return made, randomizers.rappor(2, **noise)
        case "rappor":
            made = symbolic.rappor(3, 1, f="1/2", p="1/(1 + w)", q="w/(1 + w)", assume="w > 1")
            alone = [[frozenset({x}) for x in range(3)]]
            return made, public_functions.rappor(3, alone, **noise)
        case "count_mean_sketch":
            family = [[0, 1, 0, 1], [0, 1, 1, 0]]
            made = symbolic.count_mean_sketch(2, 2)
            return made, public_functions.count_mean_sketch(2, family, 1 - flip)
        case "subset_selection":
            return symbolic.subset_selection(4, 2), randomizers.subset_selection(4, 2, half)
        case "hadamard_response":
            return symbolic.hadamard_response(3, 1), randomizers.hadamard_response(3, 1, half)
        case "local_hashing":
            return symbolic.local_hashing(2, 2), randomizers.local_hashing(2, 2, half)
        case _:
            return symbolic.truncated_geometric(2), randomizers.truncated_geometric(2, 1 / w)


@checks(
    "symbolic-enumeration",
    evidence=Evidence.PROPERTY,
    units=(
        ("symmetric_unary",),
        ("optimized_unary",),
        ("basic_rappor",),
        ("rappor",),
        ("count_mean_sketch",),
        ("subset_selection",),
        ("hadamard_response",),
        ("local_hashing",),
        ("truncated_geometric",),
    ),
)
def kinds_lose_what_their_definitions_do(name: str) -> int:
    """Small instances of every finite kind, 2 users, two values of w, three factors: delta in symbols against all data sets of the matrix by definition."""
    cases = 0
    for w in (Fraction(3, 2), Fraction(4)):
        made, matrix = _kind(name, w)
        found = delta(made, users=2)
        for alpha in (Fraction(1, 2), Fraction(1), Fraction(5, 4)):
            claimed, exact = found.at(alpha, w=w), exact_delta(matrix, 2, alpha)
            if claimed != exact:
                raise CheckFailedError(f"{name}, w = {w}, alpha = {alpha}: {claimed} in symbols, {exact}")
            cases += 1
    return cases
