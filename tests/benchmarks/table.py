"""The speed table: ``python -m tests.benchmarks.table [words]`` times the questions whose names hold the words."""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.benchmarks.questions import QUESTIONS, Question

PATIENCE = 1.5  # seconds of repeats for one question
LEAST, MOST = 5, 60


def median(ask: Callable[[], Any], *, process: bool) -> float:
    """Return the median time in seconds of repeats after a warm-up."""
    ask()
    times: list[float] = []
    gc.disable()
    try:
        while len(times) < LEAST or (len(times) < MOST and sum(times) < PATIENCE and not process):
            start = time.perf_counter()
            ask()
            times.append(time.perf_counter() - start)
    finally:
        gc.enable()
    return statistics.median(times)


def shown(seconds: float) -> str:
    """Show a duration in milliseconds."""
    return f"{1000.0 * seconds:.2f} ms" if seconds < 0.1 else f"{1000.0 * seconds:.0f} ms"


def rows(questions: Sequence[Question]) -> list[tuple[str, ...]]:
    """Measure, and return the lines of the table."""
    lines: list[tuple[str, ...]] = [("question", "size", "median", "target", "ratio", "allowed", "")]
    measured: dict[str, list[float]] = {}
    for question in questions:
        taken = median(question.prepare(), process=question.process)
        group = measured.setdefault(question.group, [])
        group.append(taken)
        ratio = taken / group[0] if question.ratio is not None and len(group) > 1 else None
        missed = [] if taken <= question.target else ["slow"]
        if ratio is not None and question.ratio is not None and ratio > question.ratio:
            missed.append("ratio")
        lines.append(
            (
                question.group,
                question.size,
                shown(taken),
                shown(question.target),
                "" if ratio is None else f"{ratio:.2f}",
                "" if question.ratio is None else f"{question.ratio:g}",
                ", ".join(missed),
            )
        )
    return lines


def main(words: Sequence[str]) -> int:
    """Print the table; return 1 when a target is missed."""
    questions = [q for q in QUESTIONS if all(word in q.name for word in words)]
    lines = rows(questions)
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        cells = [
            cell.ljust(w) if i < 2 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    return int(any(line[-1] for line in lines[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
