"""What published bounds claim about one shuffle, and which of them claim less than is surely lost."""

from fractions import Fraction

import accounting as csa
from accounting.literature import PUBLISHED

RANDOMIZER = csa.KaryRandomizedResponse(values=4, keep="13/16")  # e^epsilon0 = 13
USERS = 1000
DELTA = Fraction(1, 10_000)


def main() -> dict[str, bool]:
    """Say of each bound that claims an epsilon whether it is below the loss of explicit data sets."""
    certified = csa.Shuffle(RANDOMIZER, users=USERS).epsilon(delta=DELTA)
    print(f"certified: {certified}")
    below = {}
    for name, bound in PUBLISHED.items():
        try:
            claimed = bound.claimed_epsilon(RANDOMIZER, users=USERS, delta=DELTA)
        except csa.NotCoveredError:
            continue
        below[name] = claimed.upper < Fraction(certified.lower)
        print(f"{name}, {bound.status}: {claimed}{' is less than what is lost' if below[name] else ''}")
    return below


if __name__ == "__main__":
    main()
