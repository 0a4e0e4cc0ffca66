"""Kinds of randomizers in symbols: their matrices by definition, and delta equal to enumeration in numbers."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import accounting as csa
from accounting import symbolic
from accounting.symbolic import kinds
from proofs.reference import public_functions as functions
from proofs.reference import randomizers as plain

F = Fraction
ALPHAS = (F(1, 2), F(1), F(5, 4), F(2), F(5))
HALF = {"f": F(1, 2), "p": F(1, 4), "q": F(3, 4)}
ODD = {"f": F(1, 3), "p": F(1, 7), "q": F(4, 5)}
FLIPS: Any = {"f": "1/2", "q": "1 - p", "assume": ("p > 0", "p < 1/2")}


def favoured(w: Fraction, share: Fraction) -> Fraction:
    return share * w / (share * w + 1 - share)


CASES: list[tuple[str, Any, Any, list[dict[str, Fraction]]]] = [
    (
        "symmetric-unary",
        symbolic.symmetric_unary(3),
        lambda w: csa.SymmetricUnary(3, keep=w / (1 + w), release="vectors"),
        [{"w": F(3, 2)}, {"w": F(4)}],
    ),
    (
        "optimized-unary",
        symbolic.optimized_unary(3),
        lambda w: csa.OptimizedUnary(3, keep=w / (1 + w)),
        [{"w": F(3, 2)}, {"w": F(4)}],
    ),
    (
        "unary-encoding",
        symbolic.unary_encoding(2),
        lambda p, q: csa.UnaryEncoding(2, p, q),
        [{"p": F(3, 4), "q": F(1, 5)}, {"p": F(9, 10), "q": F(4, 5)}],
    ),
    ("basic-rappor", symbolic.basic_rappor(2), lambda **noise: csa.BasicRappor(2, **noise), [HALF, ODD]),
    (
        "rappor",
        symbolic.rappor(3, 1, **FLIPS),
        lambda p: csa.Rappor(3, 1, f="1/2", p=p, q=1 - p),
        [{"p": F(1, 4)}, {"p": F(2, 5)}],
    ),
    (
        "rappor of two cohorts",
        symbolic.rappor(2, 1, 2, **FLIPS),
        lambda p: csa.Rappor(2, 1, 2, f="1/2", p=p, q=1 - p),
        [{"p": F(1, 4)}],
    ),
    (
        "count-mean-sketch",
        symbolic.count_mean_sketch(2, 2),
        lambda w: csa.CountMeanSketch(2, 2, keep=w / (1 + w)),
        [{"w": F(3, 2)}, {"w": F(4)}],
    ),
    (
        "subset-selection",
        symbolic.subset_selection(4, 2),
        lambda w: csa.SubsetSelection(4, 2, keep=favoured(w, F(1, 2))),
        [{"w": F(3, 2)}, {"w": F(4)}],
    ),
    (
        "hadamard-response of one block",
        symbolic.hadamard_response(3),
        lambda w: csa.HadamardResponse(3, 1, keep=favoured(w, F(1, 2))),
        [{"w": F(4)}],
    ),
    (
        "hadamard-response",
        symbolic.hadamard_response(4, 2),
        lambda w: csa.HadamardResponse(4, 2, keep=favoured(w, F(1, 4))),
        [{"w": F(3, 2)}, {"w": F(4)}],
    ),
    (
        "local-hashing",
        symbolic.local_hashing(3, 2),
        lambda w: csa.LocalHashing(3, 2, keep=favoured(w, F(1, 2))),
        [{"w": F(3, 2)}, {"w": F(4)}],
    ),
    (
        "truncated-geometric",
        symbolic.truncated_geometric(2),
        lambda w: csa.TruncatedGeometric(2, decay=1 / w),
        [{"w": F(3, 2)}, {"w": F(4)}],
    ),
]
BY_NAME = {name: rest for name, *rest in CASES}


def columns(matrix: Any) -> Any:
    return sorted(zip(*matrix, strict=True))


@pytest.mark.parametrize("name", BY_NAME)
def test_two_users(name: str) -> None:
    in_symbols, build, points = BY_NAME[name]
    found = symbolic.delta(in_symbols, users=2)
    for point in points:
        kernel = build(**point)
        assert columns(in_symbols.with_values(**point).channel()) == columns(kernel.channel())
        for alpha in ALPHAS:
            assert (
                found.at(alpha, **point) == csa.exact_delta(csa.Shuffle(kernel, users=2), alpha=alpha).delta
            )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["symmetric-unary", "optimized-unary", "unary-encoding", "truncated-geometric", "local-hashing"]
)
def test_three_users(name: str) -> None:
    in_symbols, build, points = BY_NAME[name]
    found = symbolic.delta(in_symbols, users=3)
    for point in points:
        shuffle = csa.Shuffle(build(**point), users=3)
        for alpha in ALPHAS:
            assert found.at(alpha, **point) == csa.exact_delta(shuffle, alpha=alpha).delta


def test_matrices_are_those_of_the_definitions() -> None:
    """Without the kernels: the devices' choices, one after the other."""
    w = F(5, 2)
    flip = 1 / (1 + w)
    family = [[0, 1, 0, 1], [0, 1, 1, 0]]
    sets = [[frozenset({bit}) for bit in of_values] for of_values in family]
    bloom = [
        [frozenset(bits) for bits in ({0, 1}, {2, 3}, {0}, {1}, {2}, {3}, {0, 2}, {0, 3}, {1, 2}, {1, 3})]
    ]
    noise = (F(1, 2), F(1, 3), F(2, 3))
    for made, defined in (
        (symbolic.symmetric_unary(3).with_values(w=w), plain.unary(3, 1 - flip, flip)),
        (symbolic.optimized_unary(3).with_values(w=w), plain.unary(3, F(1, 2), flip)),
        (symbolic.unary_encoding(3).with_values(p="2/3", q="1/5"), plain.unary(3, F(2, 3), F(1, 5))),
        (symbolic.basic_rappor(2).with_values(**HALF), plain.rappor(2, *HALF.values())),
        (
            symbolic.subset_selection(4, 2).with_values(w=w),
            plain.subset_selection(4, 2, favoured(w, F(1, 2))),
        ),
        (
            symbolic.hadamard_response(4, 2).with_values(w=w),
            plain.hadamard_response(4, 2, favoured(w, F(1, 4))),
        ),
        (symbolic.local_hashing(3, 2).with_values(w=w), plain.local_hashing(3, 2, favoured(w, F(1, 2)))),
        (symbolic.truncated_geometric(3).with_values(w=w), plain.truncated_geometric(3, 1 / w)),
        (
            symbolic.count_mean_sketch(2, 2).with_values(w=w),
            functions.count_mean_sketch(2, family, 1 - flip),
        ),
        (
            symbolic.rappor(2, 1, 2, **FLIPS).with_values(p="1/3"),
            functions.rappor(2, sets, *noise),
        ),
        (symbolic.rappor(4, 2, **FLIPS).with_values(p="1/3"), functions.rappor(4, bloom, *noise)),
    ):
        assert columns(made.channel()) == columns(defined)


