"""One shuffler: what may be promised at a delta, and what is surely lost."""

import accounting as csa


def main() -> csa.Bounds:
    """Bound the epsilon of 10,000 shuffled answers to a question with ten choices."""
    shuffle = csa.Shuffle(csa.KaryRandomizedResponse(values=10, epsilon0="2"), users=10_000)
    epsilon = shuffle.epsilon(delta="1e-6")
    print(f"epsilon at delta = 1e-6: {epsilon}")
    print(f"the upper end rests on: {', '.join(epsilon.upper_claims)}")
    return epsilon


if __name__ == "__main__":
    main()
