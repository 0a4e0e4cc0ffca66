"""Hand the privacy curve of a shuffle to OpenDP: as a privacy profile, and as the promise of a measurement."""

import numpy as np
import opendp.prelude as dp

import accounting as csa

EPSILONS = np.linspace(0.0, 1.0, 41)


def profile_of(shuffle: csa.Shuffle) -> dp.PrivacyProfile:
    """A profile from certified upper ends on a grid; between its points the larger delta holds."""
    _, upper = shuffle.curve().deltas(EPSILONS)

    def delta(epsilon: float) -> float:
        return float(upper[np.searchsorted(EPSILONS, epsilon, side="right") - 1])

    profile: dp.PrivacyProfile = dp.new_privacy_profile(delta)
    return profile


def main() -> tuple[float, float]:
    """Return the delta that OpenDP reads at epsilon = 0.4, and the epsilon of the measurement at delta = 1e-6."""
    dp.enable_features("contrib", "honest-but-curious")
    shuffle = csa.Shuffle(csa.KaryRandomizedResponse(values=10, epsilon0="4"), users=10_000)
    profile = profile_of(shuffle)

    # a measurement over data sets of 10,000 answers; one changed answer is distance 1 in the change-one metric
    promised = (shuffle.epsilon(delta="1e-6").upper, 1e-6)
    measurement = dp.m.make_user_measurement(
        input_domain=dp.vector_domain(dp.atom_domain(T=dp.i32), size=shuffle.users),
        input_metric=dp.change_one_distance(),
        output_measure=dp.fixed_smoothed_max_divergence(),
        function=lambda answers: answers,  # here the reports would be made and shuffled
        privacy_map=lambda changed: promised if changed <= 1 else (float("inf"), 1.0),
    )
    delta, (epsilon, _) = profile.delta(epsilon=0.4), measurement.map(1)
    if not measurement.check(1, promised):
        raise ArithmeticError("OpenDP reads another promise than the one that it was given")
    print(
        f"at epsilon 0.4 OpenDP reads delta = {delta:.6g}; at delta = 1e-6 its measurement promises {epsilon:.6g}"
    )
    return delta, epsilon


if __name__ == "__main__":
    main()
