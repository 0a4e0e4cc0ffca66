"""Peers, side by side: ``python -m tests.benchmarks.peers [--peer NAME=FOLDER ..]`` prints the table of ratios.

Each piece of work is one question that several tools can be asked. A row gives what a tool answered and how long it
took, as a multiple of ours; the last column compares its answer with our certified ends: an answer below our lower
end, where the tool calls it an upper bound, is refuted by the data set that attains our lower end.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context
from pathlib import Path
from typing import Annotated, TypeVar

from cyclopts import App, Parameter

import accounting as csa
from tests.benchmarks.peer_tools import PEERS, MissingPeerError, Peer

__all__ = ["WORKS", "Row", "Work", "rows", "verdict"]

LEAST, MOST, PATIENCE = 1, 9, 2.0  # repeats, and seconds of them

Answer = TypeVar("Answer")

app = App(help=__doc__, help_format="plaintext")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One question.

    Attributes:
        name: what peers know it by.
        title: for the table.
        ask: our answer.
    """

    name: str
    title: str
    ask: Callable[[], csa.Bounds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one tool answered.

    Attributes:
        work: title of the question.
        tool: who answered.
        answer: as printed.
        seconds: median time of an answer.
        ratio: its time over ours.
        remark: how its answer compares with our ends.
    """

    work: str
    tool: str
    answer: str
    seconds: float
    ratio: float
    remark: str


def _local(users: int) -> csa.Shuffle:
    return csa.Shuffle(csa.PureLocal(epsilon0="4"), users=users)


def _kary(users: int) -> csa.Shuffle:
    return csa.Shuffle(csa.KaryRandomizedResponse(values=16, epsilon0="4"), users=users)


def _noisy_counts() -> csa.ConcurrentShuffles:
    return csa.ConcurrentShuffles([csa.Shuffle(csa.BinomialCount(levels=1, bits=20, p="1/2"), users=50)] * 10)


def _binary() -> csa.ConcurrentShuffles:
    return csa.ConcurrentShuffles([csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0="1"), users=200)] * 10)


WORKS: tuple[Work, ...] = (
    *(
        Work(
            name=f"local-{users}",
            title=f"any epsilon0 = 4 randomizer, n = {users:,}: epsilon at 1e-6",
            ask=lambda users=users: _local(users).epsilon(delta="1e-6"),  # type: ignore[misc]
        )
        for users in (10**4, 10**5, 10**6)
    ),
    *(
        Work(
            name=f"kary-{users}",
            title=f"16-ary response, epsilon0 = 4, n = {users:,}: epsilon at 1e-6",
            ask=lambda users=users: _kary(users).epsilon(delta="1e-6"),  # type: ignore[misc]
        )
        for users in (10**4, 10**5, 10**6)
    ),
    Work(
        name="local-tail",
        title="any epsilon0 = 4 randomizer, n = 10,000: delta at 1.2",
        ask=lambda: _local(10**4).delta(epsilon="1.2"),
    ),
    Work(
        name="counts-10",
        title="10 counts of 50 users with 20 noise bits each: epsilon at 1e-8",
        ask=lambda: _noisy_counts().epsilon(delta="1e-8"),
    ),
    Work(
        name="counts-10-tail",
        title="10 counts of 50 users with 20 noise bits each: delta at 3",
        ask=lambda: _noisy_counts().delta(epsilon="3"),
    ),
    Work(
        name="binary-10",
        title="10 binary shuffles of 200 users, epsilon0 = 1: epsilon at 1e-8",
        ask=lambda: _binary().epsilon(delta="1e-8"),
    ),
)
"""The questions. The tails ask for deltas below the rounding of floats."""


def timed(ask: Callable[[], Answer]) -> tuple[Answer, float]:
    """Return the answer and the median time of repeats; a first call that takes long is not repeated."""
    times: list[float] = []
    while len(times) < LEAST or (len(times) < MOST and sum(times) < PATIENCE):
        start = time.perf_counter()
        answer = ask()
        times.append(time.perf_counter() - start)
    return answer, statistics.median(times)


def verdict(ours: csa.Bounds, answer: float, *, claims_upper: bool) -> str:
    """Say how a peer's answer compares with our certified ends.

    Args:
        ours: our ends.
        answer: the peer's.
        claims_upper: the peer calls its answer an upper bound for what we were asked.
    """
    if claims_upper and answer < ours.lower:
        return f"TOO SMALL: at least {_down(ours.lower)} is lost"
    if not claims_upper:
        return "an estimate"
    if answer <= ours.upper:
        return "agrees with our ends"
    ratio = answer / ours.upper
    return (
        f"{100.0 * (ratio - 1.0):.2g} % above our upper end"
        if ratio < 1.1
        else f"{ratio:.3g} times our upper end"
    )


def _down(value: float) -> str:
    """Print with six digits, rounded down, since it is a lower end."""
    return f"{Context(prec=6, rounding=ROUND_FLOOR).create_decimal_from_float(value).normalize():g}"


def rows(works: Sequence[Work], peers: Sequence[Peer]) -> Iterator[Row]:
    """Ask everybody, and yield the lines of the table; peers that are not here are left out."""
    for work in works:
        ours, seconds = timed(work.ask)
        yield Row(
            work=work.title, tool="ours", answer=str(ours), seconds=seconds, ratio=1.0, remark="certified"
        )
        for peer in peers:
            ask = peer.answers.get(work.name)
            if ask is None:
                continue
            try:
                answer, taken = timed(ask)
            except MissingPeerError:
                continue
            remark = verdict(ours, answer, claims_upper=peer.claims_upper)
            yield Row(
                work=work.title,
                tool=peer.name,
                answer=f"{answer:.6g}",
                seconds=taken,
                ratio=taken / seconds,
                remark=remark,
            )


def missing(peers: Sequence[Peer]) -> list[str]:
    """Say which peers are not here, and how to get each."""
    return [f"{peer.name}: {peer.how_to_get}" for peer in peers if not peer.is_here()]


@app.default
def table(*, peer: Annotated[list[str] | None, Parameter(negative="")] = None, only: str = "") -> None:
    """Print the table as Markdown.

    Args:
        peer: NAME=FOLDER, where the script of a peer without a package lies; may be repeated.
        only: a word that the names of the questions hold.
    """
    folders = dict(word.split("=", 1) for word in peer or ())
    peers = [make({name: Path(folder) for name, folder in folders.items()}) for make in PEERS]
    print("| question | tool | answer | time | time / ours | compared with our ends |")
    print("| --- | --- | --- | --- | --- | --- |")
    title = ""
    for row in rows([work for work in WORKS if only in work.name], peers):
        shown = "" if row.work == title else row.work
        title = row.work
        print(
            f"| {shown} | {row.tool} | {row.answer} | {1000.0 * row.seconds:,.1f} ms | {row.ratio:.3g} | {row.remark} |",
            flush=True,
        )
    for line in missing(peers):
        print(f"\nNot measured - {line}")


if __name__ == "__main__":
    app()
