"""Lower bounds on the error of every continual sum over concurrent shufflers.

The public function ``accounting.lower_bound`` has the name of this package, so the package can be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..numerics.exact import ExactLike
    from .bound import LowerBound


class _Callable(ModuleType):
    def __call__(
        self, *, users: ExactLike, shufflers: ExactLike, epsilon: ExactLike, delta: ExactLike = 0
    ) -> LowerBound:
        """Bound the error of every mechanism from below; see `bound.lower_bound`."""
        from .bound import lower_bound

        return lower_bound(users=users, shufflers=shufflers, epsilon=epsilon, delta=delta)


sys.modules[__name__].__class__ = _Callable
