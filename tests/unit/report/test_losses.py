"""How many users lose how much."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

import accounting as csa
from accounting.numerics.exact import exact
from accounting.report.losses import ASSUMPTIONS, LossDistribution
from proofs.reference.memberships import batches_of_users

KARY = csa.KaryRandomizedResponse(values=3, epsilon0="2")
BATCHES = [("a", 1, 20), ("b", 11, 50), ("a", 61, 160), ("b", 101, 160)]
WHOLE, COARSE = 12, 3
SCHEDULE = csa.Schedule(BATCHES, users=200)


@cache
def distribution(groups: int) -> LossDistribution:
    return csa.loss_distribution(SCHEDULE, KARY, delta="1e-3", groups=groups)


@cache
def users_alone() -> list[csa.Bounds]:
    """What each of the 200 users loses, by a walk through them."""
    nothing = csa.Bounds(lower=0.0, upper=0.0, upper_claims=())
    known: dict[object, csa.Bounds] = {(): nothing}
    found = []
    for held in batches_of_users(BATCHES, 200):
        if held not in known:
            shuffles = [csa.Shuffle(KARY, users=last - first + 1) for _, first, last in held]
            known[held] = csa.ConcurrentShuffles(shuffles).epsilon(delta="1e-3")
        found.append(known[held])
    return found


def test_each_class_of_users_is_a_group_when_there_are_few() -> None:
    found = sorted((group.upper, group.lower, group.users) for group in distribution(WHOLE).groups)
    walked: dict[tuple[float, float], int] = {}
    for bounds in users_alone():
        walked[bounds.upper, bounds.lower] = walked.get((bounds.upper, bounds.lower), 0) + 1
    assert found == sorted((*ends, users) for ends, users in walked.items())


@pytest.mark.parametrize("groups", [WHOLE, COARSE])
def test_quantiles_hold(groups: int) -> None:
    shown = distribution(groups)
    assert sum(group.users for group in shown.groups) == 200
    lowers = sorted(bounds.lower for bounds in users_alone())
    uppers = sorted(bounds.upper for bounds in users_alone())
    for share in ("1/200", "0.2", "1/2", "0.9", "0.99", 1):
        found = shown.quantile(share)
        at = -(-200 * exact("share", share) // 1) - 1
        assert found.upper >= lowers[int(at)]
        assert found.lower <= uppers[int(at)]
    if groups == WHOLE:
        assert shown.quantile("0.25").upper == 0.0  # 50 of 200 users are in no batch
        assert shown.quantile("0.251").lower > 0.0
    assert shown.quantile(1).upper == shown.worst.upper


def test_ends_of_a_group_hold_for_its_users() -> None:
    assert len(distribution(COARSE).groups) == 3
    for group in distribution(COARSE).groups:
        for user in range(group.first, group.last + 1):
            assert group.lower <= users_alone()[user - 1].upper
            assert users_alone()[user - 1].lower <= group.upper
            assert {batch for batch in BATCHES if batch[1] <= user <= batch[2]} == set(group.batches)


def test_all_users_in_one_group() -> None:
    one = csa.loss_distribution(SCHEDULE, KARY, delta="1e-3", groups=1)
    (group,) = one.groups
    assert group.lower == 0.0
    assert group.upper == one.worst.upper
    assert group.users == 200


def test_the_report_speaks() -> None:
    sentence = distribution(WHOLE).sentence()
    assert "each of 200 users" in sentence
    assert "users 11..20, in a 1..20, b 11..50" in sentence
    assert ASSUMPTIONS["fixed-schedule"] in sentence
    content = json.loads(json.dumps(distribution(WHOLE).as_dict(), allow_nan=False))
    assert content["worst"]["witness"]["first"] == 11
    assert content["users"] == 200
    assert [entry["share"] for entry in content["quantiles"]] == [0.5, 0.9, 0.99, 0.999]
    assert content["claims"][-1] == "worst-membership"


def test_an_executor_gives_the_same_answer_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    with ThreadPoolExecutor(1) as executor:
        again = csa.loss_distribution(
            SCHEDULE,
            KARY,
            delta="1e-3",
            executor=executor,
            progress=lambda done, all_: told.append((done, all_)),
        )
    assert again.groups == distribution(WHOLE).groups
    assert told == [(i, told[-1][1]) for i in range(1, told[-1][1] + 1)]
    assert told[-1][1] == len(distribution(WHOLE).groups)


@pytest.mark.parametrize(
    ("others", "name"), [({"delta": 1}, "delta"), ({"groups": 0}, "groups"), ({"inputs": "x"}, "inputs")]
)
def test_bad_input_is_refused(others: dict[str, object], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.loss_distribution(SCHEDULE, KARY, **({"delta": "1e-3"} | others))  # type: ignore[arg-type]
    assert caught.value.name == name
    with pytest.raises(csa.ParameterError):
        distribution(WHOLE).quantile(0)
    with pytest.raises(csa.ParameterError):
        distribution(WHOLE).quantile("1.1")
