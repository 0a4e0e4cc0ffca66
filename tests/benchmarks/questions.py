"""The questions of the speed table, and what each may cost.

``python -m tests.benchmarks.table`` prints the table; test_speed.py asks each question once, or times it with
``pytest tests/benchmarks --benchmark-enable``.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import accounting as csa
from accounting.curves import PrivacyCurve
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import pairs_of
from accounting.pairs.pair import Pair

__all__ = ["QUESTIONS", "Question"]

ROOT = Path(__file__).resolve().parents[2]
LOGARITHM = {10**3: "0.6", 10**6: "0.018", 10**9: "0.0006", 10**12: "0.000018"}
"""Epsilons at which delta is about 1e-7 for 4 values and e^epsilon0 = 13."""

Ask = Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line of the table.

    Attributes:
        group: questions of one group are alike but for their size.
        size: what grows within the group.
        prepare: returns what is timed.
        target: seconds that the median may take.
        ratio: most that a size may take over the first size of its group; None where it may be anything.
        width: relative width that the answer must have; None where there is none to check.
        process: whether it starts a process, so that a few repeats are enough.
    """

    group: str
    size: str
    prepare: Callable[[], Ask]
    target: float
    ratio: float | None = None
    width: float | None = None
    process: bool = False

    @property
    def name(self) -> str:
        """The group and the size."""
        return f"{self.group}, {self.size}"


def _power(number: int) -> str:
    text = str(number)
    return f"10^{len(text) - 1}" if number >= 1000 and text.strip("0") == "1" else text


def _value(pairs: Callable[[], tuple[Pair, ...]], epsilon: str, width: float) -> Callable[[], Ask]:
    def prepare() -> Ask:
        found, factor = pairs(), Factor.exp(Fraction(epsilon))
        return lambda: [pair.value(factor, width).delta for pair in found]

    return prepare


def _kary(values: int, users: int, *, side: str) -> Callable[[], tuple[Pair, ...]]:
    def pairs() -> tuple[Pair, ...]:
        known = pairs_of(csa.KaryRandomizedResponse(values, keep=Fraction(13, 12 + values)), users)
        return known.upper if side == "upper" else known.lower[:1]

    return pairs


def _values(values: int, users: int, *, side: str) -> Callable[[], Ask]:
    """Ask for delta where it is about 1e-8."""

    def prepare() -> Ask:
        shuffle = csa.Shuffle(csa.KaryRandomizedResponse(values, keep=Fraction(13, 12 + values)), users=users)
        known = shuffle.epsilon(delta="1e-8", relative_width="1e-2")
        return _value(_kary(values, users, side=side), f"{known.upper:.9g}", 1e-4)()

    return prepare


def _curve(randomizer: csa.Randomizer, users: int, ask: Callable[[PrivacyCurve], Any]) -> Callable[[], Ask]:
    def prepare() -> Ask:
        shuffle = csa.Shuffle(randomizer, users=users)
        return lambda: ask(shuffle.curve())

    return prepare


def _epsilon(delta: str) -> Callable[[PrivacyCurve], Any]:
    return lambda curve: curve.epsilon(delta=delta, relative_width="1e-6")


def _epsilon_at(delta: str) -> Callable[[PrivacyCurve], Any]:
    return lambda curve: curve.epsilon(delta=delta)


def _delta(epsilon: str, width: str) -> Callable[[PrivacyCurve], Any]:
    return lambda curve: curve.delta(epsilon=epsilon, relative_width=width)


def _together(shuffles: Sequence[csa.Shuffle], ask: Callable[[PrivacyCurve], Any]) -> Callable[[], Ask]:
    def prepare() -> Ask:
        return lambda: ask(csa.ConcurrentShuffles(shuffles).curve())

    return prepare


def _process(*argv: str) -> Callable[[], Ask]:
    def prepare() -> Ask:
        return lambda: subprocess.run([sys.executable, *argv], cwd=ROOT, capture_output=True, check=True)

    return prepare


def _memberships(batches: int) -> Callable[[], Ask]:
    def prepare() -> Ask:
        each = batches // 3
        sizes = (500, 700, 1100)
        first = [1 + size * i for size in sizes for i in range(each)]
        last = [size * (i + 1) for size in sizes for i in range(each)]
        names = [f"every {size}" for size in sizes for _ in range(each)]
        schedule = csa.Schedule.from_arrays(names, first, last)
        return lambda: [schedule.memberships()]

    return prepare


def _pure_epsilon(epsilon0: str, users: int) -> str:
    """An epsilon at which delta is a little above 1e-6 at its upper end, or above 1e-12 for very many users."""
    level = "1e-6" if users <= 10**6 else "1e-12"
    known = csa.Shuffle(csa.PureLocal(epsilon0), users=users).epsilon(delta=level, relative_width="1e-2")
    return f"{0.9 * known.upper:.9g}"


