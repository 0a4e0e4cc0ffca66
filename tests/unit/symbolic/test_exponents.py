"""Exponents of the summation error for every number of shufflers."""

import sympy as sp

from proofs.symbolic import exponents as module
from proofs.symbolic.exponents import above, below, k


def test_above_and_below_agree_for_every_k() -> None:
    upper, lower = above(), below()
    assert sp.simplify(upper.of_users - 1 / (2 * k + 1)) == 0
    assert sp.simplify(upper.of_epsilon + 2 * k / (2 * k + 1)) == 0
    assert sp.simplify(lower.of_users - upper.of_users) == 0
    assert sp.simplify(lower.of_epsilon - upper.of_epsilon) == 0


def test_nothing_is_left_of_the_certificates() -> None:
    assert module.certificate(above()) == 0
    assert module.certificate(below()) == 0
    smaller = module.Exponents(of_users=1 / (2 * k + 2), of_epsilon=above().of_epsilon)
    assert module.certificate(smaller) != 0


def test_one_shuffler_has_the_cube_root() -> None:
    assert above().of_users.subs(k, 1) == sp.Rational(1, 3)


def test_logarithmically_many_shufflers_leave_a_constant() -> None:
    assert sp.simplify(module.with_logarithmic_shufflers() - sp.exp(sp.Rational(1, 2))) == 0
