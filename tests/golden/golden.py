"""The frozen table of exact deltas: made by the plain reference, written as fractions.

Regenerate with ``python -m tests.golden.golden``; it refuses where ``CI`` is set.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

from proofs.reference import bounds, counts
from proofs.reference.shuffle_enumeration import exact_delta, kary_response

TABLE = Path(__file__).with_name("deltas.json")
F = Fraction
ALPHAS = (F(1, 2), F(1), F(5, 4), F(2), F(7, 2))


def entries() -> Iterator[tuple[str, Callable[[], Fraction]]]:
    """Go through the entries: what is asked, and how the reference answers."""
    for alpha in ALPHAS:
        for keep, users in ((F(3, 4), 3), (F(9, 10), 8), (F(3, 5), 20)):
            yield f"binary keep={keep} users={users} alpha={alpha}", partial(binary, keep, users, alpha)
        for values, keep, users in ((3, F(3, 5), 3), (4, F(1, 2), 3)):
            channel = kary_response(values, keep)
            name = f"kary values={values} keep={keep} users={users} alpha={alpha}"
            yield name, partial(exact_delta, channel, users, alpha)
        for factor, users in ((F(3), 5), (F(10), 4)):
            name = f"clones factor={factor} users={users} alpha={alpha}"
            yield name, partial(bounds.clones_delta, factor, users, alpha)
            name = f"blanket factor={factor} users={users} alpha={alpha}"
            yield (
                name,
                partial(bounds.blanket_delta, kary_response(3, factor / (factor + 2)), (0, 1), users, alpha),
            )
        for levels, bits, p, users in ((1, 2, F(1, 2), 3), (2, 2, F(1, 3), 3)):
            name = f"count levels={levels} bits={bits} p={p} users={users} alpha={alpha}"
            yield name, partial(counts.binomial_count_delta, levels, bits, p, users, alpha)


def binary(keep: Fraction, users: int, alpha: Fraction) -> Fraction:
    """Return the largest divergence over all data sets of binary response, one order for each."""
    return max(counts.binary_delta(1 - keep, ones, users, alpha) for ones in range(users))


def main() -> int:
    """Write the table."""
    if os.environ.get("CI"):
        sys.stderr.write("golden values are not regenerated in CI\n")
        return 2
    table = {"made_by": "proofs.reference", "entries": {name: str(answer()) for name, answer in entries()}}
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
