"""What a certificate assumes about the deployment, each spelled out."""

from __future__ import annotations

from ..model import Deployment
from ..randomizers import SymmetricUnary
from ..randomizers.unary_vectors import UnaryVectors

__all__ = ["assumptions_of"]

_RANDOMIZER = "Every user applies the declared randomizer."
_FRESH = "Randomness is fresh for each user and each batch; no report is used twice."
_LATER = (
    "Each user sends one report to a batch, and is in at most one batch of each shuffler.",
    "Every batch has at least the declared number of present and honest users, the target included.",
)
_CLOSED = (
    "Nothing of a batch is visible before it closes, nor to whatever decides when it closes and who joins it;"
    " what is released then has lost the order of its reports."
)
_MOST_NAMES = 6

_SUMS = "Where sums of vectors are declared, nothing but the sum of each position is released."


def assumptions_of(deployment: Deployment, certified: tuple[str, ...] = ()) -> tuple[str, ...]:
    """List what the caller owes for a report on a deployment to hold.

    Args:
        deployment: the deployment.
        certified: ids of further assumptions, of the bounds themselves.
    """
    sums = any(
        isinstance(named.shuffle.randomizer, SymmetricUnary | UnaryVectors)
        and named.shuffle.randomizer.release == "sums"
        for named in deployment.shufflers
    )
    named = {"fixed-inputs": deployment.inputs.assumption}
    own = (
        deployment.relation.assumption,
        _RANDOMIZER,
        *_randomness(deployment),
        *_LATER,
        *_dishonest(deployment),
        _CLOSED,
        *((_SUMS,) if sums else ()),
        *(each for named in deployment.shufflers for each in named.shuffle.randomizer.assumes),
        deployment.inputs.assumption,
    )
    return tuple(dict.fromkeys((*own, *(named.get(each, each) for each in certified))))


def _randomness(deployment: Deployment) -> tuple[str, ...]:
    if not deployment.reused:
        return (_FRESH,)
    names = _listed([named.name for named in deployment.reused])
    shared = (
        f"Each user draws one report for {names} and sends it to all of them on arrival; all other randomness is fresh"
        " for each user and each batch."
    )
    if deployment.atom_at_least == 1:
        return (shared,)
    atom = (
        f"Beside any user, the user included, at least {deployment.atom_at_least:,} honest users are in exactly the same of all"
        " batches that get this report."
    )
    return shared, atom


def _dishonest(deployment: Deployment) -> tuple[str, ...]:
    some = [named for named in deployment.shufflers if named.dishonest_at_most]
    if not some:
        return ()
    counts = [
        f"{named.name}: at least {named.present_at_least:,} present, at most {named.dishonest_at_most:,} of them dishonest"
        for named in some[:_MOST_NAMES]
    ]
    more = [f"and {len(some) - _MOST_NAMES} more"] if len(some) > _MOST_NAMES else []
    return (
        f"Dishonest users, whose messages are known to the observer, are not counted ({'; '.join((*counts, *more))}).",
    )


def _listed(names: list[str]) -> str:
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"
