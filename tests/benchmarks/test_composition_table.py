"""The comparison with dp_accounting runs, and both agree where floats can."""

import math

import pytest

import accounting as csa
from tests.benchmarks.composition_table import rows

pytestmark = pytest.mark.crosscheck


def test_both_answer_alike_at_a_delta_that_floats_reach() -> None:
    shuffle = csa.Shuffle(csa.KaryRandomizedResponse(4, epsilon0="2"), 1000)
    _, ours, theirs = rows([("small", [(shuffle, 3)], 1e-2)])
    assert float(ours[3]) == pytest.approx(float(theirs[3]), rel=1e-6)
    assert float(ours[5]) < 1e-28
    assert float(theirs[5]) > float(ours[5])
    assert math.isfinite(float(ours[4]))
