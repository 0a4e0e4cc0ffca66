"""The histogram task of an Internet-Draft: what its table claims, and what is certified about the same task.

draft-wang-ppm-differential-privacy-00, section 6.1.1 ("Prio3MultiHotHistogram with Client Randomization"):
clients flip every bit of a one-hot vector with probability 1/(e^epsilon0 + 1), and only the sums of each
bucket are released. The draft states epsilons at n = 100,000 and delta = 1e-9 and leaves open why they hold.
"""

import accounting as csa

USERS = 100_000
BUCKETS = 16
DELTA = "1e-9"
TABLE = (("5", "0.317"), ("6.5", "0.906"), ("7", "1.528"))
"""Local epsilon of one bit, and the draft's epsilon."""


def main() -> list[tuple[str, str, csa.Bounds]]:
    """Bound epsilon for each row of the draft's table."""
    rows = []
    for epsilon0, claimed in TABLE:
        task = csa.Shuffle(csa.SymmetricUnary(BUCKETS, epsilon0, release="sums"), users=USERS)
        rows.append((epsilon0, claimed, task.epsilon(delta=DELTA)))
    print(f"n = {USERS:,}, delta = {DELTA}, replacing one user's value")
    print("epsilon0  the draft  certified")
    for epsilon0, claimed, bounds in rows:
        print(f"{epsilon0:>8}  {claimed:>9}  {bounds}")
    print(justification(rows))
    return rows


def justification(rows: list[tuple[str, str, csa.Bounds]]) -> str:
    """Say why the claims hold, where they do."""
    held = [epsilon0 for epsilon0, claimed, bounds in rows if bounds.upper <= float(claimed)]
    claims = dict.fromkeys(claim for _, _, bounds in rows for claim in bounds.upper_claims)
    return (
        f"The draft's epsilon is certified for epsilon0 = {', '.join(held) or 'none'}: replacing a one-hot vector moves two"
        " coordinates, given the data their sums are independent, and each is the count of shuffled binary randomized"
        f" response. By {', '.join(claims)}; provided that at least {USERS:,} users are honest, flip bits as declared with fresh"
        " randomness, and nothing but the sums of the buckets is released."
    )


if __name__ == "__main__":
    main()
