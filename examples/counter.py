"""A counter of bits as they come: plan, check what is promised, count, and close batches as the stream moves."""

import numpy as np

from accounting.counter import Counter, Public, SeededSource
from accounting.counter.planner import plan


def main() -> list[float]:
    """Count 20,000 users through two shufflers; return the errors after the last one, by the plan's closings and by our own."""
    planned = plan(20_000, 2, epsilon=1, delta="1e-6")
    sizes = [level.batch for level in planned.plan.levels]
    print(f"batches of {sizes} users; each user loses at most epsilon = {planned.privacy.upper:.4f}")
    print(f"largest error over all steps, confidence 95 %: at most {planned.law.bound('0.95'):.1f}")

    bits = np.random.default_rng(5).random(20_000) < np.linspace(0.1, 0.4, 20_000)
    counter = Counter(
        planned.plan, source=SeededSource(1)
    )  # without a source: the operating system's randomness
    estimates = counter.estimates(bits)  # many users at once; counter.observe(bit) takes one
    errors = estimates - np.cumsum(bits)
    print(f"true count {bits.sum()}, estimate {estimates[-1]:.1f}, largest error {np.abs(errors).max():.1f}")

    def patient(public: Public) -> int:
        """Close small batches at three times their size until the count has passed 200: a rule may read all that was released."""
        return public.may_close if public.estimate > 200 or public.arrivals % (3 * sizes[0]) == 0 else 0

    adaptive = Counter(planned.plan, source=SeededSource(2), closing=patient)
    for bit in bits[:2900]:
        last = adaptive.observe(int(bit))
    print(
        f"closing by a rule of our own: after {adaptive.arrivals} users {last.value:.1f}, {last.hidden} of them hidden, "
        f"noise of standard deviation {last.variance**0.5:.1f}; {len(adaptive.schedule())} batches closed"
    )
    return [float(errors[-1]), last.value - float(bits[:2900].sum())]


if __name__ == "__main__":
    main()
