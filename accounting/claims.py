"""The named claims that the numbers rest on, and the tie between code and claim.

Each claim has a file ``proofs/statements/<id>.md`` with its assumptions and proof.
Ids are words; they never change meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["CLAIMS", "USED", "Claim", "relies_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement with a proof.

    Attributes:
        id: the name of its file below ``proofs/statements``.
        title: the statement in one line.
    """

    id: str
    title: str


def _table(**titles: str) -> dict[str, Claim]:
    return {(name := key.replace("_", "-")): Claim(id=name, title=title) for key, title in titles.items()}


CLAIMS: dict[str, Claim] = _table(
    outward_rounding="Every printed or returned end is rounded away from the enclosed value.",
    swap_law="delta of (Q, P) at epsilon is 1 - e^epsilon (1 - delta of (P, Q) at -epsilon).",
    walk_identity="A shuffled message among i.i.d. ones loses the expected positive part of a random walk.",
    homogeneous_witness="Others all holding one value: an explicit pair of data sets, exactly a random walk.",
    blanket_reduction="The privacy blanket bounds every data set of a finite randomizer.",
    input_mixtures="Randomising a user's value before the declared randomizer never raises the loss.",
    public_functions="Values encoded through public functions: those that every function tells apart lose most in the blanket bound.",
    disjoint_intervals="Two levels on intervals: values whose own intervals do not meet lose most in the blanket bound.",
    farthest_ends="Noise that falls geometrically with the distance: the two ends lose most in the blanket bound.",
    spread_letters="Spreading a class of messages onto two likelihood ratios around its own never lowers a walk.",
    gaussian_ends="Gaussian noise on an interval: the two ends lose most in the blanket bound.",
    clipped_letters="Where likelihood ratios have no bound, giving away what exceeds a cut never lowers a walk's bound.",
    clones_reduction="Clones: a random walk bounds every shuffled epsilon0-LDP randomizer.",
    local_blanket="The blanket of binary response bounds every shuffled epsilon0-LDP randomizer.",
    binary_threshold="Shuffled binary response: for each data set a threshold on the count is optimal.",
    binary_unimodal="The threshold bracket of binary response is unimodal in the ones among the others.",
    binary_relaxation="A real relaxation of the lattice contour bounds blocks of data sets of binary response.",
    binary_table="Few users: laws by Pascal's rule in floats lose at most a stated share.",
    unary_sums="Sums of unary encodings lose at most two independent binary responses; the data set is shared.",
    unary_bit_sums="Sums of unary encodings with any two bit probabilities lose at most two independent counts, one order of each.",
    binary_envelope="Rectangles of the real relaxation bound the worst data set of binary response at many factors.",
    shifted_counts="A released count with binomial noise loses exactly what the largest shift loses.",
    binomial_normal="The normal quantile of a binomial law lies between two neighbouring signed roots of its divergence.",
    gaussian_shift="Released counts of vectors lose at most a Gaussian shift by their joint length, and the tails of the noise.",
    bandit_privacy="A bandit's releases, and what others are shown, lose at most one batch of the fewest users at each level.",
    bandit_width="A ridge estimate from noisy sums is off by at most two radii: one in the norm of the inverse, one in its length.",
    gram_sensitivity="Gram matrices and reward vectors of two users of a linear bandit are at most sqrt 2 (1 + weight^2/2) apart.",
    mixed_populations="Users with different local epsilons: each crowd of groups bounds the loss, and a threshold on a count is lost at least.",
    shifted_noise="A released count with Poisson or negative binomial noise loses exactly what one threshold on it reveals.",
    noise_tails="Tails of Poisson and negative binomial laws by a finite Fourier sum, at a cost that does not grow with the noise.",
    count_table="All tails of one binomial law by products of quotients, with a geometric remainder.",
    pure_ratio="At delta = 0 a shuffled randomizer loses the largest local log ratio.",
    contour_identity="The expected positive part of a walk is a contour integral.",
    contour_aliasing="The trapezoid rule on the contour errs by sums of tilted positive parts, all nonnegative.",
    contour_smoothing="Gaussian smoothing brackets the expected positive part.",
    contour_tail="Nodes left out of the trapezoid sum are bounded through pairs of atoms.",
    contour_pieces="Around one alpha the contour's sum is a power series: polynomials enclose the walk on a whole piece.",
    exact_walk="Summation over counts with a bounded remainder encloses the expected positive part.",
    lattice_contour="Tails of sums of Bernoulli variables by a finite Fourier sum with bounded aliasing.",
    certified_inverse="epsilon(delta) is enclosed by two certified evaluations of a falling curve.",
    connect_the_dots="Chords through samples of a privacy curve dominate it; prolonged neighbouring chords are dominated.",
    renyi_of_curve="The Renyi divergence is an integral of the privacy curve, so chords above the curve bound it.",
    renyi_filter="A user whose charges of one order stay within a limit keeps the budget, however sizes react to releases.",
    trade_off_of_curve="The trade-off function is the conjugate of the privacy curve: tangents bound it, kinks attain it.",
    gaussian_dominance="A chord lies below the Gaussian mechanism's curve when both ends lie below one of its tests.",
    float_losses="Masses inflated before they become floats: a float sum over them is not below the exact curve.",
    grid_composition="Losses on a grid compose in integers, rounded and trimmed outward.",
    adaptive_composition="One-shot batches with fresh randomness compose like the product of their dominating pairs.",
    open_batches="Rules that look at releases only leave the messages of open batches as if nothing had been released.",
    parallel_batches="One-shot batches of other users add nothing to a user's loss, delta included.",
    basic_composition="Adaptive releases of one-shot batches: epsilons add and deltas add.",
    monotone_epsilon0="Smaller epsilon0 never raises the delta of the kinds that it describes; of the piecewise mechanism, the bound.",
    monotone_users="More present and honest users never raise the delta of these bounds.",
    worst_membership="A user of a schedule loses at most what componentwise smaller batches lose; no batch is an infinite one.",
    own_closing="Closing that reads the closing batch's own messages keeps the lower bound up to a constant for each k.",
    local_report="One report by itself loses what its two laws lose; under epsilon0-LDP binary response loses most.",
    reused_atoms="A re-used report hides among its atom; sums of atoms that the release determines lose no more.",
    reused_crowds="A report in several batches hides in each among the users who are in that batch only.",
    reused_enumeration="Enumeration of re-used reports visits every neighbouring pair of data sets.",
    counter_privacy="A counter, reacting to releases, loses at most one batch of the fewest users at each level.",
    counter_error="The counter's error over all steps: sums of moment generating functions bound its largest value.",
    symbolic_enumeration="Polynomial weights of all outcomes, merged by ratio, are the laws of shuffled histograms for all values of the symbols.",
    symbolic_regions="Envelopes of lines with polynomial coefficients keep their form between isolated roots.",
    posterior_spread="Whatever a pure release tells, a group's posterior is at least as spread as a coin that moves by s with probability p.",
    walk_maximum="The mean largest distance of a lazy walk with a long last step, from below: eigenvalues of a killed walk.",
    nested_windows="A nested row of groups and blocks leaves N separated groups, or a hidden block behind as many as its depth.",
    lower_bound_theorem="Every counter over k concurrent shufflers errs by what a hidden block or N separated groups cost.",
    structural_lemma="Every family of batches over a window of s_k users hides a block or separates N designated groups.",
    tight_windows="The users that force a hidden block or N separated groups on k shufflers: exactly two binomials of blocks.",
    histogram_enumeration="Enumeration of histograms visits every neighbouring pair of data sets.",
)

USED: dict[str, set[str]] = {}

_F = TypeVar("_F", bound=Callable[..., object])


def relies_on(*ids: str) -> Callable[[_F], _F]:
    """Record that a function's result is only as good as the named claims."""

    def tie(function: _F) -> _F:
        function.__relies_on__ = ids  # type: ignore[attr-defined]
        for name in ids:
            USED.setdefault(name, set()).add(f"{function.__module__}.{function.__qualname__}")
        return function

    return tie
