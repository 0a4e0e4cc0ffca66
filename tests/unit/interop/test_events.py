"""A shuffle among dp_accounting's events."""

import dp_accounting as dpa
import pytest

import accounting as csa
from accounting.interop.events import ShuffleAccountant, ShuffleDpEvent

SHUFFLE = csa.Shuffle(csa.KaryRandomizedResponse(4, epsilon0="2"), 1000)
INTERVAL = 1e-3


def test_beside_a_gaussian_and_a_subsampled_one() -> None:
    events = [
        dpa.GaussianDpEvent(20.0),
        dpa.SelfComposedDpEvent(dpa.PoissonSampledDpEvent(0.1, dpa.GaussianDpEvent(5.0)), 3),
    ]
    without = ShuffleAccountant(value_discretization_interval=INTERVAL).compose(dpa.ComposedDpEvent(events))
    together = ShuffleAccountant(value_discretization_interval=INTERVAL).compose(
        dpa.ComposedDpEvent([*events, ShuffleDpEvent(SHUFFLE)])
    )
    alone = SHUFFLE.delta(epsilon="0.2")
    assert together.get_delta(0.2) > max(without.get_delta(0.2), alone.lower)
    assert together.get_epsilon(1e-6) < without.get_epsilon(5e-7) + SHUFFLE.epsilon(delta="5e-7").upper
    assert together.ledger.events[-1] == ShuffleDpEvent(SHUFFLE)


def test_the_same_as_our_concatenation() -> None:
    accountant = ShuffleAccountant(value_discretization_interval=INTERVAL).compose(ShuffleDpEvent(SHUFFLE), 3)
    ours = csa.ConcurrentShuffles([SHUFFLE] * 3)
    found = accountant.get_epsilon(1e-6)
    assert ours.epsilon(delta="1e-6").lower < found < 1.01 * ours.epsilon(delta="1e-6").upper
    one = ShuffleAccountant(value_discretization_interval=INTERVAL).compose(ShuffleDpEvent(ours))
    assert one.get_epsilon(1e-6) == pytest.approx(found, rel=1e-2)


def test_only_under_replace_one() -> None:
    for relation in (dpa.NeighboringRelation.ADD_OR_REMOVE_ONE, dpa.NeighboringRelation.REPLACE_SPECIAL):
        accountant = ShuffleAccountant(relation)
        assert not accountant.supports(ShuffleDpEvent(SHUFFLE))
        with pytest.raises(dpa.UnsupportedEventError, match="REPLACE_ONE"):
            accountant.compose(ShuffleDpEvent(SHUFFLE))
    assert ShuffleAccountant().supports(
        dpa.ComposedDpEvent([ShuffleDpEvent(SHUFFLE), dpa.GaussianDpEvent(1.0)])
    )


def test_an_event_of_something_else() -> None:
    with pytest.raises(csa.ParameterError) as caught:
        ShuffleDpEvent(3)  # type: ignore[arg-type]
    assert caught.value.name == "shuffle"
