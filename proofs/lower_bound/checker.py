"""Checks a witness of the lower bound. Imports nothing of the toolkit, takes no number on trust, and is short.

``python -m proofs.lower_bound.checker SCHEDULE.csv ANSWER.json`` reads what ``shuffle-accounting lower-bound
--schedule SCHEDULE.csv --json`` wrote.
"""

import csv
import json
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

__all__ = ["WitnessError", "bad_steps", "check_witness", "main"]

Batch = tuple[str, int, int]


class WitnessError(Exception):
    """What is wrong with a witness, or with the batches."""


def require(holds: object, complaint: str) -> None:
    """Complain unless something holds."""
    if not holds:
        raise WitnessError(complaint)


def check_witness(
    batches: Iterable[Batch],
    witness: Mapping[str, Any],
    *,
    users: int,
    shufflers: int,
    group: int,
    groups: int,
    block: int = 1,
    blocks: Any = None,
) -> None:
    """Return if the witness proves a bad step; batches are (shuffler, first user, last user, both included).

    With ``blocks``, pairs of a depth and the users of blocks from it on, groups and blocks stand in a nested row; else
    each block has a group at its end. Whether the step is the first bad one is not checked: ``bad_steps`` lists
    them all, for few users.

    Raises:
        WitnessError: it does not, or the batches are none that so many shufflers can have held.
    """
    listed = sorted(batches)
    require(len({name for name, _, _ in listed}) <= shufflers, "there are more shufflers than stated")
    require(all(1 <= first <= last <= users for _, first, last in listed), "a batch has other users")
    for (name, _, last), (following, first, _) in pairwise(listed):
        require(name != following or last < first, f"batches of {name} overlap at user {first}")
    require(
        group >= 1 and groups >= 1 and (blocks is not None or group <= block),
        "the parameters fit no construction",
    )

    step, kind = witness["step"], witness["kind"]
    require(kind in ("hidden-block", "separated-groups"), f"there is no witness of the kind {kind}")
    hidden = [witness["block"]] if kind == "hidden-block" else []
    separated = list(witness.get("groups", []))
    numbers = [step, *(number for span in hidden + separated for number in span)]
    require(all(type(number) is int for number in numbers), "there is something that is no integer")
    require(1 <= step <= users, f"step {step} does not exist")
    row = None if blocks is None else dict(nested(group, blocks, groups, shufflers))

    def part(first: int, last: int, size: int, otherwise: int) -> int:
        """Return -1 for a group and the depth of a block; ``otherwise`` says that it is not what it should be."""
        require(last <= step, "something ends after the step")
        if row is not None:
            return row.get((first, last), otherwise)
        return -1 - otherwise if last % block == 0 and 0 < first == last - size + 1 else otherwise

    wanted = groups
    closed = [(first, last) for _, first, last in listed if last <= step]
    for first, last in hidden:
        wanted = part(first, last, block, -1)
        require(wanted >= 0, "it is no block")
        require(not any(a <= last and first <= b for a, b in closed), "a closed batch has users of the block")
        require(all(end < first for _, end in separated), "a group is not before the block")
    require(all(part(first, last, group, 0) == -1 for first, last in separated), "one is no group")
    require(len(separated) >= wanted, f"there are fewer than {wanted} groups")
    firsts, lasts = [first for first, _ in separated], [last for _, last in separated]
    require(all(a < b for a, b in pairwise(lasts)), "the groups are not in order")
    for a, b in closed:  # groups that begin by b, without those that end before a
        require(bisect_right(firsts, b) - bisect_left(lasts, a) < 2, f"the batch {a}..{b} touches two groups")


def nested(
    group: int, blocks: Sequence[tuple[int, int]], groups: int, shufflers: int
) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield the parts of a nested row: first and last user, and -1 for a group or the depth of a block."""
    todo, user = [(shufflers, groups, 0)], 0
    while todo:
        k, n, depth = todo.pop()
        inner = n > 1 and k == 0
        size = max(pair for pair in blocks if pair[0] <= depth)[1] if inner else group
        yield (user + 1, user + size), depth if inner else -1
        user += size
        if n > 1 and k:
            todo += [(fewer, n - 1, depth + 1) for fewer in range(k, -1, -1)]


def bad_steps(
    batches: Sequence[Batch], *, users: int, block: int, group: int, groups: int
) -> list[tuple[int, str]]:
    """List every bad step with its kind, straight from the definition: all blocks, all choices of groups."""
    found = []
    for step in range(1, users + 1):
        closed = [(first, last) for _, first, last in batches if last <= step]

        def meets(span: range, closed: Sequence[tuple[int, int]] = closed) -> set[int]:
            return {i for i, (a, b) in enumerate(closed) if any(a <= user <= b for user in span)}

        ends = range(block, step + 1, block)
        if any(not meets(range(end - block + 1, end + 1)) for end in ends):
            found.append((step, "hidden-block"))
        touched = [meets(range(end - group + 1, end + 1)) for end in ends]
        if any(sum(map(len, some)) == len(set().union(*some)) for some in combinations(touched, groups)):
            found.append((step, "separated-groups"))
    return found


def main(arguments: Sequence[str]) -> int:
    """Check the witness of a JSON document against a schedule file; 0 if it stands, 1 if not."""
    schedule, answer = arguments
    try:
        with open(schedule, encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            rows = [(row["shuffler"].strip(), int(row["first"]), int(row["last"])) for row in lines]
        with open(answer, encoding="utf-8") as file:
            said = json.load(file)
        names = ("block", "blocks", "group", "groups")
        size = {name: said["parameters"][name] for name in names if name in said["parameters"]}
        check_witness(rows, said["witness"], users=said["users"], shufflers=said["shufflers"], **size)
    except (WitnessError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stdout.write(f"refuted: {error!r}\n")
        return 1
    sys.stdout.write(f"confirmed: step {said['witness']['step']} is bad\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
