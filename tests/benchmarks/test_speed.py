"""Each question of the speed table is answered, as narrowly as the table says; timed only when asked to.

``pytest tests/benchmarks --benchmark-enable`` times them; ``python -m tests.benchmarks.table`` compares with targets.
"""

import itertools
import math
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from accounting.curves import Bounds
from accounting.numerics.enclosure import Enclosure
from tests.benchmarks.questions import QUESTIONS, Question

pytestmark = pytest.mark.benchmark


def widths(answer: Any) -> list[float]:
    """Relative widths of the enclosures of an answer."""
    if isinstance(answer, Bounds):
        return [
            value.relative_width for value in (answer.lower_value, answer.upper_value) if value is not None
        ]
    return [value.relative_width for value in answer if isinstance(value, Enclosure)]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name.replace(" ", "_"))
def test_question(benchmark: BenchmarkFixture, question: Question) -> None:
    answer = benchmark(question.prepare())
    if question.process:
        assert answer.returncode in (0, 1, 3)
        return
    if isinstance(answer, Bounds):
        assert 0.0 <= answer.lower <= answer.upper
        assert answer.upper > 0.0
    if question.width is not None:
        assert widths(answer)
        assert all(width <= 1.1 * question.width for width in widths(answer))


def test_names_are_distinct() -> None:
    names = [question.name for question in QUESTIONS]
    assert len(set(names)) == len(names)
    groups = itertools.groupby(sorted(QUESTIONS, key=lambda q: q.group), key=lambda q: q.group)
    for _, members in groups:
        ratios = {question.ratio for question in members}
        assert len(ratios) == 1
    assert all(math.isfinite(question.target) for question in QUESTIONS)
