"""The symbolic checks hold, and each of them sees an error planted in a formula or in the code."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from accounting.symbolic import SymbolicRandomizer, delta, kinds
from proofs.checks import identities, symbolic, symbolic_laws
from proofs.checks.check import CHECKS, Check, CheckFailedError

OURS = [check for check in CHECKS if check.function.__module__ in (symbolic.__name__, symbolic_laws.__name__)]
SMALL = [(check, check.units[0]) for check in OURS]


@pytest.mark.proof
@pytest.mark.parametrize(("check", "unit"), SMALL, ids=lambda value: getattr(value, "name", None))
def test_the_smallest_unit_holds(check: Check, unit: Sequence[Any]) -> None:
    assert check.function(*unit) > 0


@pytest.mark.slow
@pytest.mark.proof
@pytest.mark.parametrize("check", OURS, ids=lambda check: check.name)
def test_all_units_hold(check: Check) -> None:
    for unit in check.units:
        assert check.function(*unit) > 0


def fails(function: Callable[..., int], *unit: int | str) -> str:
    with pytest.raises(CheckFailedError) as caught:
        function(*unit)
    return str(caught.value)


def test_a_walk_without_the_share_of_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubled(letters: Any, users: int) -> Any:
        return {h: (2 * p, q) for h, (p, q) in identities.walk_weights(letters, users).items()}

    monkeypatch.setattr(symbolic, "walk_weights", doubled)
    assert "histogram" in fails(symbolic.shuffled_messages_are_a_walk, 2, 3)
    fails(symbolic.others_all_alike_are_a_walk, 2, 2)


def test_mass_outside_the_reference_is_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    def dropped(rows: Any) -> Any:
        return {h: p * 0 if h[2] else p for h, p in identities.by_sequences(rows).items()}

    monkeypatch.setattr(symbolic, "by_sequences", dropped)
    assert "outside" in fails(symbolic.messages_outside_the_reference_are_seen, 2)


def test_a_companion_with_the_wrong_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(domain: Any, companion: int) -> Any:
        first, second, *rest = identities.companion_letters(domain, companion)
        return [(first[1], first[0], first[2]), second, *rest]

    monkeypatch.setattr(symbolic, "companion_letters", wrong)
    fails(symbolic.others_all_alike_are_a_walk, 3, 1)
    fails(symbolic.the_companions_are_those_of_the_code)


def test_a_pair_that_is_not_swapped(monkeypatch: pytest.MonkeyPatch) -> None:

    def one_way(randomizer: Any, **data: Any) -> Any:
        return delta(randomizer, target=(1, 0), others=data["others"])

    monkeypatch.setattr(symbolic, "delta", one_way)
    fails(symbolic.swapping_reflects_the_pieces, 3)


@pytest.mark.parametrize(
    "check", [symbolic.thresholds_are_optimal, symbolic.one_more_one_changes_the_bracket]
)
def test_a_bracket_that_is_off_by_one(check: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbolic, "bracket", lambda m, t, n: identities.bracket(m, t + 1, n))
    fails(check, 3)


def test_unimodality_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    # with one zero more instead of one one more, the ratio of neighbouring masses rises
    def mirrored(ones: int, zeros: int) -> Any:
        return identities.ones_sent(zeros, ones)

    monkeypatch.setattr(symbolic, "ones_sent", mirrored)
    fails(symbolic.one_more_one_changes_the_bracket, 4)


def test_a_wrong_constant_in_the_clones_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong() -> Any:
        ((p, q, reference), *rest), base = identities.clones_letters()
        return [(p, q, reference + 1), *rest], base

    monkeypatch.setattr(symbolic, "clones_letters", wrong)
    fails(symbolic.clones_are_a_walk, 3)


def test_the_refuted_variation_ratio_pair_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    # arXiv 2304.05007: what the others send besides the target's two values is taken to be silent
    def variation_ratio() -> Any:
        w, one = identities.W, identities.ONE
        return [(w, one, one), (one, w, one), (one, one, w)], w + 2

    monkeypatch.setattr(symbolic, "clones_letters", variation_ratio)
    assert "lose more than the clones" in fails(symbolic.clones_bound_response, 3, 3)


def test_a_blanket_that_is_too_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    def heavy(values: int) -> Any:
        letters, base = identities.blanket_letters(values)
        *own, (zero, other, rest) = letters
        first, second, *others = own
        wider = [(a, b, c * 3) for a, b, c in (first, second, *others)]
        return [*[(2 * a, 2 * b, c) for a, b, c in wider], (zero, other, 2 * rest - values)], 2 * base

    monkeypatch.setattr(symbolic, "blanket_letters", heavy)
    assert "lose more than the blanket" in fails(symbolic.blanket_bounds_response, 2, 3)
    fails(symbolic.the_blanket_is_that_of_the_code)


def test_coins_that_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbolic, "W", identities.W + 1)
    fails(symbolic.blanket_and_value_make_the_message, 2, 2)


def test_a_law_that_forgets_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def skewed(rows: Any) -> Any:
        law = identities.by_sequences(rows)
        h, other = sorted(law)[:2]
        return {**law, h: law[h] + law[other], other: law[other] * 0}

    monkeypatch.setattr(symbolic_laws, "by_sequences", skewed)
    fails(symbolic_laws.laws_are_those_of_all_sequences, 2, 2)


def test_a_symbolic_number_of_values_that_is_off_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    kary = SymbolicRandomizer.kary

    def off(values: Any, *arguments: Any, **named: Any) -> Any:
        return kary(values + 1 if isinstance(values, int) else values, *arguments, **named)

    monkeypatch.setattr(SymbolicRandomizer, "kary", off)
    fails(symbolic_laws.values_may_be_a_symbol, 2, 3)


def test_regions_that_miss_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounting.symbolic import roots

    monkeypatch.setattr(roots, "odd_roots", lambda *_: ())
    fails(symbolic_laws.regions_agree_with_the_definition, 2, 4)


def test_a_kind_with_another_chance_of_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        kinds,
        "_rappor_bits",
        lambda assume, _f, p, q: kinds._read(assume, q=q, p=p),  # no permanent noise
    )
    fails(symbolic_laws.kinds_lose_what_their_definitions_do, "basic_rappor")
    fails(symbolic_laws.kinds_lose_what_their_definitions_do, "rappor")
