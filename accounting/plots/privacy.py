"""Pictures of a deployment's privacy: its curve, its trade-off function, and its loss against the number of shufflers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from ..claims import relies_on
from ..composition.concurrent import ConcurrentShuffles
from ..curves import PrivacyCurve
from ..errors import ParameterError
from ..model import Deployment
from ..numerics.exact import ExactLike, delta_parameter, epsilon_parameter, probability
from ..randomizers import Randomizer
from ..report.words import shown_fraction
from ..shuffle import Shuffle
from .grids import evenly, read_counts, read_places
from .picture import Axis, Band, Between, Line, Mark, Picture, Stroke

__all__ = ["curve_picture", "shufflers_picture", "trade_off_picture"]

_POINTS = 161
_ALPHAS = 101
_MOST_PARTS = 6
_SHOWN_BELOW = Fraction(1, 10**4)  # of the budget's delta: how far down a curve is drawn
_LEAST_DELTA = Fraction(1, 10**18)
_STEPS = "The ends hold between the computed places, too: the edge of a band is a step, not a chord."


@relies_on("outward-rounding")
def curve_picture(deployment: Deployment, *, epsilons: Sequence[ExactLike] | None = None) -> Picture:
    """Compute a deployment's privacy curve, delta against epsilon, with both ends, and that of each shuffler.

    Args:
        deployment: what is deployed; of more than six different shufflers the total is drawn alone.
        epsilons: rising places in nats, from 0 on; by default up to where delta is far below that of the budget.

    Raises:
        ParameterError: the places break a rule.
        NotCoveredError: no claim covers a randomizer.
    """
    budget = deployment.budget
    total = deployment.curve()
    floor = max(budget.delta * _SHOWN_BELOW, _LEAST_DELTA)
    if epsilons is None:
        places = _usual_epsilons(total.epsilon(delta=floor).upper, budget.epsilon)
    else:
        places = read_places("epsilons", epsilons, _epsilon)
    kinds = Counter(named.shuffle for named in deployment.shufflers)
    parts: list[tuple[str, PrivacyCurve]] = [("total", total)]
    notes = [_STEPS]
    if len(deployment.shufflers) > 1:
        if len(kinds) <= _MOST_PARTS:
            parts += [(_name(deployment, shuffle), shuffle.curve()) for shuffle in kinds]
        else:
            notes.append(f"The curves of the {len(kinds)} different shufflers are not drawn.")
    rests = total.delta(epsilon=budget.epsilon)
    return Picture(
        title=deployment.title or "Privacy curve",
        x=Axis(label="epsilon, in nats"),
        y=Axis(label="delta", log=True, least=10.0 ** math.floor(math.log10(floor)), most=1.0),
        bands=tuple(_delta_band(name, curve, places) for name, curve in parts),
        marks=(
            Mark(
                name=f"budget: epsilon = {shown_fraction(budget.epsilon)}, delta = {shown_fraction(budget.delta)}",
                x=float(budget.epsilon),
                y=float(budget.delta),
            ),
        ),
        notes=tuple(notes),
        claims=rests.upper_claims,
        assumptions=_owed(deployment, rests.assumptions),
    )


@relies_on("trade-off-of-curve")
def trade_off_picture(deployment: Deployment, *, alphas: Sequence[ExactLike] | None = None) -> Picture:
    """Compute the trade-off function of a deployment: the least type II error at each type I error.

    Args:
        deployment: what is deployed.
        alphas: rising type I errors, probabilities; by default 0, 0.01, .., 1.

    Raises:
        ParameterError: an alpha is no probability, or they do not rise.
        NotCoveredError: no claim covers a randomizer.
    """
    given = evenly(Fraction(1), _ALPHAS) if alphas is None else alphas
    places = read_places("alphas", given, probability)
    found = deployment.curve().trade_offs(places)
    return Picture(
        title=deployment.title or "Trade-off function",
        x=Axis(label="type I error", least=0.0, most=1.0),
        y=Axis(label="type II error", least=0.0, most=1.0),
        bands=(
            Band(
                name="trade-off function",
                x=tuple(map(float, places)),
                lower=tuple(each.lower for each in found),
                upper=tuple(each.upper for each in found),
                between=Between.FALLING,
            ),
        ),
        lines=(Line(name="nothing is learnt", x=(0.0, 1.0), y=(1.0, 0.0), stroke=Stroke.GUIDE),),
        lower_means="no test does better, on any neighbouring data sets",
        upper_means="attained by a test between the witness's data sets",
        notes=(_STEPS,),
        claims=tuple(dict.fromkeys(claim for each in found for claim in each.lower_claims)),
        assumptions=_owed(deployment, found[0].assumptions),
    )


def shufflers_picture(
    randomizer: Randomizer,
    users: ExactLike,
    *,
    delta: ExactLike,
    shufflers: Sequence[ExactLike] = tuple(range(1, 17)),
    inputs: str = "adaptive",
) -> Picture:
    """Compute epsilon at a delta for each number of shufflers of one kind that work at the same time.

    Args:
        randomizer: what every user sends to each of them, with fresh randomness.
        users: of each batch, present and honest, the target included.
        delta: a probability below 1.
        shufflers: rising numbers of shufflers, from 1 to 10,000.
        inputs: ``"adaptive"``, or ``"fixed"``: other users' values and randomizers do not react to releases.

    Raises:
        ParameterError: a parameter breaks its rule.
        NotCoveredError: no claim covers the randomizer.
    """
    shuffle = Shuffle(randomizer, users)
    level = delta_parameter("delta", delta)
    counts = read_counts("shufflers", shufflers, least=1, most=10_000)
    found = [ConcurrentShuffles([shuffle] * k, inputs=inputs).epsilon(delta=level) for k in counts]
    return Picture(
        title=f"{randomizer.describe()}, {shuffle.users:,} users a batch",
        x=Axis(label="shufflers at the same time", log=_wide(counts)),
        y=Axis(label=f"epsilon at delta = {shown_fraction(level)}, in nats", log=_wide(counts)),
        bands=(
            Band(
                name="epsilon",
                x=counts,
                lower=tuple(each.lower for each in found),
                upper=tuple(each.upper for each in found),
            ),
        ),
        notes=("The ends hold at the marks.",),
        claims=tuple(dict.fromkeys(claim for each in found for claim in each.upper_claims)),
        assumptions=tuple(
            dict.fromkeys((*(name for each in found for name in each.assumptions), *randomizer.assumes))
        ),
    )


def _owed(deployment: Deployment, certified: tuple[str, ...]) -> tuple[str, ...]:
    """What the bounds take for granted, and what the descriptions of the randomizers do."""
    own = (each for named in deployment.shufflers for each in named.shuffle.randomizer.assumes)
    return tuple(dict.fromkeys((*certified, *own)))


def _delta_band(name: str, curve: PrivacyCurve, places: tuple[Fraction, ...]) -> Band:
    """Bound delta at each place, from the largest on: what is sampled finely enough there serves the others."""
    found = [curve.delta(epsilon=place) for place in reversed(places)][::-1]
    return Band(
        name=name,
        x=tuple(map(float, places)),
        lower=tuple(each.lower for each in found),
        upper=tuple(each.upper for each in found),
        between=Between.FALLING,
        filled=name == "total",
    )


def _usual_epsilons(end: float, budget: Fraction) -> tuple[Fraction, ...]:
    """Return even places up to where the curve has fallen, and one beyond a budget that lies farther on."""
    last = Fraction(end) if 0 < end < math.inf else 2 * budget + 1
    places = tuple(Fraction(float(place)) for place in evenly(last, _POINTS))
    beyond = budget * Fraction(5, 4)
    return (*places, beyond) if beyond > last else places


def _name(deployment: Deployment, shuffle: Shuffle) -> str:
    """Name all shufflers with the same randomizer and users."""
    names = [named.name for named in deployment.shufflers if named.shuffle == shuffle]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more like it, each"


def _epsilon(name: str, value: ExactLike) -> Fraction:
    found = epsilon_parameter(name, value)
    if found < 0:
        raise ParameterError(name, "must be at least 0", value)
    return found


def _wide(counts: tuple[int, ...]) -> bool:
    return counts[-1] >= 50 * counts[0]
