"""Recorded users whose rewards are known for every arm, and a bandit over them: what it chose, beside what others would have.

A supervised data set becomes a bandit so: each class is an arm, and the reward of an arm is known without choosing it. The bandit sees one reward
a user, that of the arm that it chose.
"""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError, shown
from ..files import shown_path
from .features import Floats, clip
from .session import Bandit

__all__ = ["LARGEST_RECORD", "Recorded", "Replay", "read_recorded", "replay"]

LARGEST_RECORD = 50_000_000
"""Rows of one file."""

_USER, _REWARD = "user", "reward"
_EVERY = 1000  # users between two signs of life


@dataclass(frozen=True, eq=False)
class Recorded:
    """Users with all of their arms, in order of arrival.

    Attributes:
        names: of the users.
        features: names of what makes a context.
        contexts: one row an arm, the arms of a user one after the other; shape (rows, d).
        rewards: of the arms, shape (rows,).
        starts: the first row of each user, shape (users,).
    """

    names: tuple[str, ...]
    features: tuple[str, ...]
    contexts: Floats
    rewards: Floats
    starts: npt.NDArray[np.int64]

    def arms(self, user: int) -> slice:
        """Return the rows of a user, counted from 0."""
        stop = int(self.starts[user + 1]) if user + 1 < len(self.starts) else len(self.rewards)
        return slice(int(self.starts[user]), stop)

    @property
    def most_arms(self) -> int:
        """The most arms that a user has."""
        return int(np.diff(self.starts, append=len(self.rewards)).max())


