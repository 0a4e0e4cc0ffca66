"""The fewest users with which a shuffler is certified to stay within a budget."""

from fractions import Fraction

import accounting as csa

EPSILON, DELTA = "0.5", "1e-6"


def is_safe(users: int) -> bool:
    """Say whether the budget is certified for a batch of so many present and honest users."""
    shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0="1"), users=users)
    return shuffle.delta(epsilon=EPSILON).upper <= Fraction(DELTA)


def main() -> int:
    """Double until safe, then halve the gap; every size in between is decided by its own evaluation."""
    unsafe, safe = 1, 2
    while not is_safe(safe):
        unsafe, safe = safe, 2 * safe
    while safe - unsafe > 1:
        middle = (unsafe + safe) // 2
        unsafe, safe = (unsafe, middle) if is_safe(middle) else (middle, safe)
    print(f"({EPSILON}, {DELTA})-DP is certified from {safe:,} users on")
    return safe


if __name__ == "__main__":
    main()
