"""Policies that each drop one condition of concurrent composition.

Everybody applies binary response; a batch needs three reports. Unless a policy is about that very thing, no batch
with fewer is released, reports are fresh, and the target sends one report to one batch of one shuffler.
The target holds 0 in one world and 1 in the other.
"""

from collections.abc import Sequence

from .process import Action, Close, Policy, Send, View

__all__ = [
    "LEAST",
    "below_the_minimum",
    "by_value",
    "copied",
    "honest",
    "never_released",
    "other_randomizer",
    "placed",
    "spelled_out",
    "stopped_at_a_one",
    "stored_reports",
    "twice_in_a_batch",
    "two_batches",
]

LEAST = 3
"""The declared minimum of every batch: reports of present and honest users, the target's included."""

TARGET = (0, 1)


def _target(*into: int) -> Send:
    return Send(into, TARGET)


def _other(value: int, *into: int) -> Send:
    return Send(into, (value, value))


def _step(view: View, actions: Sequence[Action]) -> Action:
    """Return the next of a list of actions; every action advances the clock or adds a release."""
    done = view.clock + len(view.released)
    return actions[done] if done < len(actions) else None


def _inside(view: View, shuffler: int) -> tuple[int, ...]:
    """Return the messages of an open batch: what no permitted policy looks at."""
    if view.inside is None:
        raise ValueError("this policy has to see the open batches")
    return view.inside[shuffler]


def honest(view: View) -> Action:
    """Keep every condition: three users, one batch."""
    return _step(view, [_target(0), _other(0, 0), _other(0, 0), Close(0)])


def below_the_minimum(view: View) -> Action:
    """Close with one report too few."""
    return _step(view, [_target(0), _other(0, 0), Close(0)])


def stopped_at_a_one(view: View) -> Action:
    """Close each batch as soon as it holds at least three reports and a one. Eight users arrive, the target fourth.

    Only the reports themselves are looked at, never their order, and only in batches that hold the minimum. That protects
    the first three users of a batch; the next one is alone with what the rule has already told.
    """
    reports = _inside(view, 0)
    if len(reports) >= LEAST and any(reports):
        return Close(0)
    if view.clock == 8:
        return None
    return _target(0) if view.clock == LEAST else _other(0, 0)


def spelled_out(view: View) -> Action:
    """Let the other shuffler's closing tell the report of the target, while it is alone in its batch.

    Batch 1 holds others only, and three or four of them; batch 0 closes later, with three reports.
    """
    size = LEAST + _inside(view, 0)[0] if view.clock and not view.released else None
    if view.released:
        size = len(view.released[0].messages)
    filling = [_other(0, 1)] * (size or 0)
    return _step(view, [_target(0), *filling, Close(1), _other(0, 0), _other(0, 0), Close(0)])


def never_released(view: View) -> Action:
    """Never close the target's batch; each report in it is told by the size of a batch of the other shuffler."""
    actions: list[Action] = [_target(0), _other(1, 0)]
    for i in range(2):
        told = i < len(view.released)
        size = len(view.released[i].messages) if told else LEAST + sum(_inside(view, 0)[i : i + 1])
        actions += [*[_other(0, 1)] * size, Close(1)]
    return _step(view, actions)


def placed(batches: int) -> Policy:
    """Choose the target's batch by what is inside the open ones, one batch for each of several shufflers.

    Each holds two reports of others with value 0. The target joins the first batch in which both are 0, or the last one; it
    closes with three reports. Two others join each of the other batches.
    """

    def policy(view: View) -> Action:
        begun = [_other(0, j) for j in range(batches) for _ in range(LEAST - 1)]
        if view.clock < len(begun):
            return _step(view, begun)
        starts = [_inside(view, j)[: LEAST - 1] for j in range(batches)]
        chosen = next((j for j, start in enumerate(starts) if not any(start)), batches - 1)
        rest = [_other(0, j) for j in range(batches) if j != chosen for _ in range(2)]
        joined = [*begun, _target(chosen), *rest]
        if view.clock < len(joined):
            return joined[view.clock]
        return next((Close(j) for j in range(batches) if starts[j]), None)

    return policy


def copied(view: View) -> Action:
    """Let the others hold what the target has just sent to the batch that is still open."""
    report = _inside(view, 0)[0] if view.clock and not view.released else 0
    return _step(view, [_target(0), _other(report, 0), _other(report, 0), Close(0)])


def by_value(view: View) -> Action:
    """Let the target send only if it holds 0; others fill up the minimum."""
    only_if_zero = Send((0,), (0, None))
    return _step(view, [only_if_zero, _other(0, 0), _other(0, 0), _other(0, 0), Close(0)])


def other_randomizer(view: View) -> Action:
    """Let the others change to a randomizer with other messages, of the same epsilon0, while the batch is open.

    Values 2 and 3 of the channel stand for values 0 and 1 under the second randomizer.
    """
    return _step(view, [_target(0), _other(2, 0), _other(2, 0), Close(0)])


def twice_in_a_batch(view: View) -> Action:
    """Let the target send two fresh reports to one batch, which two others join."""
    return _step(view, [_target(0), _target(0), _other(0, 0), _other(0, 0), Close(0)])


def two_batches(view: View) -> Action:
    """Let the target send to two batches of the same shuffler, one after the other."""
    batch: list[Action] = [_target(0), _other(0, 0), _other(0, 0), Close(0)]
    return _step(view, batch * 2)


def stored_reports(view: View) -> Action:
    """Let two others use one stored report in two batches, the second of which is without the target."""
    shared = _other(0, 0, 1)
    return _step(view, [_target(0), shared, shared, _other(0, 1), Close(0), Close(1)])
