"""The lower bound end to end: the enumeration against plain definitions, and planted errors that the checks must see."""

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import exp
from pathlib import Path

import pytest

import accounting as csa
import proofs.checks.mechanisms as checked
from accounting.errors import ParameterError
from proofs.checks.check import CHECKS, CheckFailedError
from proofs.lower_bound import assumptions, estimators, games, mechanisms, own_closing, policies
from proofs.lower_bound.drawing import draw, picture
from proofs.lower_bound.dropped import (
    TreeCounter,
    mask_failure,
    mask_transcripts,
    peeking_block,
    shared_masks,
    tree_error,
    value_at_least,
    window,
)
from proofs.lower_bound.estimators import best_largest_error
from proofs.lower_bound.games import Game, best_policy_error
from proofs.lower_bound.hard_inputs import Construction, mean_deviation
from proofs.lower_bound.mechanisms import CASES, GAMES, every_step, exact_delta_of, nested, run
from proofs.lower_bound.own_closing import BlockGame, SurvivalGame
from proofs.lower_bound.reuse import reuse_batches, reuse_transcripts, reused_reports
from proofs.lower_bound.transcripts import (
    BinaryReports,
    BinomialCounts,
    Mechanism,
    error_at_bad_step,
    error_of_node,
    transcripts,
)

ROOT = Path(__file__).resolve().parents[2]
TWO = Construction(block=2, group=1, groups=2)


# ------------------------------------------------------------------ definitions


@pytest.mark.parametrize("coins", range(8))
def test_mean_deviation_is_that_of_fair_coins(coins: int) -> None:
    heads = [sum(flips) for flips in product((0, 1), repeat=coins)]
    assert mean_deviation(coins) == min(
        Fraction(sum(abs(total - e) for total in heads), 2**coins) for e in range(coins + 1)
    )


def test_separate_groups_are_as_many_as_any_choice_has() -> None:
    construction = Construction(block=3, group=2, groups=1)
    users = 12
    spans = [(first, last) for first in range(1, users + 1) for last in range(first, users + 1)]
    for closed in combinations(spans[::3], 2):
        best = 0
        for chosen in product((False, True), repeat=4):
            blocks = [block for block, taken in enumerate(chosen) if taken]
            touched = [
                sum(first <= 3 * b + 3 and last >= 3 * b + 2 for b in blocks) for first, last in closed
            ]
            if max(touched) <= 1:
                best = max(best, len(blocks))
        assert len(construction.separate(users, closed)) == best


def test_users_of_a_part_of_a_block_share_a_bit() -> None:
    construction = Construction(block=3, group=1, groups=1)
    assert set(construction.inputs(4)) == {(a, a, b, c) for a, b, c in product((0, 1), repeat=3)}
    assert len(construction.inputs(4)) == 8


@pytest.mark.parametrize(
    ("name", "sizes"), [("group", (2, 2, 1)), ("group", (2, 0, 1)), ("groups", (2, 1, 0))]
)
def test_a_construction_refuses_what_is_none(name: str, sizes: tuple[int, int, int]) -> None:
    with pytest.raises(ParameterError) as caught:
        Construction(block=sizes[0], group=sizes[1], groups=sizes[2])
    assert caught.value.name == name


def test_known_values() -> None:
    one = Construction(block=2, group=1, groups=1)
    near = Fraction(exp(0.25))
    assert abs(one.value(users=4, alpha=near) - Fraction(438, 1000)) < Fraction(1, 1000)
    assert TWO.value(users=6, alpha=Fraction(9)) == Fraction(18, 100)
    assert TWO.sharper_value(shufflers=1, alpha=Fraction(9)) == Fraction(19, 100)
    with pytest.raises(ParameterError) as caught:
        TWO.value(users=6, alpha=Fraction(2), delta=Fraction(1, 100), ratio=Fraction(2))
    assert caught.value.name == "ratio"


