"""The kinds of randomizers that a deployment file can name: one table, one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from ..errors import NotCoveredError, ParameterError
from ..randomizers import (
    BasicRappor,
    BinaryRandomizedResponse,
    BinomialCount,
    CountMeanSketch,
    DiscreteLaplaceCount,
    DuchiMean,
    FiniteRandomizer,
    GaussianNoise,
    HadamardResponse,
    KaryRandomizedResponse,
    LaplaceNoise,
    LocalHashing,
    MixedResponse,
    NegativeBinomialCount,
    OptimizedUnary,
    PiecewiseMean,
    PoissonCount,
    PureLocal,
    Randomizer,
    Rappor,
    SubsetSelection,
    SymmetricUnary,
    TruncatedGeometric,
    UnaryEncoding,
    VectorCount,
)
from ..randomizers.two_level import TwoLevelKernel
from ..randomizers.unary_vectors import UnaryVectors
from .reading import number, text, with_keys
from .relation import nearest

__all__ = ["KINDS", "KNOWN_NOT_COVERED", "Kind", "read_randomizer", "written_randomizer"]

Value: TypeAlias = "int | str | Fraction | tuple[Fraction, ...] | tuple[tuple[Fraction, ...], ...]"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of randomizer is read and written.

    Attributes:
        build: the constructor; it takes the keys as keywords.
        needed: keys that a file must give.
        either: keys of which the constructor wants one.
        written: the values of the keys that describe a randomizer of this kind.
        words: those keys whose values are words; all others are numbers.
        optional: keys that a file may leave out.
        lists: keys whose values are lists of numbers.
    """

    build: Callable[..., Randomizer]
    needed: tuple[str, ...]
    either: tuple[str, ...]
    written: Callable[[Any], Mapping[str, Value]]
    words: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


def _truth(randomizer: KaryRandomizedResponse) -> dict[str, Value]:
    factor, lies = randomizer.factor, randomizer.values - 1
    if factor.rational is not None:
        return {"keep": factor.rational / (factor.rational + lies)}
    return {"epsilon0": factor.exponent or Fraction(0)}


def _bit(randomizer: SymmetricUnary | OptimizedUnary) -> dict[str, Value]:
    factor = randomizer.factor
    if factor.rational is not None:
        return {"keep": factor.rational / (factor.rational + 1)}
    return {"epsilon0": factor.exponent or Fraction(0)}


def _sums(randomizer: UnaryVectors) -> dict[str, Value]:
    """Files say what is released where it is not the vectors."""
    return {} if randomizer.release == "vectors" else {"release": randomizer.release}


def _own(randomizer: PiecewiseMean | CountMeanSketch) -> dict[str, Value]:
    root = randomizer.root
    if root.rational is not None:
        return {"keep": root.rational / (root.rational + 1)}
    return {"epsilon0": 2 * (root.exponent or Fraction(0))}


def _favoured(randomizer: TwoLevelKernel) -> dict[str, Value]:
    factor, share = randomizer.factor, randomizer.share
    if factor.rational is not None:
        return {"keep": factor.rational * share / (factor.rational * share + 1 - share)}
    return {"epsilon0": factor.exponent or Fraction(0)}


def _decay(randomizer: TruncatedGeometric) -> dict[str, Value]:
    step = randomizer.step
    if step.rational is not None:
        return {"decay": 1 / step.rational}
    return {"epsilon0": (step.exponent or Fraction(0)) * randomizer.levels}


def _groups(randomizer: MixedResponse) -> dict[str, Value]:
    w, values = randomizer.factors, randomizer.values
    rationals = [factor.rational for factor in w if factor.rational is not None]
    if len(rationals) == len(w):
        return {"keep": tuple(odds / (odds + values - 1) for odds in rationals)}
    return {"epsilon0": tuple(factor.exponent or Fraction(0) for factor in w)}


