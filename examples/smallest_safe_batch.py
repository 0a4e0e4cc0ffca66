"""The fewest users, and the largest epsilon0, with which a shuffler is certified to stay within a budget."""

import accounting as csa


def main() -> csa.Calibration:
    """Answer both questions; each with the nearest value that is certified not to be safe."""
    smallest = csa.smallest_batch(csa.BinaryRandomizedResponse(epsilon0="1"), epsilon="0.5", delta="1e-6")
    print(smallest.sentence())
    largest = csa.largest_epsilon0("pure-local", users=10_000, epsilon="0.5", delta="1e-6")
    print(largest.sentence())
    return smallest


if __name__ == "__main__":
    main()
