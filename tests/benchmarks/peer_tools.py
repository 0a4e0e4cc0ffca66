"""The peers: how each is asked, and how to get those that no registry holds.

A peer's code is called as its authors published it, never copied: packages are imported, scripts are loaded from a
folder that the caller names.
"""

import importlib.util
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

__all__ = ["PEERS", "MissingPeerError", "Peer"]

STEPS = 20  # of a bisection, for peers that ask for a number
Folders = Mapping[str, Path]


class MissingPeerError(Exception):
    """The peer is not installed, or its folder was not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A tool, and its answers by the names of questions.

    Attributes:
        name: of the tool, with its version where it has one.
        how_to_get: for whoever wants to measure it.
        claims_upper: it calls its answers upper bounds.
        is_here: it can be asked now.
        answers: by the names of questions; each returns an epsilon or a delta.
    """

    name: str
    how_to_get: str
    claims_upper: bool
    is_here: Callable[[], bool]
    answers: Mapping[str, Callable[[], float]]


def _script(folders: Folders, name: str, module: str) -> Any:
    """Load a module from the peer's folder."""
    folder = folders.get(name)
    path = None if folder is None else folder / f"{module}.py"
    if path is None or not path.is_file():
        raise MissingPeerError(name)
    return _loaded(path, module)


@cache
def _loaded(path: Path, module: str) -> Any:
    found = importlib.util.spec_from_file_location(module, path)
    if found is None or found.loader is None:
        raise MissingPeerError(module)
    loaded = importlib.util.module_from_spec(found)
    sys.modules[module] = loaded
    found.loader.exec_module(loaded)
    return loaded


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except Exception as reason:  # a peer may fail to import in many ways on a Python that it does not know
        raise MissingPeerError(name) from reason


def _is_here(load: Callable[[], Any]) -> Callable[[], bool]:
    def here() -> bool:
        try:
            load()
        except MissingPeerError:
            return False
        return True

    return here


def apple(folders: Folders, *, step: int) -> Peer:
    """The clones bound of arXiv 2012.12803 by its authors' script, with a step over the number of clones."""

    def load() -> Any:
        return _script(folders, "apple", "computeamplification")

    def epsilon(users: int) -> float:
        return float(load().numericalanalysis(users, 4.0, 1e-6, STEPS, step, True))

    sizes = {1: (10**4,), 100: (10**4, 10**5), 1000: (10**5, 10**6)}[step]
    return Peer(
        name=f"ml-shuffling-amplification, step {step}",
        how_to_get="clone the public repository apple/ml-shuffling-amplification and pass --peer apple=FOLDER",
        claims_upper=True,
        is_here=_is_here(load),
        answers={
            **{f"local-{n}": lambda n=n: epsilon(n) for n in sizes},  # type: ignore[misc]
            "local-tail": lambda: float(load().deltacomp(10**4, 4.0, 1.2, 1.0, step, True)),
        },
    )


def apple_closed(folders: Folders) -> Peer:
    """The closed form of the same paper, by the same script."""

    def load() -> Any:
        return _script(folders, "apple", "computeamplification")

    return Peer(
        name="ml-shuffling-amplification, closed form",
        how_to_get="as above",
        claims_upper=True,
        is_here=_is_here(load),
        answers={
            f"local-{n}": lambda n=n: float(load().closedformanalysis(n, 4.0, 1e-6))  # type: ignore[misc]
            for n in (10**4, 10**5, 10**6)
        },
    )


def wang(folders: Folders) -> Peer:
    """The variation-ratio bound of arXiv 2304.05007 by its author's script."""

    def load() -> Any:
        return _script(folders, "wang", "unifiedamplification")

    def epsilon(users: int) -> float:
        ratio, values = math.exp(4.0), 16
        variation = (ratio - 1.0) / (ratio + values - 1.0)
        return float(load().amplificationUB(ratio, variation, ratio, ratio, users, 1e-6, STEPS))

    return Peer(
        name="PrivacyAmplification (variation ratio)",
        how_to_get="clone the public repository wangsw/PrivacyAmplification and pass --peer wang=FOLDER",
        claims_upper=True,
        is_here=_is_here(load),
        answers={f"kary-{n}": lambda n=n: epsilon(n) for n in (10**4, 10**5, 10**6)},  # type: ignore[misc]
    )