def _shares(randomizer: NegativeBinomialCount) -> dict[str, Value]:
    return {"levels": randomizer.levels, "shape": randomizer.shape, "ratio": randomizer.ratio}


_ONE = ("epsilon0", "keep")

KINDS: Mapping[str, Kind] = {
    "binary-randomized-response": Kind(BinaryRandomizedResponse, (), _ONE, _truth),
    "kary-randomized-response": Kind(
        KaryRandomizedResponse, ("values",), _ONE, lambda r: {"values": r.values, **_truth(r)}
    ),
    "pure-local": Kind(PureLocal, ("epsilon0",), (), lambda r: {"epsilon0": r.factor.exponent}),
    "finite": Kind(FiniteRandomizer, ("matrix",), (), lambda r: {"matrix": r.matrix}),
    "binomial-count": Kind(
        BinomialCount, ("levels", "bits", "p"), (), lambda r: {"levels": r.levels, "bits": r.bits, "p": r.p}
    ),
    "poisson-count": Kind(
        PoissonCount, ("levels", "mean"), (), lambda r: {"levels": r.levels, "mean": r.mean}
    ),
    "negative-binomial-count": Kind(NegativeBinomialCount, ("levels", "shape", "ratio"), (), _shares),
    "discrete-laplace-count": Kind(DiscreteLaplaceCount, ("levels", "shape", "ratio"), (), _shares),
    "mixed-randomized-response": Kind(
        MixedResponse,
        ("values", "shares"),
        _ONE,
        lambda r: {"values": r.values, "shares": r.shares, **_groups(r)},
        lists=("shares", *_ONE),
    ),
    "symmetric-unary": Kind(
        SymmetricUnary,
        ("values", "release"),
        _ONE,
        lambda r: {"values": r.values, **_bit(r), "release": r.release},
        words=("release",),
    ),
    "optimized-unary": Kind(
        OptimizedUnary,
        ("values",),
        _ONE,
        lambda r: {"values": r.values, **_bit(r), **_sums(r)},
        words=("release",),
        optional=("release",),
    ),
    "unary-encoding": Kind(
        UnaryEncoding,
        ("values", "true_one", "false_one"),
        (),
        lambda r: {"values": r.values, "true_one": r.true_one, "false_one": r.false_one, **_sums(r)},
        words=("release",),
        optional=("release",),
    ),
    "basic-rappor": Kind(
        BasicRappor,
        ("values", "f", "p", "q"),
        (),
        lambda r: {"values": r.values, "f": r.f, "p": r.p, "q": r.q, **_sums(r)},
        words=("release",),
        optional=("release",),
    ),
    "rappor": Kind(
        Rappor,
        ("bloom_bits", "hashes", "cohorts", "f", "p", "q"),
        (),
        lambda r: {
            "bloom_bits": r.bloom_bits,
            "hashes": r.hashes,
            "cohorts": r.cohorts,
            "f": r.f,
            "p": r.p,
            "q": r.q,
        },
    ),
    "subset-selection": Kind(
        SubsetSelection,
        ("values", "size"),
        _ONE,
        lambda r: {"values": r.values, "size": r.size, **_favoured(r)},
    ),
    "hadamard-response": Kind(
        HadamardResponse,
        ("values", "blocks"),
        _ONE,
        lambda r: {"values": r.values, "blocks": r.blocks, **_favoured(r)},
    ),
    "local-hashing": Kind(
        LocalHashing,
        ("values", "buckets"),
        _ONE,
        lambda r: {"values": r.values, "buckets": r.buckets, **_favoured(r)},
    ),
    "count-mean-sketch": Kind(
        CountMeanSketch,
        ("hashes", "width"),
        _ONE,
        lambda r: {"hashes": r.hashes, "width": r.width, **_own(r)},
    ),
    "laplace-noise": Kind(LaplaceNoise, ("epsilon0",), (), lambda r: {"epsilon0": r.factor.exponent}),
    "gaussian-noise": Kind(GaussianNoise, ("sigma",), (), lambda r: {"sigma": r.sigma}),
    "duchi-mean": Kind(DuchiMean, (), _ONE, _truth),
    "piecewise-mean": Kind(PiecewiseMean, (), _ONE, _own),
    "truncated-geometric": Kind(
        TruncatedGeometric,
        ("levels",),
        ("epsilon0", "decay"),
        lambda r: {"levels": r.levels, **_decay(r)},
    ),
    "vector-count": Kind(
        VectorCount,
        ("dimension", "levels", "sensitivity", "bits", "p"),
        (),
        lambda r: {
            "dimension": r.dimension,
            "levels": r.levels,
            "sensitivity": r.sensitivity,
            "bits": r.bits,
            "p": r.p,
        },
    ),
}

