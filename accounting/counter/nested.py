"""What all plans of nested batches share: their sizes, what a user loses to one batch of each level, and their files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from ..curves import Bounds
from ..errors import ParameterError
from ..model import Budget, Deployment, NamedShuffle
from ..model.reading import Table, parse, with_keys
from ..model.writing import written_value
from ..shuffle import Shuffle

__all__ = ["check_budget", "check_sizes", "deployment_of", "levels_of", "lost", "plan_table"]


def check_sizes(sizes: Sequence[int]) -> None:
    """Refuse batch sizes, the smallest first, that do not nest.

    Raises:
        ParameterError: there is none, or one is no larger multiple of the one below.
    """
    if not sizes:
        raise ParameterError("levels", "must be at least one", "none")
    for place, (below, above) in enumerate(pairwise(sizes), 2):
        if above % below or above == below:
            raise ParameterError(
                f"batch of level {place}",
                f"must be a multiple of the {below} users of the level below, and larger",
                above,
                "Batches nest: a large one is a run of whole small ones",
            )


@lru_cache(maxsize=256)
def lost(batches: tuple[Shuffle, ...], delta: Fraction) -> Bounds:
    """Enclose the epsilon that one batch of each level loses; epochs and resumed runs ask for it again."""
    from ..composition.concurrent import ConcurrentShuffles

    if len(batches) == 1:
        return batches[0].epsilon(delta=delta)
    return ConcurrentShuffles(list(batches)).epsilon(delta=delta)


def check_budget(found: Bounds, budget: Budget) -> None:
    """Refuse a loss that is not certified to keep a budget.

    Raises:
        ParameterError: it is not.
    """
    if not (math.isfinite(found.upper) and Fraction(found.upper) <= budget.epsilon):
        raise ParameterError(
            "budget.epsilon",
            f"must be at least the {found.upper} that the plan is certified to lose"
            if math.isfinite(found.upper)
            else f"cannot be kept: at delta = {written_value(budget.delta)} no finite loss is certified",
            written_value(budget.epsilon),
            "The plan was changed after it was made, or made for another budget; make a new one",
        )


def deployment_of(batches: Sequence[Shuffle], *, budget: Budget, title: str) -> Deployment:
    """Return what ``check`` checks: a shuffler a level, with the fewest users of a batch."""
    named = [NamedShuffle(f"level {place}", batch) for place, batch in enumerate(batches, 1)]
    return Deployment(named, budget=budget, title=title)


def plan_table(source: str, name: str, *, keys: tuple[str, ...], remedy: str) -> Table:
    """Return the table that makes a plan of a deployment file.

    Args:
        source: the file's text.
        name: of the table.
        keys: that it has, all of them.
        remedy: how such files are made.

    Raises:
        ParameterError: the table is missing, or has other keys.
    """
    content = parse(source)
    if name not in content:
        raise ParameterError(name, "must be a table of the file", "none", remedy)
    return with_keys(name, content[name], needed=keys, known=keys)


def levels_of(deployment: Deployment, *, what: str) -> Iterator[tuple[str, Shuffle]]:
    """Yield each level of a plan's file with its path, the smallest batches first.

    Args:
        deployment: the file.
        what: the plan is for.

    Raises:
        ParameterError: a level has no report of its own, or counts users who may be dishonest.
    """
    for place, named in enumerate(deployment.shufflers):
        where = f"shuffler[{place}]"
        if not named.fresh:
            raise ParameterError(
                f"{where}.fresh", "must be true", "false", "Every level needs its own report"
            )
        if named.dishonest_at_most:
            rule = f"must be given for a {what}"
            raise ParameterError(f"{where}.users", rule, "present_at_least", "Count honest users only")
        yield where, named.shuffle
