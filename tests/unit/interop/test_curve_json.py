"""Curves in files: the same ends after reading, and clear refusals."""

import json
from fractions import Fraction
from typing import Any

import pytest

import accounting as csa
from accounting.curves.grid_curve import GridCurve
from accounting.curves.pair_curve import PairCurve
from accounting.interop.curve_json import FORMAT, VERSION
from accounting.numerics.dots import BITS, GridLoss
from accounting.pairs.of_randomizer import pairs_of

F = Fraction
RANDOMIZERS = [
    csa.BinaryRandomizedResponse(keep="2/3"),
    csa.KaryRandomizedResponse(7, epsilon0="2.3"),
    csa.PureLocal(epsilon0="1"),
    csa.FiniteRandomizer([["1/2", "3/10", "1/5"], ["1/4", "1/2", "1/4"]]),
    csa.BinomialCount(levels=2, bits=4, p="2/5"),
]
GRID = GridCurve(
    step=F(1, 3),
    loss=GridLoss(-2, ((1 << BITS) - 12, 0, 5, 6), 1),
    claims=("connect-the-dots",),
    assumptions=("x",),
)


def again(curve: csa.PrivacyCurve) -> csa.PrivacyCurve:
    return csa.curve_from_json(csa.curve_to_json(curve))


@pytest.mark.parametrize("randomizer", RANDOMIZERS, ids=lambda randomizer: randomizer.kind)
def test_one_shuffle_keeps_every_end(randomizer: csa.Randomizer) -> None:
    shuffle = csa.Shuffle(randomizer, 40)
    curve, read = shuffle.curve(), again(shuffle.curve())
    for epsilon in ("-0.3", "0", "0.001", "0.1", "0.37", "0.9"):
        assert read.delta(epsilon=epsilon) == curve.delta(epsilon=epsilon)
    for delta in ("0", "1e-12", "1e-5", "0.01"):
        assert read.epsilon(delta=delta) == curve.epsilon(delta=delta)
    assert csa.curve_to_json(read) == csa.curve_to_json(curve)


def test_several_shuffles_keep_every_end() -> None:
    shuffles = [csa.Shuffle(csa.KaryRandomizedResponse(3, epsilon0="2"), users) for users in (300, 500)]
    together = csa.ConcurrentShuffles([*shuffles, shuffles[0]], inputs="fixed")
    curve, read = together.curve(), again(together.curve())
    found = read.delta(epsilon="0.05", relative_width="1e-1")
    assert found == curve.delta(epsilon="0.05", relative_width="1e-1")
    assert found.assumptions == ("fixed-inputs",)


def test_a_concatenation_of_few_users_keeps_its_exact_ends() -> None:
    shuffles = [csa.Shuffle(csa.BinaryRandomizedResponse(keep=keep), 3) for keep in ("3/4", "2/3", "2/3")]
    curve = csa.ConcurrentShuffles(shuffles, inputs="fixed").curve()
    read = again(curve)
    assert read.delta(alpha=2) == curve.delta(alpha=2)
    assert read.delta(alpha=2).is_exact
    assert read.epsilon(delta="0.05") == curve.epsilon(delta="0.05")


def test_a_grid_is_written_as_whole_numbers() -> None:
    read = again(GRID)
    assert read == GRID
    for epsilon in ("-0.5", "0", "0.2", "0.5"):
        assert read.delta(epsilon=epsilon) == GRID.delta(epsilon=epsilon)


def test_a_curve_put_together_by_hand_has_no_recipe() -> None:
    with pytest.raises(csa.NotCoveredError):
        csa.curve_to_json(PairCurve(pairs_of(RANDOMIZERS[0], 10)))


SHUFFLE: dict[str, Any] = json.loads(csa.curve_to_json(csa.Shuffle(RANDOMIZERS[1], 40).curve()))
TOGETHER: dict[str, Any] = json.loads(
    csa.curve_to_json(csa.ConcurrentShuffles([csa.Shuffle(RANDOMIZERS[1], 40)] * 2).curve())
)
SEVERAL: dict[str, Any] = json.loads(
    csa.curve_to_json(csa.ConcurrentShuffles([csa.Shuffle(RANDOMIZERS[1], 40)] * 2).curve().basis)
)
WRITTEN: dict[str, Any] = json.loads(csa.curve_to_json(GRID))


