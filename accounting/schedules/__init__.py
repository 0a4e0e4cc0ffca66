"""Schedules: which users, in order of arrival, each closed batch held."""

from .memberships import Memberships
from .schedule import Batch, Schedule

__all__ = ["Batch", "Memberships", "Schedule"]