def test_the_binary_law_is_that_of_its_reports() -> None:
    keep = Fraction(3, 4)
    for size in range(4):
        for ones in range(size + 1):
            law = [Fraction(0)] * (size + 1)
            for kept in product((True, False), repeat=size):
                reports = sum((user < ones) == stays for user, stays in enumerate(kept))
                chance = Fraction(1)
                for stays in kept:
                    chance *= keep if stays else 1 - keep
                law[reports] += chance
            weights = BinaryReports(Fraction(3)).law(size, ones)
            assert [Fraction(weight, sum(weights)) for weight in weights] == law


# ------------------------------------------------------------------ transcripts and estimators


def test_transcripts_have_probability_one_for_every_input() -> None:
    mechanism = Mechanism(
        name="", shufflers=2, users=4, randomizer=BinomialCounts(2), closes=mechanisms.by_last_count
    )
    tree = transcripts(mechanism, TWO.inputs(4))
    for nodes in tree.steps:
        for x in range(len(tree.inputs)):
            assert sum(Fraction(node.weights[x], node.norm) for node in nodes) == 1


@pytest.mark.parametrize("shufflers", [1, 2])
def test_the_exact_local_ratio_is_that_of_the_transcripts(shufflers: int) -> None:
    odds = Fraction(3)
    mechanism = Mechanism(
        name="", shufflers=shufflers, users=4, randomizer=BinaryReports(odds), closes=mechanisms.by_last_count
    )
    inputs = tuple(product((0, 1), repeat=4))
    tree = transcripts(mechanism, inputs)
    largest = Fraction(1)
    for node in tree.steps[-1]:
        for x, one in enumerate(inputs):
            for user in range(4):
                other = inputs.index((*one[:user], 1 - one[user], *one[user + 1 :]))
                largest = max(largest, Fraction(node.weights[x], node.weights[other]))
    assert largest == odds**shufflers
    assert exact_delta_of(mechanism.randomizer, shufflers=shufflers, least=2, alpha=largest) == 0
    assert (
        exact_delta_of(mechanism.randomizer, shufflers=shufflers, least=2, alpha=largest * Fraction(9, 10))
        > 0
    )


def test_the_best_estimate_of_one_number_is_a_median() -> None:
    sums = (0, 1, 1, 3)
    for weights in product(range(3), repeat=4):
        assert error_of_node(weights, sums) == min(
            sum(weight * abs(total - e) for weight, total in zip(weights, sums, strict=True))
            for e in range(4)
        )


def test_the_largest_error_is_that_of_the_best_of_many_estimators() -> None:
    construction = Construction(block=2, group=1, groups=1)
    mechanism = Mechanism(
        name="", shufflers=1, users=2, randomizer=BinaryReports(Fraction(9)), closes=every_step
    )
    tree = transcripts(mechanism, construction.inputs(2))
    found = best_largest_error(tree)
    assert found.upper - found.lower < Fraction(1, 10**4)
    grid = [Fraction(step, 4) for step in range(9)]
    second = {node.parent: [] for node in tree.steps[2]}  # type: dict[int, list[int]]
    for index, node in enumerate(tree.steps[2]):
        second[node.parent].append(index)
    best = Fraction(0)
    for first, children in second.items():
        options = []
        for e in grid:
            total = Fraction(0)
            for child in children:
                node = tree.steps[2][child]
                total += min(
                    sum(
                        (
                            Fraction(weight, node.norm * 4)
                            * max(abs(e - tree.sums[1][x]), abs(late - tree.sums[2][x]))
                            for x, weight in enumerate(node.weights)
                        ),
                        Fraction(0),
                    )
                    for late in grid
                )
            options.append(total)
        best += min(options)
        assert tree.steps[1][first].parent == 0
    assert found.lower <= best
    assert best - found.upper < Fraction(1, 50)  # quarters are nearly enough


def test_multipliers_that_are_too_large_prove_nothing_more() -> None:
    mechanism = Mechanism(
        name="", shufflers=1, users=2, randomizer=BinaryReports(Fraction(9)), closes=every_step
    )
    paths, count = estimators._paths(transcripts(mechanism, TWO.inputs(2)))
    guess, duals = estimators._solve(paths, count)
    above = estimators._value_above(paths, guess)
    for factor in (Fraction(1), Fraction(3), Fraction(1, 3)):
        scaled = [tuple(factor * value for value in own) for own in duals]
        assert estimators._value_below(paths, count, scaled) <= above
    lopsided = [tuple(value if at % 2 else Fraction(0) for at, value in enumerate(own)) for own in duals]
    assert estimators._value_below(paths, count, lopsided) == 0  # nothing balances the multipliers from above


