"""Reports: what may be promised, what it rests on, and what to change."""

from .check import CheckReport, ShufflerReport, Verdict, check
from .sensitivity import Sensitivity

__all__ = ["CheckReport", "Sensitivity", "ShufflerReport", "Verdict", "check"]
