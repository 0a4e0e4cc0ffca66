"""The published bounds by their ids, made when one is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from .bound import PublishedBound

__all__ = ["PUBLISHED"]


class _Registry(Mapping[str, PublishedBound]):
    """A mapping from id to bound, in the order of publication."""

    def __getitem__(self, bound_id: str) -> PublishedBound:
        return _bounds()[bound_id]

    def __iter__(self) -> Iterator[str]:
        return iter(_bounds())

    def __len__(self) -> int:
        return len(_bounds())


@cache
def _bounds() -> dict[str, PublishedBound]:
    from .blanket import BLANKETS
    from .closed_forms import CLOSED_FORMS
    from .counts import COUNTS
    from .gaussian import GAUSSIAN
    from .pairs import PAIRS
    from .renyi import RENYI

    bounds = (*CLOSED_FORMS, *BLANKETS, *PAIRS, *RENYI, *COUNTS, *GAUSSIAN)
    ordered = sorted(bounds, key=lambda bound: (bound.source.year, bound.source.arxiv[:10]))
    return {bound.id: bound for bound in ordered}


PUBLISHED: Mapping[str, PublishedBound] = _Registry()