def test_too_few_users_for_a_bad_step_are_refused() -> None:
    mechanism = Mechanism(
        name="", shufflers=1, users=3, randomizer=BinaryReports(Fraction(9)), closes=every_step
    )
    with pytest.raises(ValueError, match="no bad step"):
        error_at_bad_step(transcripts(mechanism, TWO.inputs(3)), TWO)
    with pytest.raises(ValueError, match="no bad step"):
        best_policy_error(Game(construction=TWO, shufflers=1, users=3, randomizer=BinaryReports(Fraction(9))))


def test_no_named_mechanism_beats_the_best_policy() -> None:
    for odds in (Fraction(3), Fraction(9)):
        best = best_policy_error(Game(construction=TWO, shufflers=1, users=6, randomizer=BinaryReports(odds)))
        for case in CASES:
            if (
                case.mechanism.randomizer == BinaryReports(odds)
                and case.construction == TWO
                and case.alpha == odds
            ):
                tree = transcripts(case.mechanism, TWO.inputs(6))
                assert error_at_bad_step(tree, TWO) >= best.error


def test_the_best_policy_for_four_users() -> None:
    """The published numbers: 0.500 against 0.438 at epsilon = 0.25."""
    game, alpha = GAMES[0]
    assert (game.users, alpha) == (4, Fraction(321, 250))
    assert alpha < Fraction(exp(0.25))
    assert best_policy_error(game).error == Fraction(1, 2)
    assert Fraction(437, 1000) < game.construction.value(users=4, alpha=alpha) < Fraction(438, 1000)


# ------------------------------------------------------------------ the checks, and planted errors


def quick_checks() -> list[tuple[Callable[..., int], tuple[int | str, ...]]]:
    return [
        (check.function, unit)
        for check in CHECKS
        if check.name.startswith(checked.__name__) and not check.deep
        for unit in check.units
    ]


def everything(function: Callable[..., int]) -> None:
    """Run a check on all its units."""
    found = [unit for own, unit in quick_checks() if own is function]
    assert found
    for unit in found:
        assert function(*unit) > 0


@pytest.mark.slow
@pytest.mark.proof
def test_all_quick_checks_pass() -> None:
    for function, unit in quick_checks():
        assert function(*unit) > 0


@pytest.mark.proof
@pytest.mark.parametrize(
    "function",
    [checked.all_policies, checked.own_blocks, checked.survival, checked.own_closers_below],
    ids=lambda function: function.__name__,
)
def test_checks_pass(function: Callable[..., int]) -> None:
    everything(function)


VALUE = Construction.value


def with_alpha(change: Callable[[Fraction], Fraction]) -> Callable[..., Fraction]:
    def value(self: Construction, *, users: int, alpha: Fraction, **rest: Fraction) -> Fraction:
        return VALUE(self, users=users, alpha=change(alpha), **rest)

    return value


def test_a_wrong_sign_in_c_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Construction, "value", with_alpha(lambda alpha: 1 / alpha))
    with pytest.raises(CheckFailedError, match="a policy errs"):
        everything(checked.all_policies)


def test_an_epsilon_that_is_too_small_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Construction, "value", with_alpha(lambda _: Fraction(101, 100)))
    with pytest.raises(CheckFailedError, match="a policy errs"):
        everything(checked.all_policies)


def test_a_worse_estimator_is_no_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        games, "error_of_node", lambda weights, sums: sum(w * s for w, s in zip(weights, sums, strict=True))
    )
    everything(checked.all_policies)


def test_an_error_that_no_estimator_has_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        games, "error_of_node", lambda weights, sums: error_of_node(weights, sums) * Fraction(1, 2)
    )
    with pytest.raises(CheckFailedError, match="a policy errs"):
        everything(checked.all_policies)


