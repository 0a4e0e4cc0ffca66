"""Other models: formulas against runs, against their definitions, and against dp_accounting."""

import math

import numpy as np
import pytest

from accounting.counter.sizes import gaussian_variance
from proofs.summation.baselines import (
    baselines,
    binary_tree,
    honaker_tree,
    local_model,
    square_root,
    tree_variances,
)


def test_local_model_against_runs() -> None:
    keep, users, runs = 1 / (1 + math.exp(-1.0)), 400, 2000
    reports = np.random.default_rng(1).random((runs, users)) < keep  # everybody holds a one
    errors = np.cumsum((reports - (1 - keep)) / (2 * keep - 1) - 1, axis=1)
    found = local_model(users, 1.0)
    assert found.rms == pytest.approx(np.sqrt((errors**2).mean()), rel=0.06)
    largest = np.abs(errors).max(axis=1)
    assert (largest > found.bound).mean() <= 0.05
    assert np.quantile(largest, 0.95) > 0.7 * found.bound


def test_trees_against_their_matrices() -> None:
    """The variance of the best unbiased estimate from the counts that a step may use."""
    users = 13
    plain, honaker = (
        tree_variances(users, of)
        for of in (lambda own, _: own, lambda own, parts: own * parts / (own + parts))
    )
    for step in range(1, users + 1):
        runs = [
            (first, first + size)
            for size in (1, 2, 4, 8)
            for first in range(0, step, size)
            if first + size <= step
        ]
        rows = np.array([[first <= user < end for user in range(step)] for first, end in runs], dtype=float)
        ones = np.ones(step)
        best = ones @ np.linalg.inv(rows.T @ rows) @ ones  # least squares from all runs that are over
        assert honaker[step - 1] == pytest.approx(best)
        assert plain[step - 1] == step.bit_count()


def test_square_root_against_its_matrix() -> None:
    users = 40
    found = square_root(users, 1.0, 1e-6)
    entries = [math.comb(2 * m, m) / 4**m for m in range(users)]
    factor = np.array([[entries[i - j] if i >= j else 0.0 for j in range(users)] for i in range(users)])
    assert np.allclose(factor @ factor, np.tril(np.ones((users, users))))
    noise = (factor**2).sum(axis=1) * (factor**2).sum(axis=0).max() * gaussian_variance(1.0, 1e-6)
    assert found.rms == pytest.approx(math.sqrt(noise.mean()))


def test_square_root_has_the_known_constant() -> None:
    """Squared entries up to n add up to ``(0.5772.. + log(16 n))/pi``, about, and their mean over n is 1/pi less."""
    users, unit = 10**6, gaussian_variance(1.0, 1e-8)
    constant = (np.euler_gamma + math.log(16 * users)) / math.pi
    found = square_root(users, 1.0, 1e-8)
    assert found.rms == pytest.approx(math.sqrt(unit * constant * (constant - 1 / math.pi)), rel=1e-5)


@pytest.mark.parametrize("of", [binary_tree, honaker_tree, square_root])
def test_union_bounds_hold(of: object) -> None:
    found = of(300, 1.0, 1e-6)  # type: ignore[operator]
    assert 2 * found.rms < found.bound < 8 * found.rms
    assert of(300, 1.0, 1e-6, confidence=0.999).bound > found.bound  # type: ignore[operator]


def test_a_union_of_equal_tails() -> None:
    from proofs.summation.baselines import _union_bound

    found = _union_bound(np.full(1000, 4.0), 0.05)
    assert 1000 * math.erfc(found / (2 * math.sqrt(2))) == pytest.approx(0.05, rel=1e-6)


@pytest.mark.crosscheck
@pytest.mark.parametrize(("epsilon", "delta"), [(1.0, 1e-8), (0.1, 1e-6), (3.0, 1e-10)])
def test_normal_noise_is_that_of_dp_accounting(epsilon: float, delta: float) -> None:
    dp_accounting = pytest.importorskip("dp_accounting")
    sigma = math.sqrt(gaussian_variance(epsilon, delta))
    assert sigma == pytest.approx(dp_accounting.get_sigma_gaussian(epsilon, delta), rel=1e-6)


def test_all_are_listed() -> None:
    found = baselines(1000, 1.0, 1e-6)
    assert [entry.epsilon for entry in found] == [1.0] * 4
    assert len({entry.name for entry in found}) == 4


@pytest.mark.crosscheck
@pytest.mark.parametrize("users", [1, 1000, 1023, 1024, 10**6])
def test_a_tree_loses_what_dp_accounting_says(users: int) -> None:
    """Noise for as many levels as ours has is, by Renyi differential privacy, one normal count of the budget."""
    dp_accounting = pytest.importorskip("dp_accounting")
    from dp_accounting.rdp import RdpAccountant

    unit = gaussian_variance(1.0, 1e-8)
    noise = math.sqrt(unit * users.bit_length())  # as in binary_tree
    relation = dp_accounting.NeighboringRelation.REPLACE_SPECIAL
    tree, single = (RdpAccountant(neighboring_relation=relation) for _ in range(2))
    tree.compose(dp_accounting.SingleEpochTreeAggregationDpEvent(noise, users))
    single.compose(dp_accounting.GaussianDpEvent(math.sqrt(unit)))
    assert tree.get_epsilon(1e-8) == pytest.approx(single.get_epsilon(1e-8), rel=1e-9)
    found = binary_tree(users, 1.0, 1e-8)
    assert found.rms == pytest.approx(noise * math.sqrt(tree_variances(users, lambda own, _: own).mean()))
