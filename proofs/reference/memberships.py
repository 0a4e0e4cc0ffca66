"""Who is in which batch, by walking through users one at a time."""

from collections.abc import Sequence

__all__ = ["batches_of_users", "sizes_of_users"]

Batch = tuple[str, int, int]


def batches_of_users(batches: Sequence[Batch], users: int) -> list[tuple[Batch, ...]]:
    """Return the batches of user 1, 2, .., users, each in the order in which batches are given."""
    return [tuple(batch for batch in batches if batch[1] <= user <= batch[2]) for user in range(1, users + 1)]


def sizes_of_users(batches: Sequence[Batch], users: int) -> list[tuple[int, ...]]:
    """Return the sizes of the batches that each user is in, one for each shuffler, 0 where there is none."""
    names = list(dict.fromkeys(name for name, _, _ in batches))
    found = []
    for held in batches_of_users(batches, users):
        sizes = {name: last - first + 1 for name, first, last in held}
        found.append(tuple(sizes.get(name, 0) for name in names))
    return found
