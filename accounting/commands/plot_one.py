"""``plot users`` and ``plot shufflers``: one randomizer in larger batches, and in more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ParameterError
from .options import NO_RANDOMIZER, RandomizerOptions, randomizer_of, refuse_with_file
from .output import Output, patience
from .plot_output import check_asked, places, told

if TYPE_CHECKING:
    from ..numerics.exact import ExactLike
    from ..randomizers import Randomizer

__all__ = ["shufflers", "users"]


def users(
    file: str | None = None,
    /,
    *,
    shuffler: str | None = None,
    options: RandomizerOptions = NO_RANDOMIZER,
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
        options: the randomizer.
        delta: a probability; by default that of the file's budget.
        users: numbers of users, rising, like 1e3,1e4; by default from 100 to 10^9.
        published: ids of published bounds, like clones,stronger-clones; or none.
        output: the file to write; its name ends in .png, .svg or .pdf.
        size: page, phone or slide.
        json: print the picture's numbers as one JSON document.
    """
    from ..plots import USUAL_BOUNDS, users_picture

    check_asked(output, size, json=json)
    randomizer, level, _ = _subject(file, shuffler, options, delta)
    bounds = USUAL_BOUNDS if published is None else () if published == "none" else places(published) or ()
    with patience("asking for each number of users"):
        picture = users_picture(
            randomizer, delta=level, users=places(users), published=[str(each) for each in bounds]
        )
    return told(picture, output, size, json=json)


def shufflers(
    file: str | None = None,
    /,
    *,
    shuffler: str | None = None,
    options: RandomizerOptions = NO_RANDOMIZER,
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
        options: the randomizer.
        users: of each batch, the target included; by default those of the file's shuffler.
        delta: a probability; by default that of the file's budget.
        shufflers: numbers of shufflers, rising, like 1,2,4,8; by default 1 to 16.
        inputs: adaptive, or fixed: other users' values do not react to releases.
        output: the file to write; its name ends in .png, .svg or .pdf.
        size: page, phone or slide.
        json: print the picture's numbers as one JSON document.
    """
    from ..plots import shufflers_picture

    check_asked(output, size, json=json)
    randomizer, level, present = _subject(file, shuffler, options, delta)
    if users is None and present is None:
        raise ParameterError("--users", "must be given without a file", "nothing")
    counts = places(shufflers)
    with patience("composing"):
        picture = shufflers_picture(
            randomizer,
            users if users is not None else present or 0,
            delta=level,
            inputs=inputs,
            **({} if counts is None else {"shufflers": counts}),
        )
    return told(picture, output, size, json=json)


def _subject(
    file: str | None, shuffler: str | None, options: RandomizerOptions, delta: str | None
) -> tuple[Randomizer, ExactLike, int | None]:
    """Return the randomizer, the delta, and the users where a file names them."""
    if file is not None:
        from ..model import Deployment

        refuse_with_file(options)
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
    if shuffler is not None:
        raise ParameterError("--shuffler", "must go with a file", shuffler)
    if options.kind is None:
        raise ParameterError("--kind", "or a deployment file must be given", "neither")
    if delta is None:
        raise ParameterError("--delta", "must be given without a file", "nothing")
    return randomizer_of(options.kind, options.given()), delta, None


def _few(names: list[str]) -> str:
    return ", ".join(names[:8]) + (" .." if len(names) > 8 else "")
