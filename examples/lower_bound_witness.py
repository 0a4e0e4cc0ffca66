"""A recorded run of adaptive batches: its first bad step, and the witness that makes it bad."""

import random

from accounting.lower_bound.longest import longest_schedule
from accounting.lower_bound.tight_window import largest_groups, tight_window
from accounting.lower_bound.witness import Witness, find_witness, run_policy
from accounting.schedules import Schedule
from proofs.lower_bound.checker import check_witness

USERS, SHUFFLERS, BLOCK, GROUP = 20_000, 2, 50, 10


def recorded() -> Schedule:
    """A small batch closes sooner after a large release; the long one closes with every tenth small one."""
    rng = random.Random(5)
    released = [10]
    small = 0

    def closing(step: int, opened: tuple[int, ...]) -> list[int]:
        nonlocal small
        size = step - opened[0] + 1
        if size < 40 - released[-1] // 2:
            return []
        released.append(sum(rng.random() < 0.4 for _ in range(size)))
        small += 1
        return [0, 1] if small % 10 == 0 else [0]

    return run_policy(closing, USERS, shufflers=SHUFFLERS)


def main() -> Witness:
    """Find the witness of the run, and have the independent checker confirm it."""
    groups = largest_groups(USERS, block=BLOCK, shufflers=SHUFFLERS)
    enough = tight_window(block=BLOCK, groups=groups, shufflers=SHUFFLERS)
    print(
        f"{enough:,} users force a hidden block or {groups} separated groups, whatever {SHUFFLERS} shufflers do"
    )

    run = recorded()
    size = {"group": GROUP, "block": BLOCK, "groups": groups, "shufflers": SHUFFLERS}
    found = find_witness(run, USERS, **size)
    if found is None:
        raise SystemExit("no bad step")
    check_witness(run, found.content(), users=USERS, **size)
    print(f"{len(run)} recorded batches: {found.sentence()}")

    longest = longest_schedule(block=BLOCK, groups=groups, shufflers=SHUFFLERS)
    last = find_witness(longest, USERS, **size)
    if last is None:
        raise SystemExit("no bad step")
    print(f"{len(longest)} batches that put it off: {last.sentence()}")
    return found


if __name__ == "__main__":
    main()
