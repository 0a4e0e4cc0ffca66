"""``literature``: published bounds with their status, and what they promise beside what is certified."""

from __future__ import annotations

from fractions import Fraction
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError
from ..numerics.rounding import print_at_least, print_at_most
from .output import deliver, patience

if TYPE_CHECKING:
    from ..literature import PublishedBound

__all__ = ["literature"]

_WIDTH = 100
_LONG = 30


def literature(
    bound: str | None = None,
    /,
    *,
    table: bool = False,
    values: str | None = None,
    epsilon0: str | None = None,
    delta: str | None = None,
    json: bool = False,
) -> int:
    """List the published bounds on what a shuffle loses, and what is known about each.

    A bound is proved, corrected by an erratum, refuted by explicit data sets, or approximate. No number of this toolkit
    rests on any of them. Where data sets are known to lose more than is claimed, they are found anew. With --table, compare what they promise for k-ary randomized response among 10^3 to 10^9 users
    with what is certified.

    Example: `shuffle-accounting literature --table --values 10 --epsilon0 2 --delta 1e-6`

    Exit codes:

    - 0: the answer is printed
    - 2: bad usage

    Args:
        bound: the id of one bound; without it, all are listed.
        table: compare promises.
        values: for the table, the number of values; 10 by default.
        epsilon0: for the table, the local epsilon in nats; 2 by default.
        delta: for the table, a probability; 1e-6 by default.
        json: print one JSON document and nothing else.
    """
    if table:
        if bound is not None:
            raise ParameterError("literature", "compares all bounds with --table", bound, "Leave the id out")
        return _table(values or "10", epsilon0 or "2", delta or "1e-6", json=json)
    for name, value in {"values": values, "epsilon0": epsilon0, "delta": delta}.items():
        if value is not None:
            raise ParameterError(f"--{name}", "goes with --table", value)
    bounds = _chosen(bound)
    with patience("looking for data sets that lose more than is claimed"):
        # where none is known a search takes seconds and finds nothing: it is made for a bound that is named only
        found = {each.id: _counterexample(each.id) for each in bounds if each.exceeded or bound is not None}
    deliver(
        text=lambda: "\n".join(_entry(each, found.get(each.id)) for each in bounds),
        content=lambda: [_as_dict(each, found.get(each.id)) for each in bounds],
        json=json,
    )
    return 0


def _table(values: str, epsilon0: str, delta: str, *, json: bool) -> int:
    from ..literature.table import compare
    from ..numerics.exact import delta_parameter
    from ..randomizers import BinaryRandomizedResponse, KaryRandomizedResponse

    probability = delta_parameter("delta", delta)
    if probability == 0:
        raise ParameterError(
            "delta", "must be positive", delta, "Few published bounds say anything at delta = 0"
        )
    randomizer = KaryRandomizedResponse(values, epsilon0)
    if randomizer.values == 2:
        randomizer = BinaryRandomizedResponse(epsilon0)
    with patience("asking every bound at every size"):
        comparison = compare(randomizer, delta=probability)
    deliver(text=comparison.text, content=comparison.as_dict, json=json)
    return 0


def _chosen(bound: str | None) -> list[PublishedBound]:
    from ..literature import PUBLISHED

    if bound is None:
        return list(PUBLISHED.values())
    if bound not in PUBLISHED:
        raise ParameterError(
            "literature", "needs the id of a published bound", bound, f"Known: {', '.join(PUBLISHED)}"
        )
    return [PUBLISHED[bound]]


def _counterexample(bound_id: str) -> dict[str, Any] | None:
    """Recompute data sets that lose more than is claimed; None where none is known."""
    from ..literature.counterexample import counterexample_for

    found = counterexample_for(bound_id)
    return None if found is None else dict(found)


def _as_dict(bound: PublishedBound, counterexample: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "bound": bound.id,
        "title": bound.title,
        "source": str(bound.source),
        "source_checked": bound.source.checked,
        "status": bound.status.value,
        "remark": bound.remark,
        "counterexample": counterexample,
    }


def _entry(bound: PublishedBound, counterexample: dict[str, Any] | None) -> str:
    lines = [f"{bound.id}: {bound.status.value}", *_indented(bound.title), *_indented(str(bound.source))]
    lines += _indented(f"(compared with the source: {bound.source.checked})")
    if bound.remark:
        lines += _indented(bound.remark)
    if counterexample is not None:
        facts = (f"{key} {_shown(key, value)}" for key, value in counterexample.items() if key != "bound")
        lines += _indented(f"Counterexample: {'; '.join(facts)}")
    return "\n".join(lines) + "\n"


def _shown(key: str, value: object) -> str:
    """Show a fraction of many digits as a decimal: what is lost rounded down, what is claimed rounded up."""
    if not isinstance(value, str) or len(value) <= _LONG or key not in {"exact", "claimed"}:
        return str(value)
    number = Fraction(value)
    return f"at least {print_at_most(number)}" if key == "exact" else f"at most {print_at_least(number)}"


def _indented(text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False)
