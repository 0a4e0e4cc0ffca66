"""What a certificate assumes about the deployment, each spelled out."""

from __future__ import annotations

from ..model import Deployment

__all__ = ["assumptions_of"]

_FIRST = (
    "Every user applies the declared randomizer.",
    "Randomness is fresh for each user and each batch; no report is used twice.",
    "Each user sends one report to a batch, and is in at most one batch of each shuffler.",
    "Every batch has at least the declared number of present and honest users, the target included.",
    "Nothing of a batch is visible before it closes, nor to whatever decides when it closes and who joins it;"
    " what is released then has lost the order of its reports.",
)


def assumptions_of(deployment: Deployment, certified: tuple[str, ...] = ()) -> tuple[str, ...]:
    """List what the caller owes for a report on a deployment to hold.

    Args:
        deployment: the deployment.
        certified: further assumptions, of the bounds themselves.
    """
    own = (deployment.relation.assumption, *_FIRST, deployment.inputs.assumption)
    return tuple(dict.fromkeys((*own, *certified)))