def test_a_privacy_loss_that_is_understated_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    claims_less = tuple((game, 1 + (alpha - 1) / 20) for game, alpha in GAMES)
    monkeypatch.setattr(checked, "GAMES", claims_less)
    with pytest.raises(CheckFailedError, match="a policy errs"):
        everything(checked.all_policies)


def test_a_sharper_value_that_is_too_large_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sharper = Construction.sharper_value
    monkeypatch.setattr(Construction, "sharper_value", lambda self, **rest: 6 * sharper(self, **rest))
    with pytest.raises(CheckFailedError, match="largest error in"):
        checked.mechanisms(checked.QUICK[0][0])


def test_a_window_that_is_too_small_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = Construction.blocks
    monkeypatch.setattr(Construction, "blocks", lambda self, shufflers: blocks(self, shufflers) - 1)
    with pytest.raises(CheckFailedError, match="latest first bad step"):
        everything(checked.latest_bad_steps)


def test_a_search_that_forgets_ties_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies._State, "separate", lambda _state, _whole: 0)
    with pytest.raises((CheckFailedError, RecursionError, OverflowError)):
        everything(checked.latest_bad_steps)


def test_a_reversed_sign_in_the_block_inequality_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        BlockGame, "bound", property(lambda self: self.hidden * (Fraction(1, 2) + self.closing))
    )
    with pytest.raises(CheckFailedError, match="is below"):
        everything(checked.own_blocks)


def test_a_missing_term_in_the_survival_inequality_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SurvivalGame, "bound", property(lambda self: self.capped))
    with pytest.raises(CheckFailedError, match="is below"):
        everything(checked.survival)


def test_counters_that_are_not_better_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assumptions, "tree_error", lambda counter, epsilon: 2 * tree_error(counter, epsilon))
    with pytest.raises(CheckFailedError, match="the largest error is at most"):
        checked.large_without_assumptions()


# ------------------------------------------------------------------ dropped assumptions


def test_a_hidden_block_is_known_to_whoever_sees_that_its_batch_is_open() -> None:
    found = [
        game.known
        for game in own_closing.block_games(Construction(block=3, group=1, groups=1), Fraction(9))
        if game.known is not None
    ]
    assert min(found) < Fraction(1, 8)  # nothing was released, and yet far below (m - g)/2 = 1


def test_peeking_is_private_and_below_the_value() -> None:
    found = peeking_block()
    assert found.ratio == 9
    assert found.error < found.value == Fraction(246, 1000)
    assert peeking_block(2).ratio == 4


def test_shared_masks_say_nothing_but_the_total() -> None:
    """The releases given their total are uniform, whatever the input, so the total has all the privacy loss."""
    modulus = 7
    by_ones: dict[int, list[int]] = {}
    for x in product((0, 1), repeat=3):
        found = mask_transcripts(x, modulus=modulus, odds=3)
        by_total: dict[int, set[int]] = {}
        for sums, weight in found.items():
            by_total.setdefault(sum(sums) % modulus, set()).add(weight)
        assert all(len(weights) == 1 for weights in by_total.values())
        law = [by_total[total].pop() for total in range(modulus)]
        assert by_ones.setdefault(sum(x), law) == law
    ratios = [
        Fraction(p, q) for a, b in ((0, 1), (1, 0)) for p, q in zip(by_ones[a], by_ones[b], strict=True)
    ]
    assert max(ratios) == 3


def test_shared_masks_are_below_the_value() -> None:
    found = shared_masks()
    assert found.ratio == 9
    assert found.error < found.value
    assert shared_masks(groups=2).error > shared_masks(groups=2).value  # one noise costs more than two groups


def test_one_report_in_two_batches_is_below_the_value() -> None:
    found = reused_reports()
    assert found.error < found.value
    assert reused_reports(groups=2).error > reused_reports(groups=2).value
    with pytest.raises(ValueError, match="even"):
        reused_reports(block=7)


