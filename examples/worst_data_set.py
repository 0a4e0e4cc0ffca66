"""Which data set of shuffled binary response is worst, in the plane of (w, alpha); draws it, given a file name.

    python examples/worst_data_set.py worst.png 8

The picture needs the extra ``plot``; the answers do not.
"""

import sys
from fractions import Fraction
from math import log
from pathlib import Path

from accounting.symbolic import Root, WorstOnes, worst_ones


def shown(end: Root | None, otherwise: str) -> str:
    """Show an end of an interval of w."""
    return otherwise if end is None else str(end)


def main(picture: str | None = None, users: int = 4) -> WorstOnes:
    """List the curves that separate the worst data sets for alpha >= 1, and draw the regions."""
    worst = worst_ones(users)
    print(f"{users} users, binary response with w = e^epsilon0, the target at one against zero;")
    print(
        f"m of the other {users - 1} hold a one. Curves alpha(w) between different worst m, for alpha >= 1:"
    )
    for arc in worst.boundaries:
        middle = arc_middle(arc.lower, arc.upper)
        if arc.alpha.subs("w", middle) >= 1:
            where = f"w from {shown(arc.lower, '1')} to {shown(arc.upper, 'infinity')}"
            print(f"  m = {named(arc.below)} below, {named(arc.above)} above: alpha = {arc.alpha}, {where}")
    delta = worst.delta.at(1, w=3)
    print(f"w = 3, alpha = 1: worst m = {named(worst.at(1, w=3))}, delta = {delta}")
    if picture is not None:
        draw(worst, picture)
    return worst


def named(ones: tuple[int, ...]) -> str:
    """Name data sets that are equally bad."""
    return " or ".join(map(str, ones))


def arc_middle(lower: Root | None, upper: Root | None) -> Fraction:
    """Return a rational number inside an interval of w."""
    low = Fraction(1) if lower is None else lower.enclosed()[1]
    high = low + 2 if upper is None else upper.enclosed()[0]
    return (low + high) / 2


def draw(worst: WorstOnes, picture: str) -> bool:
    """Draw the regions, exact along alpha for each of many w; say so where matplotlib is missing."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        print('No picture: it needs matplotlib, which the extra "plot" installs.')
        return False
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    colors = [f"C{m}" for m in range(worst.users)]
    columns = [1 + Fraction(i, 60) for i in range(1, 300)]
    for w in columns:
        for stretch in worst.along_alpha(w=w):
            bottom, top = (share(end, w) for end in (stretch.lower, stretch.upper))
            if top > bottom and len(stretch.ones) < worst.users:
                # the full width of a column, so that neighbours touch
                axes.bar(float(w), top - bottom, 1 / 60, bottom, color=colors[stretch.ones[0]], linewidth=0)
    for m, color in enumerate(colors):
        axes.bar([1], [0], color=color, label=f"m = {m}")
    axes.set(xlim=(1, 6), ylim=(0, 1), xlabel=r"$w = e^{\epsilon_0}$", ylabel=r"$\epsilon / \epsilon_0$")
    axes.set_title(f"Worst number m of ones among the others, n = {worst.users}")
    axes.legend(loc="upper right")
    temporary = Path(picture).with_name(Path(picture).name + ".part")
    figure.savefig(temporary, format=Path(picture).suffix.lstrip(".") or "png", dpi=150)
    temporary.replace(picture)
    print(f"Wrote {picture}")
    return True


def share(end: Fraction | None, w: Fraction) -> float:
    """Return ln(end)/ln(w) for an end of an interval of alpha, cut to where alpha is from 1 to w."""
    return min(1.0, max(0.0, log(end) / log(w))) if end is not None else 0.0


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else None, int(sys.argv[2]) if sys.argv[2:] else 4)
