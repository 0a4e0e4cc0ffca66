"""``lower-bound``: what every counter over concurrent shufflers errs at least."""

from __future__ import annotations

from ..errors import ParameterError
from .output import deliver, patience

__all__ = ["lower_bound"]

DONE = 0


def lower_bound(
    *,
    users: str,
    shufflers: str,
    epsilon: str,
    delta: str = "0",
    json: bool = False,
) -> int:
    """Bound the error of every mechanism that counts ones over concurrent shufflers.

    The largest error over all steps, in the mean, for some input; however sizes of batches, randomizers and
    estimates react to what was released. With very few users the bound is trivial, and the text says so.

    Example: `shuffle-accounting lower-bound --users 1e6 --shufflers 2 --epsilon 1 --delta 1e-10`

    Exit codes:

    - 0: the bound is printed
    - 2: bad usage

    Args:
        users: users in order of arrival.
        shufflers: shufflers that work at the same time.
        epsilon: of the transcript of all releases, in nats.
        delta: of the transcript, a probability below 1.
        json: print one JSON document and nothing else.
    """
    from ..lower_bound.bound import lower_bound as bounded

    try:
        with patience("looking for a good bound"):
            answer = bounded(users=users, shufflers=shufflers, epsilon=epsilon, delta=delta)
    except ParameterError as error:
        raise error.renamed(f"--{error.name}") from None

    def text() -> str:
        lines = [answer.describe()]
        if answer.claims:
            lines += ["", f"Rests on: {', '.join(answer.claims)}", "Provided that:"]
            lines += [f"- {assumption}" for assumption in answer.assumptions]
        return "\n".join(lines) + "\n"

    deliver(text=text, content=answer.as_dict, json=json)
    return DONE
