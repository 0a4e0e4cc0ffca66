"""``plot``: pictures as PNG, SVG or PDF, or their numbers as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import AccountingError, ParameterError
from .output import Output, patience
from .plot_one import shufflers, users
from .plot_output import check_asked, places, told

if TYPE_CHECKING:
    from cyclopts import App

    from ..plots import Picture

__all__ = ["app"]


def app() -> App:
    """Return the sub-application."""
    from cyclopts import App

    made = App(
        name="plot",
        help="Draw pictures: curves, amplification, trade-offs, errors, schedules and tables.\n\n"
        "Upper ends are drawn nowhere below their numbers, lower ends nowhere above. Drawing needs the extra `plot`; `--json` prints the numbers.\n\n"
        "Example: `shuffle-accounting plot curve examples/ages.toml -o curve.svg`\n\n"
        "Exit codes:\n\n"
        "- 0: the picture is written, or its numbers are printed\n"
        "- 2: bad file or bad usage\n",
    )
    for command in (curve, users, shufflers, trade_off, summation, schedule, table):
        made.command(command)
    return made


def curve(
    file: str,
    /,
    *,
    epsilons: str | None = None,
    output: Output = None,
    size: str = "page",
    json: bool = False,
) -> int:
    """Draw a deployment's privacy curve: delta against epsilon, of the total and of each shuffler.

    Each curve is a band between what is surely lost and what may be promised; the budget is marked.

    Example: `shuffle-accounting plot curve examples/ages.toml -o curve.svg`

    Exit codes:

    - 0: the picture is written, or its numbers are printed
    - 2: bad file or bad usage

    Args:
        file: a deployment file in TOML.
        epsilons: places, rising, in nats, like 0,0.5,1; by default up to where delta is far below the budget's.
        output: the file to write; its name ends in .png, .svg or .pdf.
        size: page, phone or slide.
        json: print the picture's numbers as one JSON document.
    """
    from ..plots import curve_picture

    check_asked(output, size, json=json)
    picture = _of_file(file, lambda deployment: curve_picture(deployment, epsilons=places(epsilons)))
    return told(picture, output, size, json=json)


def trade_off(
    file: str,
    /,
    *,
    alphas: str | None = None,
    output: Output = None,
    size: str = "page",
    json: bool = False,
) -> int:
    """Draw a deployment's trade-off function: the least type II error of any test against its type I error.

    Its lower end is the promise: no test of the target's value errs less. Its upper end is what a test on explicit data sets reaches.

    Example: `shuffle-accounting plot trade-off examples/ages.toml -o trade_off.pdf`

    Exit codes:

    - 0: the picture is written, or its numbers are printed
    - 2: bad file or bad usage

    Args:
        file: a deployment file in TOML.
        alphas: type I errors, rising, like 0,0.01,0.1; by default 101 from 0 to 1.
        output: the file to write; its name ends in .png, .svg or .pdf.
        size: page, phone or slide.
        json: print the picture's numbers as one JSON document.
    """
    from ..plots import trade_off_picture

    check_asked(output, size, json=json)
    picture = _of_file(file, lambda deployment: trade_off_picture(deployment, alphas=places(alphas)))
    return told(picture, output, size, json=json)


def summation(
    *,
    epsilon: str,
    delta: str,
    users: str | None = None,
    shufflers: str | None = None,
    output: Output = None,
    size: str = "page",
    json: bool = False,
) -> int:
    """Draw the error of running sums against the number of users: our counter's from above, every mechanism's from below.

    Planned for each number of users and shufflers, within the budget. Nothing is known about errors between the two curves.

    Example: `shuffle-accounting plot summation --epsilon 1 --delta 1e-8 --users 1e3,1e4 --shufflers 1,2 -o summation.svg`

    Exit codes:

    - 0: the picture is written, or its numbers are printed
    - 2: bad usage, or no noise within reach keeps the budget

    Args:
        epsilon: of the budget, in nats.
        delta: of the budget, a probability.
        users: numbers of users, rising, like 1e3,1e4; by default 1e4,1e6,1e8, which takes half a minute.
        shufflers: numbers of shufflers, rising; by default 1,2,3,4.
        output: the file to write; its name ends in .png, .svg or .pdf.
        size: page, phone or slide.
        json: print the picture's numbers as one JSON document.
    """
    from ..plots import summation_picture
    from ..tables.progress import progress_bar

    check_asked(output, size, json=json)
    grids = {"users": places(users), "shufflers": places(shufflers)}
    with progress_bar("planning") as progress:
        picture = summation_picture(
            epsilon=epsilon,
            delta=delta,
            progress=progress,
            **{name: grid for name, grid in grids.items() if grid is not None},
        )
    return told(picture, output, size, json=json)


def schedule(
    file: str,
    /,
    *,
    epsilon: str,
    delta: str = "0",
    users: str | None = None,
    shufflers: str | None = None,
    first: str = "1",
    last: str | None = None,
    output: Output = None,
    size: str = "page",
    json: bool = False,
) -> int:
    """Draw a schedule: a bar a batch, a row a shuffler, and what makes every mechanism err in it.

    A hidden block, or groups that no release tells apart, is drawn at the first step at which there is one.

    Example: `shuffle-accounting plot schedule examples/schedule.csv --epsilon 1 --delta 1e-8 -o schedule.svg`

    Exit codes:

    - 0: the picture is written, or its numbers are printed
    - 2: bad file or bad usage

    Args:
        file: a CSV file of closed batches, with the header shuffler,first,last.
        epsilon: of the transcript of all releases, in nats.
        delta: of the transcript, a probability below 1.
        users: how many arrive; by default the last user of any batch.
        shufflers: how many work; by default those of the file.
        first: the first user to draw.
        last: the last user to draw.
        output: the file to write; its name ends in .png, .svg or .pdf.
        size: page, phone or slide.
        json: print the picture's numbers as one JSON document.
    """
    from ..plots import schedule_picture
    from ..schedules import Schedule

    check_asked(output, size, json=json)
    recorded = Schedule.from_csv(file)
    with patience("looking for the first bad step"):
        picture = schedule_picture(
            recorded,
            epsilon=epsilon,
            delta=delta,
            users=users,
            shufflers=shufflers,
            first=first,
            last=last,
        )
    return told(picture, output, size, json=json)


def table(
    file: str,
    /,
    *,
    axis: str | None = None,
    output: Output = None,
    size: str = "page",
    json: bool = False,
) -> int:
    """Draw a bound table: one axis of its grid horizontally, a band for each choice of the others.

    A band lies between the two ends of its cells. Cells without a number are not drawn, and a note counts them.

    Example: `shuffle-accounting plot table table.json --axis users -o table.svg`

    Exit codes:

    - 0: the picture is written, or its numbers are printed
    - 2: bad file or bad usage

    Args:
        file: a finished table, made by `table SPEC.toml -o TABLE.json`; or a specification in TOML, whose table is made first.
        axis: the axis to lay out; by default the numeric one with the most values.
        output: the file to write; its name ends in .png, .svg or .pdf.
        size: page, phone or slide.
        json: print the picture's numbers as one JSON document.
    """
    from ..plots import read_table, table_picture
    from ..tables import accounting_table
    from ..tables.progress import progress_bar

    check_asked(output, size, json=json)
    if file.lower().endswith(".json"):
        made = read_table(file)
    else:
        with progress_bar("making the table") as progress:
            made = accounting_table(file, progress=progress)
    return told(table_picture(made, axis=axis), output, size, json=json)


def _of_file(file: str, make: Callable[[Any], Picture]) -> Picture:
    from ..model import Deployment
    from ..model.reading import located

    deployment = Deployment.from_file(file)
    with patience(f"adding up what {len(deployment.shufflers)} shufflers lose"):
        try:
            return make(deployment)
        except ParameterError:
            raise
        except AccountingError as error:
            raise located(file, error) from None
