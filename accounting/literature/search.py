"""A search for data sets that lose more than a published bound claims, and a way to make a find small.

A find is certain: the loss is exact or a certified lower end, the claim exact or a certified upper end, and the first is above
the second. No find is no proof: it says how many cases were gone through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, TypeAlias

from ..errors import NotCoveredError, ParameterError
from ..numerics.enclosure import Enclosure
from ..numerics.exact import whole
from ..randomizers import FiniteKernel, Randomizer
from .certificate import Counterexample
from .exact_claims import exactly_claimed
from .factors import factors_below, simple_factors
from .losses import Loss, worst
from .smaller import smaller_kernels

__all__ = ["Claiming", "Factors", "Searched", "refuted_at", "search", "shrink"]

Factors: TypeAlias = "Sequence[Fraction] | Callable[[FiniteKernel, int], Sequence[Fraction]] | None"
"""Factors e^epsilon in the order in which they are tried: the same for all, or by randomizer and number of users;
None takes the rationals from 1 to below e^epsilon0 with denominators up to 3."""


class Claiming(Protocol):
    """What the search asks of a bound."""

    @property
    def id(self) -> str:
        """The name of the bound."""

    def claimed_delta(self, randomizer: Randomizer, *, users: int, alpha: Fraction) -> Enclosure:
        """Enclose the claimed delta; raise NotCoveredError where nothing is claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search found, and how far it went.

    Attributes:
        counterexample: the first one in the order of the search; None where all cases agree with the bound.
        cases: triples of a randomizer, a number of users and a factor at which loss and claim were compared.
        refuted: how many of the cases refute the bound; a search that stops at the first counts one.
        undecided: cases in which the loss lies inside the enclosure of the claim, so that nothing follows.
        not_covered: cases about which the bound claims nothing.
    """

    counterexample: Counterexample | None
    cases: int
    refuted: int
    undecided: int
    not_covered: int


def search(
    bound: Claiming,
    kernels: Iterable[FiniteKernel],
    *,
    users: Iterable[int],
    alphas: Factors = None,
    most: int | None = 1,
) -> Searched:
    """Compare a bound with the worst data sets that are known, fewest users first.

    Where all data sets are gone through (few users), the first find has the fewest users of all, and among those it is
    the first in the order of the family and then of the factors.

    Args:
        bound: what claims a delta.
        kernels: randomizers with rational channels, in the order in which they are tried.
        users: numbers of users, the target included; tried in increasing order.
        alphas: factors e^epsilon, in the order in which they are tried.
        most: stop after so many finds; None goes through everything.

    Returns:
        The find and the number of cases.

    Raises:
        ParameterError: a number of users is below 2, or a factor is not positive.
    """
    family = tuple(kernels)
    sizes = sorted({whole("users", n, least=2) for n in users})
    first: Counterexample | None = None
    cases = refuted = undecided = not_covered = 0
    for n in sizes:
        for kernel in family:
            chosen = _factors(alphas, kernel, n)
            claims = [_claim(bound, kernel, n, alpha) for alpha in chosen]
            not_covered += claims.count(None)
            if all(claim is None for claim in claims) or kernel.channel() is None:
                continue
            for alpha, claim, loss in zip(chosen, claims, worst(kernel, n, chosen), strict=True):
                if claim is None:
                    continue
                cases += 1
                if claim.lower < loss.delta <= claim.upper and loss.delta_is == "equal":
                    claim = _sharper(bound.id, kernel, n, alpha, claim)
                if loss.delta > claim.upper:
                    refuted += 1
                    first = first or _certificate(bound.id, kernel, alpha, loss, claim)
                    if most is not None and refuted >= most:
                        return Searched(
                            counterexample=first,
                            cases=cases,
                            refuted=refuted,
                            undecided=undecided,
                            not_covered=not_covered,
                        )
                elif loss.delta > claim.lower:
                    undecided += 1
    return Searched(
        counterexample=first, cases=cases, refuted=refuted, undecided=undecided, not_covered=not_covered
    )


def refuted_at(
    bound: Claiming, kernel: FiniteKernel, users: int, alphas: Sequence[Fraction]
) -> Counterexample | None:
    """Return the first counterexample for one randomizer and number of users, or None."""
    return search(bound, (kernel,), users=(users,), alphas=alphas).counterexample


def shrink(bound: Claiming, found: Counterexample) -> Counterexample:
    """Make a counterexample small: fewest users, then values, messages, denominators of the channel and the factor.

    Each step looks for another counterexample that is smaller in this order (`Counterexample.size`): with the same
    randomizer and fewer users, then with a randomizer that has one value or message less or smaller denominators, then with a simpler
    factor. All data sets of a smaller case are looked at, not only those that remain of the old one.

    Args:
        bound: the bound that ``found`` refutes.
        found: where to begin.

    Returns:
        A counterexample from which no step leads to a smaller one; the given one where none does.
    """
    while (smaller := _smaller(bound, found)) is not None:
        found = smaller
    return found


def _smaller(bound: Claiming, found: Counterexample) -> Counterexample | None:
    kernel = found.kernel
    factors = tuple(dict.fromkeys((*factors_below(kernel), found.alpha)))
    fewer = search(bound, (kernel,), users=range(2, found.users), alphas=factors).counterexample
    if fewer is not None:
        return fewer
    for simpler in smaller_kernels(found.channel):
        candidate = refuted_at(
            bound, simpler, found.users, tuple(dict.fromkeys((*factors_below(simpler), found.alpha)))
        )
        if candidate is not None and candidate.size < found.size:
            return candidate
    return next(
        (
            candidate
            for alpha in simple_factors(denominator=found.alpha.denominator, most=found.alpha + 1)
            if (alpha.denominator, alpha.numerator) < (found.alpha.denominator, found.alpha.numerator)
            and (candidate := refuted_at(bound, kernel, found.users, (alpha,))) is not None
        ),
        None,
    )


def _factors(alphas: Factors, kernel: FiniteKernel, users: int) -> tuple[Fraction, ...]:
    if alphas is None:
        return factors_below(kernel)
    chosen = alphas(kernel, users) if callable(alphas) else alphas
    if any(alpha <= 0 for alpha in chosen):
        raise ParameterError(
            "alphas", "must be positive", [str(alpha) for alpha in chosen], "They are e^epsilon"
        )
    return tuple(chosen)


def _claim(bound: Claiming, kernel: FiniteKernel, users: int, alpha: Fraction) -> Enclosure | None:
    try:
        return bound.claimed_delta(kernel, users=users, alpha=alpha)
    except NotCoveredError:
        return None


def _sharper(bound_id: str, kernel: FiniteKernel, users: int, alpha: Fraction, claim: Enclosure) -> Enclosure:
    """The claim as a fraction, where its sum over all counts is known."""
    claimed = None if claim.is_exact else exactly_claimed(bound_id, kernel, users, alpha)
    if claimed is None:
        return claim
    if claimed not in claim:
        raise ArithmeticError(f"{bound_id} claims {claimed} by its sum, but lies in {claim} by its enclosure")
    return Enclosure.exactly(claimed)


def _certificate(
    bound_id: str, kernel: FiniteKernel, alpha: Fraction, loss: Loss, claim: Enclosure
) -> Counterexample:
    channel = kernel.channel()
    if channel is None:
        raise NotCoveredError(f"{kernel.describe()}: a certificate needs rational probabilities")
    claim = _sharper(bound_id, kernel, 1 + sum(count for _, count in loss.others), alpha, claim)
    return Counterexample(
        bound=bound_id,
        channel=channel,
        target=loss.target,
        others=loss.others,
        alpha=alpha,
        delta=loss.delta,
        claimed=claim.upper,
        delta_is=loss.delta_is,
        claimed_is="equal" if claim.is_exact else "at most",
    )
