"""Amplification: what a shuffle loses against the number of its users, beside what papers claim."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..claims import relies_on
from ..errors import NotCoveredError, ParameterError
from ..literature import PUBLISHED, PublishedBound, Status
from ..numerics.exact import ExactLike, delta_parameter
from ..numerics.rounding import float_at_most
from ..randomizers import Randomizer
from ..report.words import shown_fraction
from ..shuffle import Shuffle
from .grids import decades, read_counts
from .picture import Axis, Band, Between, Line, Picture, Stroke

__all__ = ["STROKES", "USUAL_BOUNDS", "users_picture"]

USUAL_BOUNDS = ("blanket-hoeffding", "clones", "stronger-clones", "variation-ratio")
"""One published bound of each kind."""

_FIRST, _LAST = 2, 9  # powers of ten
STROKES = {
    Status.PROVED: Stroke.SOLID,
    Status.ERRATUM: Stroke.DASHED,
    Status.REFUTED: Stroke.DASHED,
    Status.APPROXIMATE: Stroke.DASH_DOTTED,
}
"""How a published bound is drawn, by what is known about it."""
_NOTES = (
    "Our band holds between the computed sizes, too: its edge is a step, not a chord. Claims of papers are rounded down, hold at"
    " their marks, and are no promise of this toolkit.",
)


@relies_on("monotone-users")
def users_picture(
    randomizer: Randomizer,
    *,
    delta: ExactLike,
    users: Sequence[ExactLike] | None = None,
    published: Sequence[str] = USUAL_BOUNDS,
) -> Picture:
    """Compute epsilon at a delta against the number of users, with both ends, beside published bounds.

    A bound that claims nothing for the randomizer is left out, and a note names it.

    Args:
        randomizer: what every user sends.
        delta: a probability, strictly between 0 and 1.
        users: rising numbers of users, from 2 on; by default from 100 to 10^9.
        published: ids of published bounds.

    Raises:
        ParameterError: a parameter breaks its rule.
        NotCoveredError: no claim of ours covers the randomizer.
    """
    level = delta_parameter("delta", delta)
    if level == 0:
        raise ParameterError(
            "delta", "must be positive", delta, "Few published bounds say anything at delta = 0"
        )
    if users is None:
        sizes, coarse = (decades(_FIRST, _LAST, per_decade=each) for each in (12, 2))
    else:
        sizes = coarse = read_counts("users", users, least=2)
    bounds = [_bound(each) for each in published]
    ours = {n: Shuffle(randomizer, n).epsilon(delta=level) for n in sorted({*sizes, *coarse})}
    lines, silent = [], []
    for bound in bounds:
        line = _line(bound, randomizer, level, {n: ours[n].lower for n in coarse})
        if line is None:
            silent.append(bound.id)
        else:
            lines.append(line)
    notes = (*_NOTES, f"No claim at all: {', '.join(silent)}.") if silent else _NOTES
    first = ours[sizes[0]]
    return Picture(
        title=f"Amplification: {randomizer.describe()}",
        x=Axis(label="users of the batch", log=True),
        y=Axis(label=f"epsilon at delta = {shown_fraction(level)}, in nats", log=True),
        bands=(
            Band(
                name="this toolkit",
                x=sizes,
                lower=tuple(ours[n].lower for n in sizes),
                upper=tuple(ours[n].upper for n in sizes),
                between=Between.FALLING,
            ),
        ),
        lines=tuple(lines),
        notes=notes,
        claims=tuple(
            dict.fromkeys((*(c for each in ours.values() for c in each.upper_claims), "monotone-users"))
        ),
        assumptions=(*first.assumptions, *randomizer.assumes),
    )


def _bound(bound_id: str) -> PublishedBound:
    if bound_id not in PUBLISHED:
        raise ParameterError(
            "published", "must be ids of published bounds", bound_id, f"Known: {', '.join(PUBLISHED)}"
        )
    return PUBLISHED[bound_id]


def _line(
    bound: PublishedBound, randomizer: Randomizer, delta: Fraction, lost: dict[int, float]
) -> Line | None:
    """Return what a paper claims at each size; None where it claims nothing at all."""
    x: list[int] = []
    y: list[float] = []
    crossed: list[bool] = []
    for n, lower in lost.items():
        try:
            claim = bound.claimed_epsilon(randomizer, users=n, delta=delta)
        except NotCoveredError:
            continue
        x.append(n)
        y.append(float_at_most(claim.lower))
        crossed.append(claim.upper < Fraction(lower))
    if not x:
        return None
    return Line(
        name=bound.id,
        x=tuple(x),
        y=tuple(y),
        stroke=STROKES[bound.status],
        status=bound.status.value,
        crossed=tuple(crossed),
    )