@pytest.mark.parametrize(
    ("document", "path", "value", "name"),
    [
        (SHUFFLE, ["version"], VERSION + 1, "version"),
        (SHUFFLE, ["version"], True, "version"),
        (SHUFFLE, ["format"], "other", "format"),
        (SHUFFLE, ["more"], 1, "document.more"),
        (SHUFFLE, ["curve"], [], "curve"),
        (SHUFFLE, ["curve", "kind"], "circle", "curve.kind"),
        (SHUFFLE, ["curve", "kind"], ["shuffle"], "curve.kind"),
        (SHUFFLE, ["curve", "users"], 1, "curve.users"),
        (SHUFFLE, ["curve", "users"], "many", "curve.users"),
        (SHUFFLE, ["curve", "users"], None, "curve.users"),
        (SHUFFLE, ["curve", "users"], 2.5, "curve.users"),
        (SHUFFLE, ["curve", "release"], 1, "curve.release"),
        (SHUFFLE, ["curve", "step"], "1", "curve.step"),
        (SHUFFLE, ["curve", "randomizer", "kind"], "coin", "curve.randomizer.kind"),
        (SHUFFLE, ["curve", "randomizer", "epsilon0"], "-1", "curve.randomizer.epsilon0"),
        (SHUFFLE, ["curve", "randomizer"], 3, "curve.randomizer"),
        (SEVERAL, ["curve", "inputs"], "free", "curve.inputs"),
        (SEVERAL, ["curve", "parts"], [], "curve.parts"),
        (SEVERAL, ["curve", "parts"], {}, "curve.parts"),
        (SEVERAL, ["curve", "parts"], [3], "curve.parts[0]"),
        (TOGETHER, ["curve", "inputs"], "free", "curve.inputs"),
        (TOGETHER, ["curve", "shuffles"], [], "curve.shuffles"),
        (TOGETHER, ["curve", "shuffles"], {}, "curve.shuffles"),
        (TOGETHER, ["curve", "shuffles"], [3], "curve.shuffles[0]"),
        (TOGETHER, ["curve", "shuffles", 0, "users"], 1, "curve.shuffles[0].users"),
        (TOGETHER, ["curve", "shuffles", 0, "times"], 0, "curve.shuffles[0].times"),
        (
            TOGETHER,
            ["curve", "shuffles", 0, "randomizer", "kind"],
            "coin",
            "curve.shuffles[0].randomizer.kind",
        ),
        (WRITTEN, ["curve", "unit_bits"], 128, "curve.unit_bits"),
        (WRITTEN, ["curve", "step"], "0", "curve.step"),
        (WRITTEN, ["curve", "low"], 0.5, "curve.low"),
        (WRITTEN, ["curve", "masses"], [], "curve.loss"),
        (WRITTEN, ["curve", "masses"], ["1"], "curve.loss"),
        (WRITTEN, ["curve", "masses"], ["-1"], "curve.masses[0]"),
        (WRITTEN, ["curve", "masses"], [1], "curve.masses[0]"),
        (WRITTEN, ["curve", "infinite"], "", "curve.infinite"),
        (WRITTEN, ["curve", "claims"], [1], "curve.claims"),
    ],
)
def test_a_changed_value_is_named(
    document: dict[str, Any], path: list[Any], value: object, name: str
) -> None:
    changed = json.loads(json.dumps(document))
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(csa.ParameterError) as caught:
        csa.curve_from_json(json.dumps(changed))
    assert caught.value.name == name


@pytest.mark.parametrize("document", [SHUFFLE, SEVERAL, WRITTEN], ids=["shuffle", "shuffles", "grid"])
def test_each_key_is_needed(document: dict[str, Any]) -> None:
    for key in document["curve"]:
        changed = {**document, "curve": {k: v for k, v in document["curve"].items() if k != key}}
        with pytest.raises(csa.ParameterError) as caught:
            csa.curve_from_json(json.dumps(changed))
        assert caught.value.name == f"curve.{key}"


@pytest.mark.parametrize(
    "source", ["", "{", "[]", "null", "[" * 100_000, '{"format": "a", "format": "b"}', "NaN", b"{}", 3]
)
def test_what_is_no_document(source: object) -> None:
    with pytest.raises(csa.ParameterError):
        csa.curve_from_json(source)  # type: ignore[arg-type]


def test_numbers_are_read_as_they_are_written() -> None:
    changed = csa.curve_to_json(csa.Shuffle(RANDOMIZERS[1], 40).curve()).replace('"23/10"', "2.3")
    assert "2.3" in changed
    read = csa.curve_from_json(changed)
    assert read.delta(epsilon="0.1") == csa.Shuffle(RANDOMIZERS[1], 40).delta(epsilon="0.1")
    assert json.loads(csa.curve_to_json(read))["format"] == FORMAT
