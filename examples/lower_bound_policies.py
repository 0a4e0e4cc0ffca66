"""Families of batches that keep a continual sum accurate for as long as any can, and the step at which each must fail.

With a folder as its argument it draws them: python examples/lower_bound_policies.py pictures
(matplotlib comes with the extra ``plot``).
"""

import sys
from pathlib import Path

import accounting as csa
from proofs.lower_bound.drawing import Picture, draw, picture
from proofs.lower_bound.hard_inputs import Construction

POLICIES = Path(__file__).with_name("policies")
FAMILIES = {
    "one_shuffler.csv": (Construction(block=4, group=1, groups=8), 60),
    "two_shufflers.csv": (Construction(block=4, group=1, groups=4), 64),
    "three_shufflers.csv": (Construction(block=2, group=1, groups=3), 28),
}
"""Blocks and groups, and how many users a family is shown for."""


def main(target: str | None = None) -> dict[str, Picture]:
    """Find the first bad step of each family; no family of its size has a later one."""
    found = {}
    for name, (construction, users) in FAMILIES.items():
        shown = picture(csa.Schedule.from_csv(POLICIES / name, users=users), construction)
        ties = sum(bar.groups > 1 for bar in shown.bars)
        print(
            f"{name}: {len(shown.bars)} batches, {ties} of them over two groups or more; bad at step {shown.bad}"
        )
        found[name] = shown
        if target is not None:
            draw(shown, (Path(target) / name).with_suffix(".svg"))
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
