"""What happened, one record an operation, as the journal keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from ..errors import ParameterError
from .state import State
from .units import LARGEST_UNITS

__all__ = ["Arrival", "Closing", "Discarding", "Opening", "Record", "applied", "as_keys", "from_keys"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Users arrived."""

    users: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A batch was opened."""

    shuffler: str


@dataclass(frozen=True, slots=True)
class Closing:
    """A batch was closed for release.

    Attributes:
        shuffler: its name.
        members: users who arrived while it was open.
        absent: how many of them do not count as present and honest.
        charge: what each member spends, in units of 2^-52 nats.
    """

    shuffler: str
    members: int
    absent: int
    charge: int


@dataclass(frozen=True, slots=True)
class Discarding:
    """A batch ended without release."""

    shuffler: str


Record: TypeAlias = Arrival | Opening | Closing | Discarding
Keys: TypeAlias = Mapping[str, object]


def applied(state: State, record: Record) -> State:
    """Return the state after an operation.

    Raises:
        ParameterError: the operation is none that the state admits.
    """
    match record:
        case Arrival():
            return state.arrive(record.users)
        case Opening():
            return state.open_batch(record.shuffler)
        case Closing():
            members = state.users_in(record.shuffler)
            if record.members != members or members - record.absent < 2:
                rule = f"must count the {members} members, at least 2 of them present"
                raise ParameterError("members", rule, f"{record.members} with {record.absent} absent")
            return state.close_batch(record.shuffler, record.charge)
        case Discarding():
            return state.discard_batch(record.shuffler)
        case _:
            assert_never(record)


def as_keys(record: Record) -> dict[str, object]:
    """Return a record as keys and values of a JSON object."""
    match record:
        case Arrival():
            return {"op": "arrive", "users": record.users}
        case Opening():
            return {"op": "open", "shuffler": record.shuffler}
        case Closing():
            return {
                "op": "close",
                "shuffler": record.shuffler,
                "members": record.members,
                "absent": record.absent,
                "charge": record.charge,
            }
        case Discarding():
            return {"op": "discard", "shuffler": record.shuffler}
        case _:
            assert_never(record)


def from_keys(keys: Keys) -> Record:
    """Read a record.

    Raises:
        ParameterError: the object is no record.
    """
    match keys:
        case {"op": "arrive", "users": users, **rest} if not rest:
            return Arrival(_whole("users", users, least=1))
        case {"op": "open", "shuffler": str(shuffler), **rest} if not rest:
            return Opening(shuffler)
        case {
            "op": "close",
            "shuffler": str(shuffler),
            "members": members,
            "absent": absent,
            "charge": charge,
            **rest,
        } if not rest:
            return Closing(
                shuffler,
                _whole("members", members, least=2),
                _whole("absent", absent, least=0),
                _whole("charge", charge, least=0),
            )
        case {"op": "discard", "shuffler": str(shuffler), **rest} if not rest:
            return Discarding(shuffler)
        case _:
            raise ParameterError("record", "must be an operation of this version", dict(keys))


def _whole(name: str, value: object, *, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LARGEST_UNITS:
        raise ParameterError(name, f"must be a whole number from {least} on", value)
    return value
