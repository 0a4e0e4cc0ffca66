"""Published bounds as their papers state them, each with its status; no bound of the toolkit rests on them."""

from .bound import PublishedBound, Source, Status
from .registry import PUBLISHED

__all__ = ["PUBLISHED", "PublishedBound", "Source", "Status"]
