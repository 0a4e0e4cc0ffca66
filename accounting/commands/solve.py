"""``solve users`` and ``solve epsilon0``: the nearest safe value, and the nearest one certified not to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..errors import AccountingError, ParameterError
from .options import (
    NO_RANDOMIZER,
    NOTHING_FIXED,
    FixedOptions,
    RandomizerOptions,
    option_of,
    randomizer_of,
    refuse_with_file,
)
from .output import deliver, patience

if TYPE_CHECKING:
    from cyclopts import App

    from ..calibration import Calibration
    from ..randomizers import Randomizer

__all__ = ["app"]

SAFE, NONE_SAFE = 0, 3


def app() -> App:
    """Return the sub-application."""
    from cyclopts import App, Parameter

    made = App(
        name="solve",
        help="Find the fewest users, or the largest epsilon0, for a budget.\n\n"
        "`solve users` and `solve epsilon0` take a deployment file, or one randomizer as options.\n\n"
        "Example: `shuffle-accounting solve users --kind binary-randomized-response --epsilon0 1 --epsilon 0.5 --delta 1e-6`\n\n"
        "Exit codes:\n\n"
        "- 0: a safe value is printed, with the nearest one certified not to be, and what lies between\n"
        "- 2: bad file or bad usage\n"
        "- 3: no value is certified to be safe\n",
        default_parameter=Parameter(negative=()),
    )
    made.command(users)
    made.command(epsilon0, name="epsilon0")
    return made


def users(
    file: str | None = None,
    /,
    *,
    shuffler: str | None = None,
    epsilon: str | None = None,
    delta: str | None = None,
    options: RandomizerOptions = NO_RANDOMIZER,
    json: bool = False,
) -> int:
    """Find the fewest users that are certified to be safe for a budget, and the most certified not to be.

    For one randomizer, give its kind, its parameters and the budget. For a deployment, give its file: with a single
    shuffler its size is found, with several one factor for all sizes, or the size of the one that is named.

    Example: `shuffle-accounting solve users --kind kary-randomized-response --values 16 --epsilon0 4 --epsilon 1 --delta 1e-8`

    Exit codes:

    - 0: a safe value is printed, with the nearest one certified not to be, and what lies between
    - 2: bad file or bad usage
    - 3: no value is certified to be safe

    Args:
        file: a deployment file in TOML.
        shuffler: the name of the one shuffler whose size varies.
        epsilon: of the budget, in nats.
        delta: of the budget, a probability.
        options: the randomizer.
        json: print one JSON document and nothing else.
    """
    if file is not None:
        refuse_with_file(options, epsilon=epsilon, delta=delta)
        from ..calibration import solve_users

        return _of_file(file, solve_users, shuffler, json=json)
    kind, epsilon, delta = _needed(options.kind, epsilon, delta, shuffler)

    from ..calibration import smallest_batch

    randomizer = randomizer_of(kind, options.given())
    with patience("looking for the smallest batch"):
        answer = smallest_batch(randomizer, epsilon=epsilon, delta=delta)
    return _told(answer, [randomizer], json=json)


def epsilon0(
    file: str | None = None,
    /,
    *,
    shuffler: str | None = None,
    users: str | None = None,
    epsilon: str | None = None,
    delta: str | None = None,
    options: FixedOptions = NOTHING_FIXED,
    json: bool = False,
) -> int:
    """Find the largest epsilon0 that is certified to be safe for a budget, and the least certified not to be.

    For one shuffler, give the kind of randomizer, the users and the budget. For a deployment, give its file: with a
    single shuffler its epsilon0 is found, with several one factor for all, or that of the one that is named.

    Example: `shuffle-accounting solve epsilon0 --kind pure-local --users 10000 --epsilon 1 --delta 1e-8`

    Exit codes:

    - 0: a safe value is printed, with the nearest one certified not to be, and what lies between
    - 2: bad file or bad usage
    - 3: no value is certified to be safe

    Args:
        file: a deployment file in TOML.
        shuffler: the name of the one shuffler whose epsilon0 varies.
        users: present and honest users, the target included.
        epsilon: of the budget, in nats.
        delta: of the budget, a probability.
        options: the randomizer, but for its epsilon0.
        json: print one JSON document and nothing else.
    """
    if file is not None:
        refuse_with_file(options, users=users, epsilon=epsilon, delta=delta)
        from ..calibration import solve_epsilon0

        return _of_file(file, solve_epsilon0, shuffler, json=json)
    kind, epsilon, delta = _needed(options.kind, epsilon, delta, shuffler)
    if users is None:
        raise ParameterError("--users", "must be given without a file", "nothing")

    from ..calibration import largest_epsilon0
    from ..calibration.vary import as_function_of_epsilon0

    try:
        with patience("looking for the largest epsilon0"):
            answer = largest_epsilon0(kind, users=users, epsilon=epsilon, delta=delta, **options.given())
    except ParameterError as error:
        raise error.renamed(option_of(error.name)) from None
    return _told(answer, [as_function_of_epsilon0(kind, options.given())(1)], json=json)


def _of_file(file: str, solve: Callable[..., Calibration], shuffler: str | None, *, json: bool) -> int:
    from ..model import Deployment
    from ..model.reading import located

    deployment = Deployment.from_file(file)
    try:
        with patience("looking for the nearest safe value"):
            answer = solve(deployment, shuffler=shuffler)
    except AccountingError as error:
        raise located(file, error) from None
    return _told(answer, [named.shuffle.randomizer for named in deployment.shufflers], json=json)


def _told(answer: Calibration, randomizers: Sequence[Randomizer], *, json: bool) -> int:
    assumed = list(dict.fromkeys(each for randomizer in randomizers for each in randomizer.assumes))

    def text() -> str:
        lines = [answer.sentence(), "", f"Rests on: {', '.join(answer.claims)}"]
        if answer.bounds_at_unsafe is not None and answer.bounds_at_unsafe.witness is not None:
            lines.append(f"What loses too much: {answer.bounds_at_unsafe.witness.sentence()}")
        if assumed:
            lines += ["", "Assumes of the randomizers:", *(f"  - {each}" for each in assumed)]
        return "\n".join(lines) + "\n"

    deliver(text=text, content=lambda: answer.as_dict() | {"assumptions": assumed}, json=json)
    return SAFE if answer.safe is not None else NONE_SAFE


def _needed(
    kind: str | None, epsilon: str | None, delta: str | None, shuffler: str | None
) -> tuple[str, str, str]:
    if shuffler is not None:
        raise ParameterError("--shuffler", "must go with a file", shuffler)
    if kind is None:
        raise ParameterError("--kind", "or a deployment file must be given", "neither")
    if epsilon is None:
        raise ParameterError("--epsilon", "must be given without a file", "nothing")
    if delta is None:
        raise ParameterError("--delta", "must be given without a file", "nothing")
    return kind, epsilon, delta
