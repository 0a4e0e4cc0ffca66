"""Reports: what may be promised, what it rests on, and what to change."""

from .check import CheckReport, ShufflerReport, Verdict, check

__all__ = ["CheckReport", "ShufflerReport", "Verdict", "check"]