def test_reports_in_two_batches_make_the_last_group_the_first_bad_step() -> None:
    construction = Construction(block=8, group=1, groups=4)
    batches = reuse_batches(block=8, groups=4)
    for step in range(1, 33):
        closed = [span for _, span in batches if span[1] <= step]
        assert construction.is_bad(step, closed) == (step == 32)
    for shuffler in (0, 1):
        own = [span for index, span in batches if index == shuffler]
        assert all(a[1] < b[0] for a, b in pairwise(own))  # disjoint: one open batch at a time
    assert [sum(first <= user <= last for _, (first, last) in batches) for user in (9, 17, 25)] == [2, 2, 2]


def test_reports_in_two_batches_cost_what_moving_the_masks_costs() -> None:
    """The exact delta at e^epsilon = odds, by going through masks, against N/most (and the noise that is cut off)."""
    most, odds, cut = 12, 3, 6
    noise = {z: odds ** (cut - abs(z)) for z in range(-cut, cut + 1)}
    total = sum(noise.values()) * most**2
    delta = Fraction(0)
    for before, after in (((1, 1, 1), (2, 1, 1)), ((1, 1, 1), (1, 2, 1)), ((1, 1, 1), (1, 1, 2))):
        for a, b in ((before, after), (after, before)):
            p = reuse_transcripts(a, most=most, noise=noise)
            q = reuse_transcripts(b, most=most, noise=noise)
            delta = max(delta, Fraction(sum(max(0, p[y] - odds * q.get(y, 0)) for y in p), total))
            parity = {sum((-1) ** i * r for i, r in enumerate(y)) - sum(a) for y in p}
            assert parity == set(noise)  # the alternating sum is the sum of the values and the noise
    assert 0 < delta <= Fraction(odds * 3, most) + Fraction(1, sum(noise.values()))


def test_shares_hide_all_but_the_total() -> None:
    """Total variation by going through all lists of shares, against its bound."""
    modulus, shares = 2, 2
    for a, b in product(range(modulus), repeat=2):
        law: dict[tuple[int, ...], Fraction] = {}
        lists = [
            s for s in product(range(modulus), repeat=2 * shares) if sum(s) % modulus == (a + b) % modulus
        ]
        halves = list(combinations(range(2 * shares), shares))
        for values in lists:
            good = sum(sum(values[i] for i in half) % modulus == a for half in halves)
            law[values] = Fraction(good, len(halves) * modulus ** (2 * shares - 2))
        assert sum(law.values()) == 1
        distance = sum(abs(p - Fraction(1, len(lists))) for p in law.values()) / 2
        assert distance <= mask_failure(modulus=modulus, shares=shares) < 1


def test_the_value_at_least_is_below_the_value() -> None:
    construction = Construction(block=20, group=1, groups=200)
    lower = value_at_least(construction, users=10**6, epsilon=Fraction(1))
    exact = construction.value(users=10**6, alpha=Fraction(exp(1)))
    assert exact * Fraction(8, 10) < lower < exact
    less = value_at_least(construction, users=10**6, epsilon=Fraction(1), delta=Fraction(1, 10**12))
    assert lower * Fraction(9, 10) < less < lower
    with pytest.raises(ValueError, match="too small"):
        value_at_least(Construction(block=20, group=1, groups=3), users=10**6, epsilon=Fraction(1))


def test_the_window_is_that_of_the_induction() -> None:
    assert [window(Construction(block=2, group=1, groups=2), k) for k in range(3)] == [3, 8, 16]


