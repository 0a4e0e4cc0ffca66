"""The lower bound without its assumptions, as a table: ``python -m proofs.lower_bound.assumptions`` prints it."""

from __future__ import annotations

from fractions import Fraction

from accounting.numerics.rounding import print_at_least, print_at_most

from .dropped import (
    Dropped,
    TreeCounter,
    mask_failure,
    peeking_block,
    shared_masks,
    tree_error,
    value_at_least,
)
from .hard_inputs import Construction
from .own_closing import error_at_bad_step_of_blocks
from .reuse import reused_reports

__all__ = ["LARGE", "error_at_most", "main"]

_WIDE = TreeCounter(leaf=64, arity=16, levels=16)
# Real shares instead of ideal sums cost (1 + e^epsilon) of their distance, once a node level and batch.
_MASKS = 4 * _WIDE.users * _WIDE.levels * mask_failure(modulus=4 * _WIDE.users, shares=200)

# Masks from n^2 10^30 numbers; moving at most n of them by one costs e times 10^-30/n.
_VAST = TreeCounter(leaf=64, arity=16, levels=36, noises=2)

LARGE: tuple[tuple[str, TreeCounter, Construction, Fraction], ...] = (
    (
        "a closer that reads values, k = 1",
        TreeCounter(leaf=64, arity=16, levels=7),
        Construction(block=1669, group=2, groups=4573920),
        Fraction(0),
    ),
    (
        "a closer that peeks, k = 2",
        _WIDE,
        Construction(block=11212, group=2, groups=206992033),
        Fraction(0),
    ),
    (
        "numbers shared by a user's batches, k = 2",
        _WIDE,
        Construction(block=11212, group=2, groups=206992033),
        _MASKS,
    ),
    (
        "one report in two batches, k = 4",
        _VAST,
        Construction(block=77065, group=2, groups=9782119886),
        Fraction(3, _VAST.users * 10**30),
    ),
)
"""What is dropped, the mechanism, the parameters of the theorem, and delta."""


def error_at_most(counter: TreeCounter) -> Fraction:
    """Bound the mean largest error of a row of the table at epsilon = 1.

    To the error of the tree 3 is added: sums that are known modulo 4n only add less than 1 (a noise beyond n has a
    probability near e^(-n/16)), and users of batches of three are counted up to two steps late.
    """
    return tree_error(counter, Fraction(1)) + 3


def main() -> None:
    """Print the mechanisms that drop an assumption, small and large; errors are rounded up, values down."""
    small = [
        ("a closer that peeks, k = 2", peeking_block()),
        ("numbers shared by a user's batches, k = 2", shared_masks()),
        ("one report in two batches, k = 2", reused_reports()),
    ]
    for block, odds in ((12, 9), (6, 20)):
        error, value = error_at_bad_step_of_blocks(block=block, odds=Fraction(odds))
        name = f"own messages only, k = 1, m = {block}"
        small.append((name, Dropped(ratio=Fraction(odds), error=error, value=value)))
    print(f"{'at the first bad step':44} {'e^epsilon':>9} {'error <=':>10} {'theorem':>10}")
    for name, found in small:
        columns = print_at_least(found.error, 5), print_at_most(found.value, 5)
        print(f"{name:44} {found.ratio!s:>9} {columns[0]:>10} {columns[1]:>10}")
    print(f"\n{'certified, epsilon = 1':44} {'n':>9} {'E max <=':>10} {'theorem >=':>10}")
    for name, counter, construction, delta in LARGE:
        upper = error_at_most(counter)
        lower = value_at_least(construction, users=counter.users, epsilon=Fraction(1), delta=delta)
        columns = print_at_least(upper, 5), print_at_most(lower, 5)
        print(f"{name:44} {counter.users:9.2e} {columns[0]:>10} {columns[1]:>10}")


if __name__ == "__main__":
    main()
