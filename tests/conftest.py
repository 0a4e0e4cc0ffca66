"""Hypothesis profiles, and the check that no test leaves a changed working precision behind."""

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Exact arithmetic takes uneven time, and shared machines more so: no deadline in any profile.
settings.register_profile("dev", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True, print_blob=True)
settings.register_profile(
    "nightly", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

CONTEXTS = {"flint": "ctx", "mpmath": "mp"}
DEFAULT_BITS = 53  # of both packages, when a test is the first to import them


def working_precision() -> dict[str, int]:
    """Return the precision in bits of each package's global context, for those imported so far."""
    return {name: getattr(sys.modules[name], CONTEXTS[name]).prec for name in CONTEXTS if name in sys.modules}


@pytest.fixture(autouse=True)
def unchanged_precision() -> Iterator[None]:
    """Fail a test that leaves another global precision than it found, and restore it for the next."""
    before = working_precision()
    yield
    after = working_precision()
    wanted = {name: before.get(name, DEFAULT_BITS) for name in after}
    for name, bits in wanted.items():
        getattr(sys.modules[name], CONTEXTS[name]).prec = bits
    assert after == wanted, "the test changed a global working precision"
