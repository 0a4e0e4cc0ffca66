"""``bandit plan`` and ``bandit run``: batch sizes and noise for small regret, certified, and a bandit over recorded users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ParameterError
from ..files import check_writable, written
from .output import Output, deliver, deliver_plan, patience

if TYPE_CHECKING:
    from cyclopts import App

    from ..bandits import PlannedBandit, Replay

__all__ = ["app"]

_WIDEST = 1000


def app() -> App:
    """Return the sub-application."""
    from cyclopts import App, Parameter

    made = App(
        name="bandit",
        help="Plan a private contextual linear bandit, or run one over recorded users.\n\n"
        "`bandit plan` writes a plan as TOML, which `bandit run --plan` runs and `check` checks.\n\n"
        "Example: `shuffle-accounting bandit plan --users 3000 --shufflers 2 --features 2 --epsilon 1 --delta 1e-6`\n\n"
        "Exit codes:\n\n"
        "- 0: the plan is written, or the run is done\n"
        "- 2: bad file or bad usage, or no noise was certified for the budget\n",
        default_parameter=Parameter(negative=()),
    )
    made.command(plan)
    made.command(run)
    return made


def plan(
    *,
    users: str,
    features: str,
    epsilon: str,
    delta: str,
    shufflers: str = "best",
    reward_weight: str = "1",
    exploration: str = "1",
    output: Output = None,
    json: bool = False,
) -> int:
    """Plan a bandit: batch sizes and noise for small regret.

    Writes the plan as TOML, which `bandit run --plan` runs and `check` checks. Its privacy is certified: the loss of one batch of each
    level, composed for users who react to what is published. It is joint differential privacy: what a user is shown is not covered for that user.

    Example: `shuffle-accounting bandit plan --users 5000 --shufflers 2 --features 3 --epsilon 1 --delta 1e-6 -o bandit.toml`

    Exit codes:

    - 0: a plan that keeps the budget was written
    - 2: bad usage, or no noise was certified for the budget

    Args:
        users: the horizon: the most users that will come.
        features: the length of contexts.
        epsilon: of the budget, in nats.
        delta: of the budget, a probability.
        shufflers: how many work at once, or best.
        reward_weight: of rewards beside the Gram matrix, above 0 and at most 1.
        exploration: multiplies the proved width of confidence intervals that the search reckons with.
        output: the file to write; by default standard output.
        json: print one JSON document and nothing else.
    """
    from ..bandits import plan_bandit

    wide = _exploration(exploration)
    deliver_plan(
        lambda: plan_bandit(
            users,
            shufflers,
            features=features,
            epsilon=epsilon,
            delta=delta,
            reward_weight=reward_weight,
            exploration=wide,
        ),
        toml=lambda found: found.plan.to_toml(),
        text=_plan_in_words,
        content=_plan_as_dict,
        output=output,
        json=json,
    )
    return 0


def _messages(found: PlannedBandit) -> list[int]:
    """Return how many tagged bits a user's device sends to each level."""
    each = [level.randomizer for level in found.plan.levels]
    return [one.dimension * (2 * one.levels + one.bits) for one in each]


def _plan_in_words(found: PlannedBandit) -> str:
    from ..numerics.rounding import print_at_least
    from ..report.as_json import number_as_json

    made, delta = found.plan, number_as_json(found.plan.budget.delta)
    sizes, balanced = (
        ", ".join(map(str, each)) for each in ([level.batch for level in made.levels], found.balanced)
    )
    lines = [f"{len(made.levels)} shufflers, batches of {sizes} users."]
    for place, (level, bits) in enumerate(zip(made.levels, _messages(found), strict=True), 1):
        one = level.randomizer
        lines.append(
            f"Level {place}: a device sends {bits} bits: {one.levels} steps each way and {one.bits} noise bits for each of {one.dimension} coordinates."
        )
    lines += [
        f"Each user loses at most epsilon = {print_at_least(found.privacy.upper)} at delta = {delta}; what a user is shown is not covered for that user.",
        f"Regret as guessed by the search: {found.regret:.0f}; for the sizes that balance in the limit, {balanced}: {found.balanced_regret:.0f}.",
    ]
    if found.regret >= made.users:
        lines.append(
            f"That is no promise: {made.users} users cannot lose more than {made.users}. `bandit run` measures it."
        )
    return "\n".join(lines) + "\n"


def _plan_as_dict(found: PlannedBandit) -> dict[str, Any]:
    from ..report.as_json import ends_as_dict, number_as_json

    made, budget = found.plan, found.plan.budget
    return {
        "users": made.users,
        "features": made.features,
        "shufflers": len(made.levels),
        "epsilon": number_as_json(budget.epsilon),
        "delta": number_as_json(budget.delta),
        "reward_weight": number_as_json(made.reward_weight),
        "levels": [
            {
                "batch": level.batch,
                "dimension": level.randomizer.dimension,
                "levels": level.randomizer.levels,
                "bits": level.randomizer.bits,
                "p": float(level.randomizer.p),
                "messages": bits,
                "epsilon": ends_as_dict(level.shuffle.epsilon(delta=budget.delta)),
            }
            for level, bits in zip(made.levels, _messages(found), strict=True)
        ],
        "privacy": {
            "epsilon": ends_as_dict(found.privacy),
            "delta": number_as_json(budget.delta),
            "claims": list(found.privacy.upper_claims),
        },
        "regret": {
            "guess": found.regret,
            "balanced": list(found.balanced),
            "balanced_guess": found.balanced_regret,
        },
    }