def read_recorded(path: str | PathLike[str]) -> Recorded:
    """Read users from a CSV file with a header: the columns ``user`` and ``reward``, and one for each feature of a context.

    A row is an arm. Rows of a user follow each other, and users stand in order of arrival.

    Args:
        path: of the file.

    Raises:
        ParameterError: the file cannot be read, has no users, a row lacks a number, or a user comes twice; the name has the line.
    """
    where = shown_path(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            try:
                return _recorded(rows, where)
            except csv.Error as error:
                raise _line(where, rows, "must be a line of CSV", str(error)) from None
    except UnicodeDecodeError:
        raise ParameterError(where, "must be text in UTF-8", "other bytes") from None
    except (OSError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ParameterError(where, "must be a file that can be read", reason) from None


def _recorded(rows: Any, where: str) -> Recorded:
    header: list[str] = next(rows, [])
    for name in (_USER, _REWARD):
        if header.count(name) != 1:
            found = shown(", ".join(header[:20]) or "none")
            raise ParameterError(f"{where}: header", f"must have one column {name}", found, _COLUMNS)
    if len(header) < 3:
        raise ParameterError(
            f"{where}: header", "must have a column for each feature of a context", "none", _COLUMNS
        )
    user, reward = header.index(_USER), header.index(_REWARD)
    places = [place for place in range(len(header)) if place not in (user, reward)]
    names: dict[str, None] = {}
    last, starts, rewards, contexts = None, array("q"), array("d"), array("d")
    for row in rows:
        if not row:  # an empty line
            continue
        if len(row) != len(header):
            raise _line(where, rows, f"must have {len(header)} cells, as the header has", len(row))
        if row[user] != last:
            last = row[user]
            if last in names:
                raise _line(where, rows, "must go on with the same user or begin another one", last, _ONCE)
            names[last] = None
            starts.append(len(rewards))
        rewards.append(_number(row[reward], where, rows))
        contexts.extend(_number(row[place], where, rows) for place in places)
        if len(rewards) > LARGEST_RECORD:
            raise ParameterError(where, f"must hold at most {LARGEST_RECORD} rows", "more")
    if not names:
        raise ParameterError(where, "must hold at least one user", "none")
    return Recorded(
        names=tuple(names),
        features=tuple(header[place] for place in places),
        contexts=np.frombuffer(contexts).reshape(-1, len(places)),
        rewards=np.frombuffer(rewards),
        starts=np.frombuffer(starts, dtype=np.int64),
    )


def _number(text: str, where: str, rows: Any) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if "_" in text or not math.isfinite(number):  # Python reads 1_0 as ten
        raise _line(where, rows, "must hold finite numbers", text.strip())
    return number


def _line(where: str, rows: Any, rule: str, value: object, remedy: str = "") -> ParameterError:
    return ParameterError(f"{where}: line {rows.line_num}", rule, value, remedy)


_COLUMNS = "A row is an arm: user,reward,x1,x2,.."
_ONCE = "Rows of a user follow each other, and a user comes once"


@dataclass(frozen=True, eq=False)
class Replay:
    """What came of a bandit over recorded users.

    The totals say how good its choices were. They are of the data, like the choices, and no privacy is promised for either.

    Attributes:
        bandit: after the last user.
        recorded: the users, with contexts and rewards within their bounds.
        outside: how many arms were outside of the bounds.
        chosen: the row of each user's arm; shape (users,).
        known: how many users were in the sums behind what was published when each one chose; shape (users,).
    """

    bandit: Bandit
    recorded: Recorded
    outside: int
    chosen: npt.NDArray[np.int64]
    known: npt.NDArray[np.int64]

    @cached_property
    def reward(self) -> float:
        """What the chosen arms gained."""
        return float(self.recorded.rewards[self.chosen].sum())

    @cached_property
    def best(self) -> float:
        """What the best arm of each user gains, which nobody knows beforehand."""
        return float(np.maximum.reduceat(self.recorded.rewards, self.recorded.starts).sum())

    @cached_property
    def linear(self) -> float:
        """What the rule of least squares over all arms of all users gains, made afterwards: the arm with the largest x.theta."""
        theta, *_ = np.linalg.lstsq(self.recorded.contexts, self.recorded.rewards, rcond=None)
        scores = self.recorded.contexts @ theta
        users = range(len(self.recorded.starts))
        rows = [arms.start + int(np.argmax(scores[arms])) for arms in map(self.recorded.arms, users)]
        return float(self.recorded.rewards[rows].sum())

    @cached_property
    def even(self) -> float:
        """What an arm drawn evenly for each user gains, on the average."""
        sums = np.add.reduceat(self.recorded.rewards, self.recorded.starts)
        return float((sums / np.diff(self.recorded.starts, append=len(self.recorded.rewards))).sum())

    def rows(self) -> Iterator[Sequence[object]]:
        """Yield for each user the name, the arm from 1 on, its reward, that of the best arm, and how many users were in the sums behind the choice."""
        best = np.maximum.reduceat(self.recorded.rewards, self.recorded.starts)
        arms = self.chosen - self.recorded.starts + 1
        gained = self.recorded.rewards[self.chosen]
        columns = (arms.tolist(), gained.tolist(), best.tolist(), self.known.tolist())
        yield from zip(self.recorded.names, *columns, strict=True)

    def as_dict(self) -> dict[str, object]:
        """Return JSON-able values."""
        return {
            "users": len(self.chosen),
            "arms": self.recorded.most_arms,
            "features": list(self.recorded.features),
            "reward": {
                "chosen": self.reward,
                "best": self.best,
                "linear": self.linear,
                "even": self.even,
            },
            "regret": {"best": self.best - self.reward, "linear": self.linear - self.reward},
            "outside": self.outside,
            "updates": len({release.last for release in self.bandit.releases}),
            "batches": len(self.bandit.releases),
            "randomness": self.bandit.source.description,
        }


def replay(
    recorded: Recorded,
    bandit: Bandit,
    *,
    refuse: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Replay:
    """Let recorded users come to a bandit: each is shown an arm, and reports its reward.

    Args:
        recorded: the users.
        bandit: without users so far.
        refuse: refuse contexts and rewards outside of their bounds in place of clipping them.
        progress: called with how many users are done, and how many there are.

    Raises:
        ParameterError: the bandit has users, its plan has other features or fewer users, or an arm is outside of the bounds and is
            not to be clipped.
    """
    plan = bandit.learner.plan
    if bandit.arrivals:
        raise ParameterError("bandit", "must be without users", bandit.arrivals, "Each user comes once")
    if len(recorded.features) != plan.features:
        rule = f"must be {plan.features} beside user and reward, as the plan has"
        raise ParameterError("features", rule, len(recorded.features), "Make a plan for as many features")
    users = len(recorded.starts)
    if users > plan.users:
        rule = f"must be at most the {plan.users} of the plan"
        raise ParameterError("users", rule, users, "Make a plan for more users")
    clipped = clip(recorded.contexts, recorded.rewards, features=plan.features, refuse=refuse)
    within = Recorded(recorded.names, recorded.features, clipped.contexts, clipped.rewards, recorded.starts)
    chosen, known, step = np.empty(users, dtype=np.int64), np.empty(users, dtype=np.int64), 0
    for user in range(users):
        arms = within.arms(user)
        row = arms.start + bandit.choose(within.contexts[arms])
        chosen[user], known[user] = row, step
        if bandit.observe(within.contexts[row], float(within.rewards[row])):
            step = bandit.arrivals
        if progress is not None and ((user + 1) % _EVERY == 0 or user + 1 == users):
            progress(user + 1, users)
    return Replay(bandit, within, clipped.changed, chosen, known)
