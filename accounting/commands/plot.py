"""``plot``: pictures as PNG, SVG or PDF, or their numbers as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import AccountingError, ParameterError
from .output import Output, deliver, patience

if TYPE_CHECKING:
    from cyclopts import App

    from ..numerics.exact import ExactLike
    from ..plots import Picture, SchedulePicture
    from ..randomizers import Randomizer

__all__ = ["app"]

DONE = 0


def app() -> App:
    """Return the sub-application."""
    from cyclopts import App

    made = App(
        name="plot",
        help="Draw pictures: curves, amplification, trade-offs, errors, schedules and tables.\n\n"
        "Example: `shuffle-accounting plot curve examples/ages.toml -o curve.svg`",
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
    from ..plots import curve_picture, figure_of_curve

    _check(output, size, json=json)
    picture = _of_file(file, lambda deployment: curve_picture(deployment, epsilons=_list(epsilons)))
    return _told(picture, figure_of_curve, output, size, json=json)


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
    from ..plots import figure_of_trade_off, trade_off_picture

    _check(output, size, json=json)
    picture = _of_file(file, lambda deployment: trade_off_picture(deployment, alphas=_list(alphas)))
    return _told(picture, figure_of_trade_off, output, size, json=json)


def users(
    file: str | None = None,
    /,
    *,
    shuffler: str | None = None,
    kind: str | None = None,
    epsilon0: str | None = None,
    keep: str | None = None,
    values: str | None = None,
    levels: str | None = None,
    bits: str | None = None,
    p: str | None = None,
    delta: str | None = None,
    users: str | None = None,
    published: str | None = None,
    output: Output = None,
    size: str = "page",
    json: bool = False,
) -> int:
    """Draw amplification: epsilon at a delta against the number of users, beside published bounds.

    The randomizer is that of a shuffler of a deployment file, or is given by its kind and parameters.

    Example: `shuffle-accounting plot users --kind kary-randomized-response --values 10 --epsilon0 2 --delta 1e-6 -o users.svg`

    Exit codes:

    - 0: the picture is written, or its numbers are printed
    - 2: bad file or bad usage

    Args:
        file: a deployment file in TOML.
        shuffler: the name of the file's shuffler, where it has several.
        kind: the kind of randomizer, as in deployment files.
        epsilon0: the local epsilon, in nats.
        keep: instead of epsilon0, the probability of the truth.
        values: number of values.
        levels: levels of a binomial count.
        bits: noise bits of a binomial count.
        p: probability of a one in each noise bit of a binomial count.
        delta: a probability; by default that of the file's budget.
        users: numbers of users, rising, like 1e3,1e4; by default from 100 to 10^9.
        published: ids of published bounds, like clones,stronger-clones; or none.
        output: the file to write; its name ends in .png, .svg or .pdf.
        size: page, phone or slide.
        json: print the picture's numbers as one JSON document.
    """
    from ..plots import USUAL_BOUNDS, figure_of_users, users_picture

    _check(output, size, json=json)
    given = _given(epsilon0=epsilon0, keep=keep, values=values, levels=levels, bits=bits, p=p)
    randomizer, level, _ = _subject(file, shuffler, kind, given, delta)
    bounds = USUAL_BOUNDS if published is None else () if published == "none" else _list(published) or ()
    with patience("asking for each number of users"):
        picture = users_picture(
            randomizer, delta=level, users=_list(users), published=[str(each) for each in bounds]
        )
    return _told(picture, figure_of_users, output, size, json=json)


def shufflers(
    file: str | None = None,
    /,
    *,
    shuffler: str | None = None,
    kind: str | None = None,
    epsilon0: str | None = None,
    keep: str | None = None,
    values: str | None = None,
    levels: str | None = None,
    bits: str | None = None,
    p: str | None = None,
    users: str | None = None,
    delta: str | None = None,
    shufflers: str | None = None,
    inputs: str = "adaptive",
    output: Output = None,
    size: str = "page",
    json: bool = False,
) -> int:
    """Draw the composed epsilon against the number of shufflers of one kind that work at the same time.

    The shuffler is one of a deployment file, or is given by its kind, parameters and users.

    Example: `shuffle-accounting plot shufflers --kind pure-local --epsilon0 1 --users 1e5 --delta 1e-8 -o shufflers.svg`

    Exit codes:

    - 0: the picture is written, or its numbers are printed
    - 2: bad file or bad usage

    Args:
        file: a deployment file in TOML.
        shuffler: the name of the file's shuffler, where it has several.
        kind: the kind of randomizer, as in deployment files.
        epsilon0: the local epsilon, in nats.
        keep: instead of epsilon0, the probability of the truth.
        values: number of values.
        levels: levels of a binomial count.
        bits: noise bits of a binomial count.
        p: probability of a one in each noise bit of a binomial count.
        users: of each batch, the target included; by default those of the file's shuffler.
        delta: a probability; by default that of the file's budget.
        shufflers: numbers of shufflers, rising, like 1,2,4,8; by default 1 to 16.
        inputs: adaptive, or fixed: other users' values do not react to releases.
        output: the file to write; its name ends in .png, .svg or .pdf.
        size: page, phone or slide.
        json: print the picture's numbers as one JSON document.
    """
    from ..plots import figure_of_shufflers, shufflers_picture

    _check(output, size, json=json)
    given = _given(epsilon0=epsilon0, keep=keep, values=values, levels=levels, bits=bits, p=p)
    randomizer, level, present = _subject(file, shuffler, kind, given, delta)
    if users is None and present is None:
        raise ParameterError("--users", "must be given without a file", "nothing")
    counts = _list(shufflers)
    with patience("composing"):
        picture = shufflers_picture(
            randomizer,
            users if users is not None else present or 0,
            delta=level,
            inputs=inputs,
            **({} if counts is None else {"shufflers": counts}),
        )
    return _told(picture, figure_of_shufflers, output, size, json=json)


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

    Example: `shuffle-accounting plot summation --epsilon 1 --delta 1e-8 --shufflers 1,2,3 -o summation.svg`

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
    from ..plots import figure_of_summation, summation_picture
    from ..tables.progress import progress_bar

    _check(output, size, json=json)
    grids = {"users": _list(users), "shufflers": _list(shufflers)}
    with progress_bar("planning") as progress:
        picture = summation_picture(
            epsilon=epsilon,
            delta=delta,
            progress=progress,
            **{name: grid for name, grid in grids.items() if grid is not None},
        )
    return _told(picture, figure_of_summation, output, size, json=json)


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
    from ..plots import figure_of_schedule, schedule_picture
    from ..schedules import Schedule

    _check(output, size, json=json)
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
    return _told(picture, figure_of_schedule, output, size, json=json)


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
    from ..plots import figure_of_table, read_table, table_picture
    from ..tables import accounting_table
    from ..tables.progress import progress_bar

    _check(output, size, json=json)
    if file.lower().endswith(".json"):
        made = read_table(file)
    else:
        with progress_bar("making the table") as progress:
            made = accounting_table(file, progress=progress)
    return _told(table_picture(made, axis=axis), figure_of_table, output, size, json=json)


def _check(output: str | None, size: str, *, json: bool) -> None:
    """Refuse what cannot be written, before work goes into it."""
    from ..plots.canvas import check_place
    from ..plots.style import read_size

    read_size("--size", size)
    if output is not None:
        check_place(output)
    elif not json:
        raise ParameterError("--output", "must be given", "nothing", "Name a file: -o picture.svg")


def _told(
    picture: Picture | SchedulePicture,
    figure_of: Callable[..., Any],
    output: str | None,
    size: str,
    *,
    json: bool,
) -> int:
    if output is not None:
        from ..plots import save

        save(figure_of(picture, size=size), output)
    deliver(text=lambda: f"{output}: {picture.title}\n", content=picture.as_dict, json=json)
    return DONE


def _list(written: str | None) -> list[ExactLike] | None:
    """Split a list at its commas; None stays None."""
    if written is None:
        return None
    return [part.strip() for part in written.split(",")] if written.strip() else []


def _given(**options: str | None) -> dict[str, str]:
    return {name: value for name, value in options.items() if value is not None}


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


def _subject(
    file: str | None, shuffler: str | None, kind: str | None, given: dict[str, str], delta: str | None
) -> tuple[Randomizer, ExactLike, int | None]:
    """Return the randomizer, the delta, and the users where a file names them."""
    if file is not None:
        from ..model import Deployment

        for name, value in {"kind": kind, **given}.items():
            if value is not None:
                raise ParameterError(f"--{name}", "must not be given with a file", value, "The file says it")
        deployment = Deployment.from_file(file)
        names = [named.name for named in deployment.shufflers]
        if shuffler is None and len(names) > 1:
            raise ParameterError(
                "--shuffler", "must name one of the file", "nothing", f"Known: {_few(names)}"
            )
        if shuffler is not None and shuffler not in names:
            raise ParameterError("--shuffler", "must name one of the file", shuffler, f"Known: {_few(names)}")
        named = deployment.shufflers[0 if shuffler is None else names.index(shuffler)]
        return named.shuffle.randomizer, delta or deployment.budget.delta, named.shuffle.users
    from ..model.kinds import read_randomizer

    if shuffler is not None:
        raise ParameterError("--shuffler", "must go with a file", shuffler)
    if kind is None:
        raise ParameterError("--kind", "or a deployment file must be given", "neither")
    if delta is None:
        raise ParameterError("--delta", "must be given without a file", "nothing")
    try:
        return read_randomizer("randomizer", {"kind": kind, **given}), delta, None
    except ParameterError as error:
        option = error.name.removeprefix("randomizer").lstrip(".") or "kind"
        raise error.renamed(f"--{option}") from None


def _few(names: list[str]) -> str:
    return ", ".join(names[:8]) + (" .." if len(names) > 8 else "")
