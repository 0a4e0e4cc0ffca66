"""One report of each user in two batches: what that loses, and why composing is wrong in both directions."""

from fractions import Fraction

import accounting as csa

COIN = csa.BinaryRandomizedResponse(keep="3/4")


def exact(atoms: dict[tuple[str, ...], int]) -> Fraction:
    """Return the exact delta at e^epsilon = 2 of a few users, given as atoms."""
    delta = csa.ReusedReports(COIN, atoms).exact_delta(alpha=2).delta
    if not isinstance(delta, Fraction):
        raise TypeError("delta is a fraction where all probabilities are")
    return delta


def main() -> tuple[csa.Bounds, csa.Bounds]:
    """Compare small cases exactly, then bound two cadences of a large deployment."""
    shuffle = csa.Shuffle(COIN, users=3)
    composed = csa.exact_delta([shuffle, shuffle], alpha=2).delta
    print(f"two batches of three users, e^epsilon = 2; fresh reports lose delta = {composed}")
    print(f"  the same report, the same users in both: {exact({('a', 'b'): 3})}, as one batch loses")
    known = exact({("a", "b"): 1, ("a", "c"): 2, ("b",): 2})
    print(f"  one user in both, the others of a also in batch c: {known}, as the report alone loses")

    # daily and weekly batches of users in order of arrival: the day is in the middle of its week
    nested = csa.ReusedReports.from_batches(COIN, {"day": (40_001, 50_000), "week": (1, 100_000)})
    # batches that overlap by half: the histograms do not determine who is in both
    half = csa.ReusedReports.from_batches(COIN, {"one": (1, 20_000), "two": (10_001, 30_000)})
    answers = nested.epsilon(delta="1e-8"), half.epsilon(delta="1e-8")
    for batches, answer in zip((nested, half), answers, strict=True):
        print(", ".join(f"{atom.users:,} {atom.words}" for atom in batches.atoms))
        print(f"  epsilon at delta = 1e-8: {answer}")
    return answers


if __name__ == "__main__":
    main()
