"""A shuffle among dp_accounting's events, and an accountant that understands it beside the package's own.

dp_accounting is imported with this module, so import it only where the package is there.
"""

from __future__ import annotations

from typing import Any

import attr
from dp_accounting import DpEvent, NeighboringRelation
from dp_accounting.pld import PLDAccountant

from ..composition.concurrent import ConcurrentShuffles
from ..errors import ParameterError
from ..shuffle import Shuffle

__all__ = ["ShuffleAccountant", "ShuffleDpEvent"]


def _checked(_: object, __: object, value: object) -> None:
    if not isinstance(value, (Shuffle, ConcurrentShuffles)):
        raise ParameterError("shuffle", "must be a Shuffle or ConcurrentShuffles", value)


@attr.s(frozen=True)
class ShuffleDpEvent(DpEvent):  # type: ignore[misc]
    """The release of a shuffle, or of concurrent shuffles, with fresh randomness.

    The relation is replace-one. ``users`` of each shuffle are present and honest, the target included.

    Attributes:
        shuffle: the ``Shuffle`` or ``ConcurrentShuffles`` that is released.
    """

    shuffle: Shuffle | ConcurrentShuffles = attr.ib(  # type: ignore[assignment]
        validator=_checked
    )


class ShuffleAccountant(PLDAccountant):  # type: ignore[misc]
    """dp_accounting's accountant by privacy loss distributions, which also takes ``ShuffleDpEvent``.

    The shuffle's own losses are pessimistic with a certificate; the composition is dp_accounting's, in floats, and has none:
    its delta can fall below the truth by its rounding errors. For a certified number use ``composed_on_grid``.
    """

    def __init__(
        self,
        neighboring_relation: Any = NeighboringRelation.REPLACE_ONE,
        value_discretization_interval: float = 1e-4,
    ) -> None:
        """Start with nothing released.

        Args:
            neighboring_relation: of dp_accounting; shuffles are supported under REPLACE_ONE alone.
            value_discretization_interval: the grid's step in nats.
        """
        super().__init__(neighboring_relation, value_discretization_interval)

    def _maybe_compose(self, event: Any, count: int, do_compose: bool) -> Any:  # noqa: FBT001 - the package's signature
        if not isinstance(event, ShuffleDpEvent):
            return super()._maybe_compose(event, count, do_compose)
        if self.neighboring_relation is not NeighboringRelation.REPLACE_ONE:
            return self.CompositionErrorDetails(
                invalid_event=event,
                error_message=f"a shuffle needs REPLACE_ONE, not {self.neighboring_relation}",
            )
        if do_compose:
            own = event.shuffle.to_dp_accounting(interval=self._value_discretization_interval)
            self._pld: Any = self._pld.compose(own.self_compose(count))
        return None
