"""Numbers and bounds as JSON values."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

from ..curves.bounds import Bounds
from ..numerics.rounding import float_at_least

__all__ = ["bounds_as_dict", "document", "ends_as_dict", "finite_as_json", "number_as_json"]


def document(value: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Write one JSON document."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def number_as_json(value: Fraction) -> int | float:
    """Return the number that the caller typed; one below all floats becomes the least of them, never 0."""
    return int(value) if value.denominator == 1 else float(value) or float_at_least(value)


def ends_as_dict(bounds: Bounds) -> dict[str, float | None]:
    """Return both ends; an infinite one is None."""
    return {"lower": finite_as_json(bounds.lower), "upper": finite_as_json(bounds.upper)}


def bounds_as_dict(bounds: Bounds) -> dict[str, Any]:
    """Return both ends and whether they are one number up to the numeric width."""
    return {**ends_as_dict(bounds), "exact": bounds.is_exact}


def finite_as_json(end: float) -> float | None:
    """Return an end; an infinite one is None."""
    return end + 0.0 if math.isfinite(end) else None  # no -0.0
