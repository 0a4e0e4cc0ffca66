"""Privacy curves as JSON: what a curve was made of, or its losses in whole numbers, so that no end moves.

A curve of shuffles is written as its recipe and made again on reading; one that came from elsewhere is written as its losses
on a grid. Both are exact, so a curve that is read answers the same questions, asked in the same order, with the same ends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any

from ..composition.concurrent import ConcurrentShuffles
from ..composition.enumerated import EnumeratedCurve
from ..curves import PairCurve, PrivacyCurve
from ..curves.composed import ComposedCurve
from ..curves.grid_curve import GridCurve
from ..curves.pair_curve import Part
from ..errors import NotCoveredError, ParameterError
from ..model.kinds import read_randomizer, written_randomizer
from ..model.reading import with_keys
from ..numerics.dots import BITS, GridLoss
from ..numerics.exact import ExactLike, exact, whole
from ..pairs.known import Pairs
from ..pairs.of_randomizer import releases_of
from ..shuffle import Shuffle

__all__ = ["FORMAT", "VERSION", "curve_from_json", "curve_to_json"]

FORMAT = "concurrent-shuffle-accounting/curve"
VERSION = 1

_LARGEST = 50_000_000  # characters
_MOST_MARKS = 2_000_000


def curve_to_json(curve: PrivacyCurve) -> str:
    """Write a curve as a JSON document.

    Args:
        curve: of shuffles, from their ``curve()``; or one on a grid.

    Raises:
        NotCoveredError: files have no kind for one of the randomizers, or the curve was made by hand.
    """
    match curve:
        case PairCurve():
            body: dict[str, Any] = {"kind": "shuffle", **_recipe(curve.pairs)}
        case ComposedCurve():
            parts = [{"times": part.count, **_recipe(part.pairs)} for part in curve.parts]
            body = {"kind": "shuffles", "inputs": curve.inputs, "parts": parts}
        case EnumeratedCurve():
            runs = [(shuffle, len(list(run))) for shuffle, run in groupby(curve.shuffles)]
            listed = [{"times": times, **_written(shuffle)} for shuffle, times in runs]
            body = {"kind": "concatenation", "inputs": curve.composed.inputs, "shuffles": listed}
        case GridCurve():
            body = {
                "kind": "grid",
                "step": str(curve.step),
                "unit_bits": BITS,
                "low": curve.loss.low,
                "masses": [f"{mass:x}" for mass in curve.loss.masses],
                "infinite": f"{curve.loss.infinite:x}",
                "claims": list(curve.claims),
                "assumptions": list(curve.assumptions),
            }
        case _:
            raise NotCoveredError(f"files have no kind for a {type(curve).__name__}")
    return json.dumps({"format": FORMAT, "version": VERSION, "curve": body}, ensure_ascii=False)


def curve_from_json(source: str) -> PrivacyCurve:
    """Read a curve from a JSON document that ``curve_to_json`` wrote.

    Args:
        source: the document; of this version, and at most 50 million characters.

    Raises:
        ParameterError: it is no such document, of another version, or a value in it breaks its rule.
        NotCoveredError: it names a randomizer that no proved claim covers.
    """
    if not isinstance(source, str):
        raise ParameterError("source", "must be a JSON document as a string", source)
    if len(source) > _LARGEST:
        raise ParameterError("source", f"must have at most {_LARGEST} characters", len(source))
    try:
        document = json.loads(source, parse_float=_Decimal, parse_constant=_Decimal, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ParameterError):
            raise
        raise ParameterError("source", "must be JSON", str(error)) from None
    top = with_keys("document", document, needed=("format", "version"), known=("format", "version", "curve"))
    if top["format"] != FORMAT:
        raise ParameterError("format", f'must be "{FORMAT}"', top["format"])
    if top["version"] != VERSION or isinstance(top["version"], bool):
        raise ParameterError(
            "version", f"must be {VERSION}", top["version"], "A newer release of the toolkit may read it"
        )
    return _read(top.get("curve"))


class _Decimal(str):
    """A JSON number with a point or an exponent, as it was written."""

    __slots__ = ()


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that gives a key twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ParameterError(
            "source", "must give each key once", next(n for n in names if names.count(n) > 1)
        )
    return found


def _recipe(pairs: Pairs) -> dict[str, Any]:
    origin = pairs.origin
    if origin is None:
        raise NotCoveredError("a curve whose pairs were put together by hand has no recipe to write")
    written = {key: _plain(value) for key, value in written_randomizer(origin.randomizer).items()}
    return {"users": origin.users, "release": origin.release, "randomizer": written}


def _written(shuffle: Shuffle) -> dict[str, Any]:
    written = {key: _plain(value) for key, value in written_randomizer(shuffle.randomizer).items()}
    return {"users": shuffle.users, "randomizer": written}


def _plain(value: object) -> object:
    match value:
        case Fraction():
            return str(value)
        case tuple():
            return [_plain(entry) for entry in value]
        case _:
            return value


def _read(body: object) -> PrivacyCurve:
    table = with_keys("curve", body, needed=("kind",), known=_KNOWN)
    match table["kind"]:
        case "shuffle":
            return PairCurve(_read_pairs("curve", table))
        case "shuffles":
            return _read_shuffles(table)
        case "concatenation":
            return _read_concatenation(table)
        case "grid":
            return _read_grid(table)
        case other:
            raise ParameterError("curve.kind", "must be shuffle, shuffles, concatenation or grid", other)


_RECIPE = ("users", "release", "randomizer")
_SHUFFLES = ("inputs", "parts")
_CONCATENATION = ("inputs", "shuffles")
_SHUFFLE = ("times", "users", "randomizer")
_GRID = ("step", "unit_bits", "low", "masses", "infinite", "claims", "assumptions")
_KNOWN = ("kind", *_RECIPE, *_SHUFFLES, *_CONCATENATION, *_GRID)


def _read_pairs(name: str, table: Mapping[str, object], *extra: str) -> Pairs:
    with_keys(name, table, needed=_RECIPE, known=("kind", *_RECIPE, *extra))
    randomizer = read_randomizer(f"{name}.randomizer", table["randomizer"])
    users = whole(f"{name}.users", _number(table["users"]), least=2)
    releases = releases_of(randomizer, users)
    release = whole(f"{name}.release", _number(table["release"]), least=0, most=len(releases) - 1)
    return releases[release]


def _read_shuffles(table: Mapping[str, object]) -> ComposedCurve:
    with_keys("curve", table, needed=_SHUFFLES, known=("kind", *_SHUFFLES))
    inputs, parts = table["inputs"], _list("curve.parts", table["parts"])
    if inputs not in ("adaptive", "fixed"):
        raise ParameterError("curve.inputs", 'must be "adaptive" or "fixed"', inputs)
    if not parts:
        raise ParameterError("curve.parts", "must be at least one", "none")
    read = []
    for i, part in enumerate(parts):
        name = f"curve.parts[{i}]"
        given = with_keys(name, part, needed=("times", *_RECIPE), known=("times", *_RECIPE))
        times = whole(f"{name}.times", _number(given["times"]), least=1)
        read.append(Part.of(_read_pairs(name, given, "times"), times))
    return ComposedCurve(tuple(read), str(inputs))


def _read_concatenation(table: Mapping[str, object]) -> PrivacyCurve:
    with_keys("curve", table, needed=_CONCATENATION, known=("kind", *_CONCATENATION))
    shuffles: list[Shuffle] = []
    for i, entry in enumerate(_list("curve.shuffles", table["shuffles"])):
        name = f"curve.shuffles[{i}]"
        given = with_keys(name, entry, needed=_SHUFFLE, known=_SHUFFLE)
        times = whole(f"{name}.times", _number(given["times"]), least=1, most=_MOST_MARKS)
        users = whole(f"{name}.users", _number(given["users"]), least=2)
        shuffles += [Shuffle(read_randomizer(f"{name}.randomizer", given["randomizer"]), users=users)] * times
    try:
        return ConcurrentShuffles(shuffles, inputs=str(table["inputs"])).curve()
    except ParameterError as error:
        raise error.renamed(f"curve.{error.name}") from None


def _read_grid(table: Mapping[str, object]) -> GridCurve:
    with_keys("curve", table, needed=_GRID, known=("kind", *_GRID))
    if table["unit_bits"] != BITS:
        raise ParameterError("curve.unit_bits", f"must be {BITS}", table["unit_bits"])
    masses = _list("curve.masses", table["masses"])
    if len(masses) > _MOST_MARKS:
        raise ParameterError("curve.masses", f"must be at most {_MOST_MARKS}", len(masses))
    low = exact("curve.low", _number(table["low"]))
    if low.denominator != 1 or abs(low) > 10**12:
        raise ParameterError(
            "curve.low", "must be a whole number of at most 10^12 in absolute value", table["low"]
        )
    loss = GridLoss(
        int(low),
        tuple(_mass(f"curve.masses[{i}]", mass) for i, mass in enumerate(masses)),
        _mass("curve.infinite", table["infinite"]),
    )
    step = exact("curve.step", _number(table["step"]))
    claims = _names("curve.claims", table["claims"])
    assumptions = _names("curve.assumptions", table["assumptions"])
    try:
        return GridCurve(step=step, loss=loss, claims=claims, assumptions=assumptions)
    except ParameterError as error:
        raise error.renamed(f"curve.{error.name}") from None


def _mass(name: str, value: object) -> int:
    """Read a mass: lower-case hexadecimal digits, in units of 2^-BITS."""
    if not isinstance(value, str) or not value or len(value) > BITS or set(value) - set("0123456789abcdef"):
        raise ParameterError(name, "must be hexadecimal digits as a string", value)
    return int(value, 16)


def _list(name: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise ParameterError(name, "must be a list", value)
    return value


def _names(name: str, value: object) -> tuple[str, ...]:
    names = _list(name, value)
    if not all(isinstance(each, str) for each in names):
        raise ParameterError(name, "must be a list of ids", value)
    return tuple(str(each) for each in names)


def _number(value: object) -> ExactLike:
    """Hand a JSON value to the readers of numbers, which refuse what is none."""
    return value  # type: ignore[return-value]