def _count_logs() -> tuple[dict[int, float], dict[int, float]]:
    """Logarithms of the two laws of one count of 50 users with 20 fair noise bits each."""
    logs = stats.binom.logpmf(np.arange(1001), 1000, 0.5)
    return {i: float(v) for i, v in enumerate(logs)}, {i + 1: float(v) for i, v in enumerate(logs)}


def _binary_laws(users: int) -> tuple[Any, Any]:
    """The two laws of the count of binary response, epsilon0 = 1, where all others hold zero."""
    flip = 1.0 / (1.0 + math.e)
    others = stats.binom.pmf(np.arange(users), users - 1, flip)
    return np.convolve(others, [1.0 - flip, flip]), np.convolve(others, [flip, 1.0 - flip])


def dp_accounting(_folders: Folders, *, interval: float) -> Peer:
    """Google's library, given the laws of one release as probability mass functions."""

    def load() -> Any:
        return _package("dp_accounting.pld.privacy_loss_distribution")

    def composed(lower: dict[int, float], upper: dict[int, float]) -> Any:
        one = load().from_two_probability_mass_functions(
            lower, upper, pessimistic_estimate=True, value_discretization_interval=interval
        )
        return one.self_compose(10)

    def binary() -> float:
        first, second = ({i: math.log(v) for i, v in enumerate(law) if v > 0} for law in _binary_laws(200))
        return float(composed(second, first).get_epsilon_for_delta(1e-8))

    return Peer(
        name=f"dp_accounting, interval {interval:g}",
        how_to_get="pip install dp-accounting",
        claims_upper=True,
        is_here=_is_here(load),
        answers={
            "counts-10": lambda: float(composed(*reversed(_count_logs())).get_epsilon_for_delta(1e-8)),
            "counts-10-tail": lambda: float(composed(*reversed(_count_logs())).get_delta_for_epsilon(3.0)),
            "binary-10": binary,  # of one pair of data sets
        },
    )


def autodp(_folders: Folders) -> Peer:
    """Renyi accounting of the law of one pair of data sets; it knows no shuffled reports itself."""

    def load() -> Any:
        return _package("autodp.autodp_core"), _package("autodp.transformer_zoo")

    def binary() -> float:
        core, transformers = load()
        first, second = (np.log(law) for law in _binary_laws(200))

        def renyi(order: float) -> float:
            if math.isinf(order):
                return float(np.max(np.abs(first - second)))
            order = max(order, 1.0 + 1e-6)
            both = []
            for p, q in ((first, second), (second, first)):
                terms = order * p + (1.0 - order) * q
                most = terms.max()
                both.append((most + np.log(np.exp(terms - most).sum())) / (order - 1.0))
            return float(max(both))

        one = core.Mechanism()
        one.name, one.params = "shuffled binary response", {}
        one.propagate_updates(renyi, "RDP")
        return float(transformers.Composition()([one], [10]).get_approxDP(1e-8))

    return Peer(
        name="autodp (Renyi)",
        how_to_get="pip install autodp",
        claims_upper=True,
        is_here=_is_here(load),
        answers={"binary-10": binary},
    )


def opendp(_folders: Folders) -> Peer:
    """OpenDP composes what a measurement promises; it knows no shuffling, so the local promise is all there is."""

    def load() -> Any:
        return _package("opendp.prelude")

    def binary() -> float:
        dp = load()
        dp.enable_features("contrib")
        keep = float(Fraction(math.e / (1.0 + math.e)))
        one = dp.m.make_randomized_response_bool(prob=keep)
        return 10.0 * float(one.map(1))

    return Peer(
        name="OpenDP (no shuffling)",
        how_to_get="pip install opendp",
        claims_upper=True,
        is_here=_is_here(load),
        answers={"binary-10": binary},
    )


PEERS: tuple[Callable[[Folders], Peer], ...] = (
    lambda folders: apple(folders, step=1),
    lambda folders: apple(folders, step=100),
    lambda folders: apple(folders, step=1000),
    apple_closed,
    wang,
    lambda folders: dp_accounting(folders, interval=1e-4),
    lambda folders: dp_accounting(folders, interval=1e-5),
    autodp,
    opendp,
)
"""Who is asked."""