def _questions() -> list[Question]:
    found: list[Question] = []
    four = csa.KaryRandomizedResponse(4, keep="13/16")
    for width, target in ((1e-4, 0.005), (1e-6, 0.05)):
        for side, what in (("upper", "blanket upper"), ("lower", "witness lower")):
            found.extend(
                Question(
                    group=f"k-RR {what}, delta(epsilon) to {width:g}",
                    size=f"n = {_power(users)}",
                    prepare=_value(_kary(4, users, side=side), epsilon, width),
                    target=target,
                    ratio=2.0,
                    width=width,
                )
                for users, epsilon in LOGARITHM.items()
            )
    found.extend(
        Question(
            group=f"k-RR epsilon(delta = {delta}) to 1e-6, both ends",
            size=f"n = {_power(users)}",
            prepare=_curve(four, users, _epsilon(delta)),
            target=0.05,
            ratio=2.0,
            width=1e-6,
        )
        for delta in ("1e-9", "1e-30")
        for users in (10**3, 10**12)
    )
    for side, what in (("upper", "blanket upper"), ("lower", "witness lower")):
        found.extend(
            Question(
                group=f"k-RR {what}, n = 10^6, delta near 1e-8 to 1e-4",
                size=f"{_power(values)} values",
                prepare=_values(values, 10**6, side=side),
                target=0.005,
                ratio=2.0,
                width=1e-4,
            )
            for values in (3, 10, 1000, 10_000, 100_000)
        )
    found.extend(
        Question(
            group=f"PureLocal({epsilon0}) delta to 1e-4, both ends",
            size=f"n = {_power(users)}",
            prepare=lambda epsilon0=epsilon0, users=users: _curve(  # type: ignore[misc]
                csa.PureLocal(epsilon0), users, _delta(_pure_epsilon(epsilon0, users), "1e-4")
            )(),
            target=0.1,
        )
        for epsilon0 in ("1", "4", "10")
        for users in (10**3, 10**6, 10**12)
    )
    found.extend(
        Question(
            group=f"PureLocal({epsilon0}) epsilon(delta = 1e-9) to 1e-6, both ends",
            size=f"n = {_power(users)}",
            prepare=_curve(csa.PureLocal(epsilon0), users, _epsilon("1e-9")),
            target=0.1,
        )
        for epsilon0 in ("1", "10")
        for users in (10**3, 10**12)
    )
    binary = csa.BinaryRandomizedResponse("2")
    found.extend(
        Question(
            group="binary epsilon(delta = 1e-9) to 1e-6, exact",
            size=f"n = {_power(users)}",
            prepare=_curve(binary, users, _epsilon("1e-9")),
            target=1.0,
        )
        for users in (10**3, 10**6, 10**12)
    )
    noisy = csa.BinomialCount(levels=1, bits=1, p="1/2")
    found.extend(
        Question(
            group="binomial count epsilon(delta = 1e-9) to 1e-6, exact",
            size=f"n = {_power(users)}",
            prepare=_curve(noisy, users, _epsilon("1e-9")),
            target=0.1,
        )
        for users in (10**3, 10**12)
    )
    cadences = [
        csa.Shuffle(csa.KaryRandomizedResponse(8, epsilon0), users)
        for epsilon0, users in (("4", 10**5), ("5", 7 * 10**5), ("6", 3 * 10**6))
    ]
    twenty = [
        csa.Shuffle(csa.KaryRandomizedResponse(4 + i, str(2 + i / 5)), 20_000 * (i + 1)) for i in range(20)
    ]
    concatenations: list[tuple[str, list[csa.Shuffle], Callable[[PrivacyCurve], Any], float]] = [
        ("three cadences, epsilon(1e-8) to 1e-4", cadences, _epsilon_at("1e-8"), 1.0),
        ("20 different, epsilon(1e-8) to 1e-4", twenty, _epsilon_at("1e-8"), 2.0),
        ("10^4 equal, epsilon(1e-10)", cadences[:1] * 10**4, _epsilon_at("1e-10"), 2.0),
        ("three cadences, delta near 1e-30 to 1e-3", cadences, _delta("0.44038", "1e-3"), 5.0),
    ]
    found.extend(
        Question(group="concatenation", size=size, prepare=_together(shuffles, ask), target=target)
        for size, shuffles, ask, target in concatenations
    )
    found.extend(
        Question(
            group="schedule, distinct memberships of three shufflers",
            size=f"{_power(batches)} batches",
            prepare=_memberships(batches),
            target=batches / 2e5,
        )
        for batches in (10**4, 10**5)
    )
    found.append(
        Question(
            group="process",
            size="import accounting",
            prepare=_process("-c", "import accounting"),
            target=0.3,
            process=True,
        )
    )
    found.append(
        Question(
            group="process",
            size="check of a deployment file",
            prepare=_process(
                "-m", "accounting", "check", str(ROOT / "examples" / "weekly_tasks.toml"), "--json"
            ),
            target=1.5,
            process=True,
        )
    )
    return found


QUESTIONS = _questions()
