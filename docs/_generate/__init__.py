"""Reference pages that are made from the code at every build, so that they cannot go stale."""

from .annotations import resolved
from .pages import links, written

__all__ = ["links", "resolved", "written"]
