"""The reference summation: a counter in the concurrent shuffle model."""

from .counter import Closing, Counter, Estimate, Public, scheduled
from .plan import Level, Plan
from .roles import Client, Release, Shuffler
from .sources import BitSource, OsSource, SeededSource, Source
from .tree import Estimator

__all__ = [
    "BitSource",
    "Client",
    "Closing",
    "Counter",
    "Estimate",
    "Estimator",
    "Level",
    "OsSource",
    "Plan",
    "Public",
    "Release",
    "SeededSource",
    "Shuffler",
    "Source",
    "scheduled",
]
