"""Writing TOML: every number so that it is read back as the same number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Context, Decimal
from fractions import Fraction

from ..randomizers import Randomizer
from .kinds import written_randomizer

__all__ = ["written_deployment", "written_value"]

_DIGITS = 40


def written_value(value: object) -> str:
    """Write a string, a truth value, a whole number, a fraction or rows of fractions as a TOML value.

    A fraction becomes a decimal when it is one of at most 40 digits, else a quoted ratio.

    >>> written_value(Fraction(1, 8)), written_value(Fraction(1, 3))
    ('0.125', '"1/3"')
    """
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Fraction():
            return _written_fraction(value)
        case tuple():
            return "[" + ", ".join(written_value(entry) for entry in value) + "]"
        case _:
            raise TypeError(f"TOML has no value for {type(value).__name__}")


def _written_fraction(value: Fraction) -> str:
    if value.denominator == 1 and abs(value.numerator) < 10**_DIGITS:
        return str(value.numerator)
    digits = Context(prec=_DIGITS, Emin=-999_999, Emax=999_999)
    decimal = digits.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(digits)
    if Fraction(decimal) != value:
        return f'"{value.numerator}/{value.denominator}"'
    if decimal.adjusted() < -4:
        return f"{decimal:e}"
    return str(decimal).lower().replace("e+", "e")


def written_deployment(
    *,
    title: str,
    relation: str,
    inputs: str,
    budget: Mapping[str, Fraction],
    atom_at_least: int,
    shufflers: Iterable[tuple[Mapping[str, object], Randomizer]],
) -> str:
    """Write a deployment file.

    Args:
        title: left out when empty.
        relation: the name of the relation.
        inputs: ``"adaptive"`` or ``"fixed"``.
        budget: epsilon and delta.
        atom_at_least: left out when 1.
        shufflers: for each its keys, and its randomizer.

    Raises:
        NotCoveredError: a randomizer that deployment files cannot describe.
    """
    head: dict[str, object] = {"title": title} if title else {}
    head |= {"relation": relation, "inputs": inputs}
    lines = _lines(head | {"atom_at_least": atom_at_least} if atom_at_least > 1 else head)
    lines += ["", "[budget]", *_lines(budget)]
    for keys, randomizer in shufflers:
        lines += ["", "[[shuffler]]", *_lines(keys)]
        lines += ["[shuffler.randomizer]", *_lines(written_randomizer(randomizer))]
    return "\n".join(lines) + "\n"


def _lines(values: Mapping[str, object]) -> list[str]:
    return [f"{key} = {written_value(value)}" for key, value in values.items()]