def run(
    file: str,
    /,
    *,
    plan: str,
    confidence: str = "0.95",
    exploration: str = "1",
    refuse: bool = False,
    seed: str | None = None,
    output: Output = None,
    json: bool = False,
) -> int:
    """Run a bandit over recorded users, and compare its choices with others.

    The file is CSV with a header: `user`, `reward` and a column for each feature. A row is an arm; rows of a user follow each other, and users
    stand in order of arrival. Rewards lie in [0, 1], contexts have length at most 1. The plan's privacy is certified anew. It is that of
    what a deployment would publish; the totals printed here, and the file of choices, are of the data, and nothing is promised for them.

    Example: `shuffle-accounting bandit run users.csv --plan bandit.toml -o choices.csv`

    Exit codes:

    - 0: the run is done
    - 2: bad file or bad usage

    Args:
        file: the recorded users, with the rewards of all of their arms.
        plan: a file that the command bandit plan made.
        confidence: that all published intervals hold, if rewards are linear.
        exploration: multiplies the width of confidence intervals; 1 is what is proved.
        refuse: refuse contexts and rewards outside of their bounds in place of clipping them.
        seed: use a seeded generator in place of the operating system's randomness; for experiments, not private.
        output: write a row for each user to a CSV file: the arm, its reward, the best one, and how many users its choice could know of.
        json: print one JSON document and nothing else.
    """
    from ..bandits import Bandit, BanditPlan, Learner, read_recorded, replay
    from ..counter import OsSource, SeededSource
    from ..counter.law import read_confidence
    from ..files import shown_path
    from ..model.reading import located
    from ..report.as_json import number_as_json
    from ..tables.progress import progress_bar

    wide = _exploration(exploration)
    try:
        sure = float(read_confidence(confidence))
        source = OsSource() if seed is None else SeededSource(seed)
    except ParameterError as error:
        raise error.renamed(f"--{error.name}") from None
    if output is not None:
        check_writable(output, name="--output")
    made = BanditPlan.from_file(plan)
    learner = Learner(made, confidence=sure, exploration=wide)
    with patience("certifying the plan"):
        try:
            bandit = Bandit(learner, source=source)
        except ParameterError as error:
            raise located(plan, error) from None
    with patience("reading the users"):
        recorded = read_recorded(file)
    try:
        with progress_bar("choosing") as progress:
            found = replay(recorded, bandit, refuse=refuse, progress=progress)
    except ParameterError as error:
        remedy = "Scale them, or leave --refuse out" if error.name == "contexts" else error.remedy
        name = f"{shown_path(file)}: {error.name}"
        raise ParameterError(name, error.rule, error.value, remedy) from None
    if output is not None:
        _write(found, output)
    lost = made.privacy().upper  # remembered from its certificate
    deliver(
        text=lambda: _run_in_words(found, lost),
        content=lambda: {
            **found.as_dict(),
            "confidence": sure,
            "exploration": wide,
            "privacy": {"epsilon": lost, "delta": number_as_json(made.budget.delta)},
        },
        json=json,
    )
    return 0


def _exploration(value: str) -> float:
    """Read what multiplies a width."""
    from ..numerics.exact import exact

    found = exact("--exploration", value)
    if not 0 <= found <= _WIDEST:
        raise ParameterError("--exploration", f"must lie in [0, {_WIDEST}]", value)
    return float(found)


def _write(found: Replay, output: str) -> None:
    import csv

    with written(output, name="--output") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["user", "arm", "reward", "best", "known"])
        rows.writerows(found.rows())


def _run_in_words(found: Replay, epsilon: float) -> str:
    from ..numerics.rounding import print_at_least
    from ..report.as_json import number_as_json

    budget, users = found.bandit.learner.plan.budget, len(found.chosen)
    updates = len({release.last for release in found.bandit.releases})
    lines = [
        f"{users} users, each with up to {found.recorded.most_arms} arms; {updates} models were published, from {len(found.bandit.releases)} batches.",
        f"Reward of the chosen arms: {found.reward:.6g}. The best linear rule, known beforehand: {found.linear:.6g}; the best arm of each user: {found.best:.6g}; arms drawn evenly: {found.even:.6g}.",
        f"Regret: {found.linear - found.reward:.6g} to the linear rule, {found.best - found.reward:.6g} to the best arms.",
        f"Arms outside of the bounds, which were clipped: {found.outside}.",
        f"Each user loses at most epsilon = {print_at_least(epsilon)} at delta = {number_as_json(budget.delta)}; what a user is shown is not covered for that user.",
        f"Randomness: {found.bandit.source.description}.",
    ]
    return "\n".join(lines) + "\n"
