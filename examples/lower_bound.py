"""What every counter over k concurrent shufflers errs at least, and what more shufflers could gain."""

import accounting as csa


def main() -> list[csa.LowerBound]:
    """Bound a million users at epsilon = 1 from below, for one shuffler to four."""
    bounds = [csa.lower_bound(users=10**6, shufflers=k, epsilon=1, delta="1e-10") for k in range(1, 5)]
    for bound in bounds:
        print(bound.describe())
    return bounds


if __name__ == "__main__":
    main()