def test_the_factor_may_be_any_rational_function() -> None:
    squared = symbolic.symmetric_unary(2, "1 + x**2", assume="x > 1")
    by_bit = csa.SymmetricUnary(2, keep="5/6", release="vectors").channel()
    assert by_bit is not None
    assert columns(squared.with_values(x=2).channel()) == columns(by_bit)
    half = symbolic.subset_selection(4, 2, 3, assume="w > 1")  # a number: the symbol does not occur
    assert columns(half.with_values(w=7).channel()) == columns(
        csa.SubsetSelection(4, 2, keep="3/4").channel()
    )


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: symbolic.symmetric_unary(1), "values"),
    (lambda: symbolic.symmetric_unary(7), "matrix"),
    (lambda: symbolic.optimized_unary(10**9), "matrix"),
    (lambda: symbolic.optimized_unary(3, "exp(w)"), "factor"),
    (lambda: symbolic.unary_encoding(2, "2*p"), "matrix[0][0]"),
    (lambda: symbolic.subset_selection(4, 4), "size"),
    (lambda: symbolic.subset_selection(10**6, 10), "matrix"),
    (lambda: symbolic.hadamard_response(4, 5), "blocks"),
    (lambda: symbolic.local_hashing(10, 3), "matrix"),
    (lambda: symbolic.truncated_geometric(64), "matrix"),
    (lambda: symbolic.truncated_geometric(2, "v"), "step"),
    (lambda: symbolic.count_mean_sketch(65536, 1024), "matrix"),
    (lambda: symbolic.rappor(128, 2, 64), "matrix"),
    (lambda: symbolic.rappor(3, 2), "bloom_bits"),
    (lambda: symbolic.symmetric_unary(2, assume="w"), "assume"),
]


@pytest.mark.parametrize(("make", "name"), WRONG, ids=range(len(WRONG)))
def test_bad_descriptions(make: Callable[[], Any], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        make()
    assert caught.value.name == name


def test_another_factor_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparisons above tell w from w + 1."""
    read = kinds._read
    monkeypatch.setattr(
        kinds, "_read", lambda assume, **given: tuple(each + 1 for each in read(assume, **given))
    )
    wrong = columns(symbolic.optimized_unary(3).with_values(w=4).channel())
    assert wrong != columns(csa.OptimizedUnary(3, keep="4/5").channel())
    assert wrong == columns(csa.OptimizedUnary(3, keep="5/6").channel())