def test_the_tree_error_covers_simulated_trees() -> None:
    """A tree of 16 leaves, its noise drawn many times: the mean largest error stays below the bound."""
    import random

    coins = random.Random(1)
    counter = TreeCounter(leaf=2, arity=4, levels=2)
    bound = tree_error(counter, Fraction(1))
    chance = 1 - exp(-0.5)

    def noise() -> int:
        def geometric() -> int:
            count = 0
            while coins.random() > chance:
                count += 1
            return count

        return geometric() - geometric()

    total = 0
    for _ in range(300):
        high, low = [noise() for _ in range(4)], [noise() for _ in range(16)]
        total += max(abs(sum(high[: leaf // 4]) + sum(low[leaf // 4 * 4 : leaf])) for leaf in range(1, 17))
    assert Fraction(total, 300) < bound - counter.leaf // 2


# ------------------------------------------------------------------ policies and pictures

POLICIES = ROOT / "examples" / "policies"


def test_searched_families_reach_the_latest_bad_step() -> None:
    construction = Construction(block=3, group=1, groups=3)
    latest, family = policies.best_family(construction, 2)
    assert policies.first_bad_step(construction, family) == latest == 27
    assert len(policies.improved(construction, 2).decisions) == 27
    assert len(policies.patient(construction, 2).decisions) < 27
    with pytest.raises(OverflowError, match="positions"):
        policies.best_family(construction, 2, limit=10)


def test_a_picture_shows_batches_ties_and_the_first_bad_step() -> None:
    construction = Construction(block=4, group=1, groups=8)
    shown = picture(csa.Schedule.from_csv(POLICIES / "one_shuffler.csv", users=60), construction)
    assert shown.bad == 60
    assert shown.witness == (14,)  # its last block is hidden
    assert shown.groups[:2] == ((4, 4), (8, 8))
    assert all(
        bar.groups == sum(bar.first <= user <= bar.last for user in range(4, 61, 4)) for bar in shown.bars
    )
    assert [bar.lane for bar in shown.bars] == [0] * len(shown.bars)
    hidden = picture(csa.Schedule([("only", 5, 8)], users=8), construction)
    assert (hidden.bad, hidden.witness) == (4, (0,))
    none = picture(csa.Schedule([("only", 1, 1), ("only", 2, 3)], users=3), construction)
    assert none.bad is None


@pytest.mark.parametrize(
    ("name", "users", "construction", "shufflers"),
    [
        ("one_shuffler.csv", 60, Construction(block=4, group=1, groups=8), 1),
        ("two_shufflers.csv", 64, Construction(block=4, group=1, groups=4), 2),
        ("three_shufflers.csv", 28, Construction(block=2, group=1, groups=3), 3),
    ],
)
def test_kept_policies_are_as_late_as_any(
    name: str, users: int, construction: Construction, shufflers: int
) -> None:
    schedule = csa.Schedule.from_csv(POLICIES / name, users=users)
    assert len(schedule.shufflers) == shufflers
    assert picture(schedule, construction).bad == users == construction.block * construction.blocks(shufflers)


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    construction = Construction(block=4, group=1, groups=8)
    target = tmp_path / "family.svg"
    draw(picture(csa.Schedule.from_csv(POLICIES / "one_shuffler.csv", users=60), construction), target)
    assert target.read_text(encoding="utf-8").count("<path") > 10
    assert list(tmp_path.iterdir()) == [target]


# ------------------------------------------------------------------ the commands


@pytest.mark.slow
def test_commands_print_their_tables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mechanisms, "CASES", CASES[1:3])
    monkeypatch.setattr(policies, "SEARCHED", policies.SEARCHED[:2])
    monkeypatch.setattr(policies, "TRIED", policies.TRIED[:1])
    assert [row.case for row in mechanisms.main()] == list(CASES[1:3])
    assert [reached for _, _, reached in policies.main(width=20)] == [6, 14, 156]
    shown = capsys.readouterr().out
    assert "fixed, binary" in shown
    assert " 4 1 2 1 1  0.2500        20    0.5000    0.4378" in shown


@pytest.mark.slow
def test_the_page_shows_what_the_commands_print(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "SEARCHED", policies.SEARCHED[:9])
    monkeypatch.setattr(policies, "TRIED", policies.TRIED[1:2])
    page = (ROOT / "docs" / "lower_bound_mechanisms.md").read_text(encoding="utf-8").splitlines()
    assumptions.main()
    policies.main()
    printed = capsys.readouterr().out.splitlines()
    printed += [mechanisms.line(run(CASES[index])) for (index,) in checked.QUICK[-6:]]
    printed += [mechanisms.game_line(game, alpha) for game, alpha in GAMES]
    assert not [line for line in printed if line and line.rstrip() not in page]


def test_a_rule_that_closes_too_early_is_refused() -> None:
    case = CASES[0]
    wrong = mechanisms.Case(mechanism=case.mechanism, construction=TWO, alpha=case.alpha, least=2)
    with pytest.raises(ValueError, match="below 2"):
        run(wrong)
    assert nested is CASES[1].mechanism.closes
