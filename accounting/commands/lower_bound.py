"""``lower-bound``: what every counter over concurrent shufflers errs at least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import AccountingError, ParameterError
from .output import deliver, patience

if TYPE_CHECKING:
    from ..lower_bound.bound import LowerBound
    from ..lower_bound.witness import Witness

__all__ = ["lower_bound"]

DONE = 0


def lower_bound(
    *,
    users: str,
    shufflers: str,
    epsilon: str,
    delta: str = "0",
    schedule: str | None = None,
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
        schedule: a CSV file of closed batches, with the header shuffler,first,last; then the first bad step in it is shown, too.
        json: print one JSON document and nothing else.
    """
    from ..lower_bound.bound import lower_bound as bounded

    try:
        with patience("looking for a good bound"):
            answer = bounded(users=users, shufflers=shufflers, epsilon=epsilon, delta=delta)
    except ParameterError as error:
        raise error.renamed(f"--{error.name}") from None

    witness = None if schedule is None else _witness(schedule, answer)

    def text() -> str:
        lines = [answer.describe()]
        if witness is not None and answer.block is not None:
            lines += ["", f"In {schedule}, with uniform blocks of {answer.block}: {witness.sentence()}."]
        if answer.claims:
            lines += ["", f"Rests on: {', '.join(answer.claims)}", "Provided that:"]
            lines += [f"- {assumption}" for assumption in answer.assumptions]
        return "\n".join(lines) + "\n"

    def content() -> dict[str, Any]:
        found = answer.as_dict()
        if schedule is not None:
            found["witness"] = None if witness is None else witness.content()
        return found

    deliver(text=text, content=content, json=json)
    return DONE


def _witness(schedule: str, answer: LowerBound) -> Witness | None:
    from ..lower_bound.witness import find_witness
    from ..model.reading import located
    from ..schedules import Schedule

    recorded = Schedule.from_csv(schedule)
    if answer.uniform is None:
        return None
    uniform = answer.uniform
    try:
        return find_witness(
            recorded,
            answer.users,
            group=uniform.group,
            block=uniform.block,
            groups=uniform.groups,
            shufflers=answer.shufflers,
        )
    except AccountingError as error:
        raise located(schedule, error) from None