KNOWN_NOT_COVERED: Mapping[str, str] = {}
"""Kinds that a file may name although no claim covers them yet, and why."""


def read_randomizer(name: str, table: object) -> Randomizer:
    """Build the randomizer that a ``[shuffler.randomizer]`` table describes.

    Args:
        name: the path of the table; used in errors.
        table: the table.

    Raises:
        ParameterError: a key or value breaks its rule.
        NotCoveredError: the kind is known but no claim covers it.
    """
    if not isinstance(table, Mapping):
        raise ParameterError(name, "must be a table", table, "Write it as [shuffler.randomizer]")
    if "kind" not in table:
        raise ParameterError(f"{name}.kind", "must be given", "nothing", f"Known kinds: {', '.join(KINDS)}")
    label = text(f"{name}.kind", table["kind"])
    if label in KNOWN_NOT_COVERED:
        raise NotCoveredError(f"{name}.kind {label} is known but not covered: {KNOWN_NOT_COVERED[label]}")
    if label not in KINDS:
        remedy = nearest(label, KINDS) or f"Known kinds: {', '.join(KINDS)}"
        raise ParameterError(f"{name}.kind", "must be a known kind of randomizer", label, remedy)
    kind = KINDS[label]
    known = ("kind", *kind.needed, *kind.either, *kind.optional)
    given = with_keys(name, table, needed=kind.needed, known=known)
    values = {key: _value(kind, key, f"{name}.{key}", value) for key, value in given.items() if key != "kind"}
    if kind.either and len(named := [key for key in kind.either if key in values]) != 1:
        rule = f"must give one of {' and '.join(kind.either)}"
        raise ParameterError(name, rule, " and ".join(named) or "neither")
    try:
        return kind.build(**values)
    except ParameterError as error:
        raise error.renamed(f"{name}.{error.name}") from None


def written_randomizer(randomizer: Randomizer) -> dict[str, str | Value]:
    """Return the keys and values that describe a randomizer in a deployment file.

    Raises:
        NotCoveredError: deployment files have no such kind.
    """
    if randomizer.kind not in KINDS:
        raise NotCoveredError(f"deployment files have no kind {randomizer.kind}")
    return {"kind": randomizer.kind, **KINDS[randomizer.kind].written(randomizer)}


def _value(kind: Kind, key: str, name: str, value: object) -> object:
    if key in kind.words:
        return text(name, value)
    if key in kind.lists:
        if not isinstance(value, list):
            raise ParameterError(name, "must be a list of numbers", value)
        return [number(f"{name}[{i}]", entry) for i, entry in enumerate(value)]
    return _argument(name, value)


def _argument(name: str, value: object) -> object:
    if not name.endswith(".matrix"):
        return number(name, value)
    if not isinstance(value, list):
        raise ParameterError(name, "must be a list of rows", value)
    return [_row(f"{name}[{i}]", row) for i, row in enumerate(value)]


def _row(name: str, value: object) -> object:
    if not isinstance(value, list):
        raise ParameterError(name, "must be a row of probabilities", value)
    return [number(f"{name}[{j}]", entry) for j, entry in enumerate(value)]
