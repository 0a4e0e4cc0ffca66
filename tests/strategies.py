"""Hypothesis strategies that tests share."""

from fractions import Fraction

from hypothesis import strategies as st

Channel = tuple[tuple[Fraction, ...], ...]


@st.composite
def channels(
    draw: st.DrawFn, *, inputs: int = 4, letters: int = 4, weight: int = 8, positive: bool = False
) -> Channel:
    """Draw a row-stochastic matrix of Fractions in which every message can occur.

    Args:
        draw: given by Hypothesis.
        inputs: most rows.
        letters: most columns.
        weight: largest integer weight of an entry, before its row is divided by its sum.
        positive: whether all entries are positive.
    """
    width = draw(st.integers(1, letters))
    weights = st.lists(st.integers(int(positive), weight), min_size=width, max_size=width).filter(any)
    matrix = draw(st.lists(weights, min_size=2, max_size=inputs))
    used = [j for j in range(width) if any(row[j] for row in matrix)]
    return tuple(tuple(Fraction(row[j], sum(row)) for j in used) for row in matrix)


@st.composite
def factors(draw: st.DrawFn, *, most: int = 12) -> Fraction:
    """Draw a positive rational likelihood factor, on both sides of 1."""
    return Fraction(draw(st.integers(1, most)), draw(st.integers(1, most)))


def renamings(letters: int) -> st.SearchStrategy[list[int]]:
    """Draw a map of messages to messages; those with the same image are merged."""
    return st.lists(st.integers(0, letters - 1), min_size=letters, max_size=letters)
