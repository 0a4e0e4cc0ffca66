"""Answering cells, in units of a few, wherever they are sent; what a unit answers depends on nothing but the unit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..curves import Bounds, PairCurve
from ..curves.warm import Near, epsilon_near
from ..errors import AccountingError, NotCoveredError
from ..literature import PUBLISHED
from ..model.kinds import read_randomizer
from ..numerics.enclosure import Enclosure
from ..numerics.exact import exact
from ..numerics.rounding import float_at_least, float_at_most
from ..randomizers import Randomizer
from ..shuffle import Shuffle
from .axes import PARAMETERS, batch_sizes
from .identity import identity
from .predict import Neighbours
from .spec import Cell, TableSpec
from .sums import summation_error

__all__ = ["answer_unit", "question_of", "unit_size"]

_UNIT = 64
_LEAST_UNIT = 4
_MANY = 16  # units are smaller where there would be fewer of them
_SLOW_UNIT = 2
_SLOW = frozenset({"binary-randomized-response", "symmetric-unary"})
_USUAL_WIDTH = "1e-6"
_REASONS = 300  # characters of a reason


def question_of(spec: TableSpec) -> dict[str, Any]:
    """Return what every unit has to know, as plain values that any process can read."""
    return {
        "cell": spec.cell,
        "names": list(spec.names),
        "inputs": spec.inputs.value,
        "matrix": spec.matrix and [list(row) for row in spec.matrix],
        "published": list(spec.published),
        "relative_width": spec.relative_width,
    }


def unit_size(spec: TableSpec) -> int:
    """Return how many neighbouring cells one task answers: it is a matter of the table, not of the machine."""
    if spec.cell == "summation_error":
        return 1
    slow = spec.cell == "users" or bool(spec.axis("batches")) or set(spec.axis("shufflers")) - {"1"}
    if slow or _SLOW & set(spec.axis("kind")):
        return _SLOW_UNIT
    return min(_UNIT, max(_LEAST_UNIT, len(spec) // _MANY))


def answer_unit(
    question: Mapping[str, Any], cells: Sequence[Sequence[str | None]], asker: str
) -> dict[str, Any]:
    """Answer neighbouring cells; runs in any process and any thread.

    Args:
        question: from `question_of`.
        cells: their values on the axes.
        asker: the `identity` of the process that asks.

    Returns:
        The identity of this process and, if it is the same one, a list with one entry a cell, of plain values.
    """
    mine = identity()
    if mine != asker:
        return {"identity": mine, "rows": None}
    neighbours = Neighbours(question["names"])
    return {"identity": mine, "rows": [_answer(question, tuple(cell), neighbours) for cell in cells]}


def _answer(question: Mapping[str, Any], cell: Cell, neighbours: Neighbours) -> dict[str, Any]:
    values = {name: value for name, value in zip(question["names"], cell, strict=True) if value is not None}
    try:
        if question["cell"] == "summation_error":
            return _summation_error(values)
        randomizer = _randomizer(question, values)
        found = _found(question, values, randomizer, cell, neighbours)
    except (AccountingError, ArithmeticError, MemoryError) as error:
        return {"reason": _reason(error)}
    found["assumptions"].extend(randomizer.assumes)
    found["published"] = [
        _claimed(bound, question["cell"], values, randomizer, found["lower"])
        for bound in question["published"]
    ]
    return found


def _summation_error(values: Mapping[str, str]) -> dict[str, Any]:
    found = summation_error(
        int(values["users"]), int(values["shufflers"]), epsilon=values["epsilon"], delta=values["delta"]
    )
    return {
        "lower": found.lower,
        "upper": found.upper,
        "claims": list(found.claims),
        "assumptions": list(found.assumptions),
    }


def _reason(error: Exception) -> str:
    words = " ".join(str(error).split())[:_REASONS]
    if isinstance(error, AccountingError):
        return words
    return f"a defect of the toolkit or its machine, {type(error).__name__}: {words}"


def _randomizer(question: Mapping[str, Any], values: Mapping[str, str]) -> Randomizer:
    table: dict[str, object] = {
        name: value for name, value in values.items() if name in PARAMETERS or name == "kind"
    }
    if values["kind"] == "finite":
        table["matrix"] = question["matrix"]
    return read_randomizer("randomizer", table)


def _found(
    question: Mapping[str, Any],
    values: Mapping[str, str],
    randomizer: Randomizer,
    cell: Cell,
    neighbours: Neighbours,
) -> dict[str, Any]:
    if question["cell"] == "users":
        return _smallest_batch(values, randomizer)
    width = question["relative_width"]
    mechanism = _mechanism(question["inputs"], values, randomizer)
    if question["cell"] == "delta":
        at = {name: values[name] for name in ("epsilon", "alpha") if name in values}
        return _ends(mechanism.delta(**at, relative_width=width))
    level = exact("delta", values["delta"])
    curve = mechanism.curve()
    near = neighbours.predict(cell)
    if near is not None and level > 0 and isinstance(curve, PairCurve):
        warm = epsilon_near(curve, level, float(exact("", width or _USUAL_WIDTH)), near)
        if warm is not None:
            neighbours.add(cell, warm[1])
            return _ends(warm[0])
    bounds = curve.epsilon(delta=level, relative_width=width)
    if isinstance(curve, PairCurve):
        neighbours.add(cell, Near.of(bounds))
    return _ends(bounds)


def _mechanism(inputs: str, values: Mapping[str, str], randomizer: Randomizer) -> Any:
    if "batches" in values:
        sizes = batch_sizes(values["batches"])
    else:
        sizes = (int(values["users"]),) * int(values.get("shufflers", "1"))
    shuffles = [Shuffle(randomizer, users=size) for size in sizes]
    if len(shuffles) == 1:
        return shuffles[0]
    from ..composition.concurrent import ConcurrentShuffles

    return ConcurrentShuffles(shuffles, inputs=inputs)


def _ends(bounds: Bounds) -> dict[str, Any]:
    return {
        "lower": bounds.lower,
        "upper": bounds.upper,
        "claims": list(dict.fromkeys((*bounds.upper_claims, *bounds.lower_claims))),
        "assumptions": list(bounds.assumptions),
    }


def _smallest_batch(values: Mapping[str, str], randomizer: Randomizer) -> dict[str, Any]:
    from ..calibration import smallest_batch

    answer = smallest_batch(randomizer, epsilon=values["epsilon"], delta=values["delta"])
    return {
        "lower": None if answer.unsafe is None else int(answer.unsafe),
        "upper": None if answer.safe is None else int(answer.safe),
        "claims": list(answer.claims),
        "assumptions": [],
    }


def _claimed(
    bound: str, cell: str, values: Mapping[str, str], randomizer: Randomizer, lower: float
) -> dict[str, Any]:
    """Return what a paper claims, with both ends of its numeric enclosure, or why it claims nothing."""
    users = int(values["users"])
    try:
        if cell == "epsilon":
            claim = PUBLISHED[bound].claimed_epsilon(randomizer, users=users, delta=Fraction(values["delta"]))
        else:
            claim = PUBLISHED[bound].claimed_delta(randomizer, users=users, alpha=Fraction(values["alpha"]))
    except NotCoveredError as error:
        return {"reason": _reason(error)}
    except (AccountingError, ArithmeticError) as error:
        return {"reason": f"could not be evaluated: {_reason(error)}"}
    return {
        "lower": float_at_most(claim.lower),
        "upper": float_at_least(claim.upper),
        "below": _below(claim, lower),
    }


def _below(claim: Enclosure, lower: float) -> bool:
    """Whether a claim is certainly below what explicit data sets lose."""
    return math.isfinite(lower) and claim.upper < Fraction(lower)
