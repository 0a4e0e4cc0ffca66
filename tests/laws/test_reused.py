"""Laws of re-used reports, with equality wherever the law is one."""

from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import accounting as csa
from proofs.reference.reused import worst_delta
from tests.strategies import Channel, channels, factors

Atoms = dict[tuple[str, ...], int]

few_channels = channels(inputs=3, letters=3, weight=5)
names = st.sets(st.sampled_from("abc"), min_size=1).map(lambda batches: tuple(sorted(batches)))
families = st.dictionaries(names, st.integers(1, 2), min_size=1, max_size=3).filter(
    lambda atoms: sum(atoms.values()) <= 4
)


def delta(channel: Channel, atoms: Atoms, alpha: Fraction) -> Fraction:
    found = csa.ReusedReports(csa.FiniteRandomizer(channel), atoms).exact_delta(alpha=alpha).delta
    assert isinstance(found, Fraction)
    return found


@settings(max_examples=30)
@given(few_channels, families, factors())
def test_ends_enclose_the_truth(channel: Channel, atoms: Atoms, alpha: Fraction) -> None:
    bounds = csa.ReusedReports(csa.FiniteRandomizer(channel), atoms).delta(alpha=alpha)
    assert bounds.lower <= delta(channel, atoms, alpha) <= bounds.upper


@settings(max_examples=30)
@given(few_channels, families.filter(lambda atoms: sum(atoms.values()) <= 3), factors())
def test_enumeration_is_the_definition(channel: Channel, atoms: Atoms, alpha: Fraction) -> None:
    owners = [batches for batches, users in atoms.items() for _ in range(users)]
    batches = [frozenset(user for user, own in enumerate(owners) if name in own) for name in "abc"]
    assert delta(channel, atoms, alpha) == worst_delta(channel, batches, len(owners), alpha)


@settings(max_examples=30)
@given(few_channels, families, factors(), st.data())
def test_one_more_user_of_an_atom_never_hurts(
    channel: Channel, atoms: Atoms, alpha: Fraction, data: st.DataObject
) -> None:
    """The larger release is the smaller one with an independent report added to the atom's batches."""
    atom = data.draw(st.sampled_from(sorted(atoms)))
    assert delta(channel, atoms | {atom: atoms[atom] + 1}, alpha) <= delta(channel, atoms, alpha)


@settings(max_examples=30)
@given(few_channels, families, factors(), st.sampled_from("abc"))
def test_one_batch_less_never_hurts(channel: Channel, atoms: Atoms, alpha: Fraction, gone: str) -> None:
    """Leaving out what a batch releases is a post-processing; its users may then be in no batch at all."""
    left: Atoms = {}
    for batches, users in atoms.items():
        rest = tuple(name for name in batches if name != gone)
        left[rest] = left.get(rest, 0) + users
    left.pop((), 0)
    assume(left)
    assert delta(channel, left, alpha) <= delta(channel, atoms, alpha)


@settings(max_examples=30)
@given(few_channels, families, factors())
def test_a_batch_that_repeats_another_changes_nothing(
    channel: Channel, atoms: Atoms, alpha: Fraction
) -> None:
    doubled = {
        (*batches, "copy of a") if "a" in batches else batches: users for batches, users in atoms.items()
    }
    assert delta(channel, doubled, alpha) == delta(channel, atoms, alpha)


@settings(max_examples=30)
@given(few_channels, families, factors())
def test_swap_law(channel: Channel, atoms: Atoms, alpha: Fraction) -> None:
    assert delta(channel, atoms, alpha) == 1 - alpha + alpha * delta(channel, atoms, 1 / alpha)
