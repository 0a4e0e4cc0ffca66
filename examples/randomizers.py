"""Every kind of randomizer among 10,000 users: both ends of epsilon at delta = 1e-8, and their ratio."""

import accounting as csa

USERS, DELTA = 10_000, "1e-8"

ROWS: tuple[csa.Randomizer, ...] = (
    csa.BinaryRandomizedResponse("2"),
    csa.KaryRandomizedResponse(16, "4"),
    csa.MixedResponse(4, ["9/10", "1/10"], ["1/2", 6]),
    csa.SymmetricUnary(16, "2", release="sums"),
    csa.SymmetricUnary(16, "2", release="vectors"),
    csa.OptimizedUnary(16, "4"),
    csa.OptimizedUnary(16, "4", release="sums"),
    csa.UnaryEncoding(16, true_one="3/4", false_one="1/20"),
    csa.UnaryEncoding(16, true_one="3/4", false_one="1/20", release="sums"),
    csa.BasicRappor(16, f="1/2", p="1/4", q="3/4"),
    csa.BasicRappor(16, f="1/2", p="1/4", q="3/4", release="sums"),
    csa.SubsetSelection(16, 4, "2"),
    csa.HadamardResponse(1000, 1, "1"),
    csa.HadamardResponse(1000, 8, "4"),
    csa.LocalHashing(10**6, 8, "2"),
    csa.CountMeanSketch(65536, 1024, "4"),
    csa.Rappor(128, 2, 64, f="1/2", p="1/2", q="3/4"),
    csa.TruncatedGeometric(4, "2"),
    csa.LaplaceNoise("2"),
    csa.GaussianNoise("1"),
    csa.DuchiMean("2"),
    csa.PiecewiseMean("2"),
    csa.PiecewiseMean("1"),
    csa.FiniteRandomizer([["4/5", "1/10", "1/10"], ["1/3", "1/3", "1/3"]]),
    csa.PureLocal("2"),
    csa.BinomialCount(levels=1, bits=1, p="1/4"),
    csa.VectorCount(dimension=20, levels=100, sensitivity="2.1213203436", bits=800),
    csa.PoissonCount(levels=1, mean="1/4"),
    csa.NegativeBinomialCount(levels=10, shape="1/100", ratio="99/100"),
    csa.DiscreteLaplaceCount(levels=1, shape="1/100", ratio="9/10"),
)


def main() -> list[tuple[str, csa.Bounds]]:
    """Print the table."""
    found = []
    for randomizer in ROWS:
        bounds = csa.Shuffle(randomizer, users=USERS).epsilon(delta=DELTA)
        print(
            f"| {randomizer.kind} | {randomizer.describe()} | {bounds} | {bounds.upper / bounds.lower:.3f} |"
        )
        found.append((randomizer.kind, bounds))
    return found


if __name__ == "__main__":
    main()
