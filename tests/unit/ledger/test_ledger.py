"""The ledger's operations and answers, one by one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest

import accounting as csa
from accounting.curves.renyi import renyi_upper
from accounting.ledger import Membership, Outcome
from accounting.ledger.charges import Charges, smaller_size
from accounting.ledger.units import nats
from accounting.numerics.exact import LARGEST_COUNT

LOCAL = csa.PureLocal(epsilon0="1")
KARY = csa.KaryRandomizedResponse(16, epsilon0="4")


def new(**changes: object) -> csa.Ledger:
    values: dict[str, object] = {"epsilon": "1", "delta": "1e-8"} | changes
    return csa.Ledger({"day": LOCAL, "week": KARY}, **values)  # type: ignore[arg-type]


def test_overlapping_batches() -> None:
    ledger = new()
    ledger.arrive(10)
    ledger.open("day")
    assert ledger.arrive(20_000) == 20_010
    ledger.open("week")
    ledger.arrive(30_000)
    day = ledger.close("day")
    assert day.users == 50_000
    assert ledger.open_batches == {"week": 30_000}
    week = ledger.close("week")
    assert (day.outcome, week.outcome) == (Outcome.MAY_CLOSE, Outcome.MAY_CLOSE)
    assert ledger.closed == 2
    assert day.charge is not None
    assert week.charge is not None
    assert week.spent == day.charge
    spent = [ledger.loss(user).spent for user in (1, 10, 11, 20_010, 20_011, 50_010)]
    both = day.charge + week.charge
    assert spent == [0, 0, day.charge, day.charge, both, both]
    assert ledger.worst().spent == both
    assert [(row.first, row.last) for row in ledger.memberships()] == [
        (1, 10),
        (11, 20_010),
        (20_011, 50_010),
    ]
    assert [ledger.loss(row).spent for row in ledger.memberships()] == [0, day.charge, both]
    assert [(each.users, each.loss.spent) for each in ledger.distribution()] == [
        (10, 0),
        (20_000, day.charge),
        (30_000, both),
    ]
    assert ledger.loss(1).epsilon.upper == 0.0
    assert 0.0 < ledger.loss(11).epsilon.upper < ledger.worst().epsilon.upper <= 1.0
    assert "renyi-filter" in ledger.worst().epsilon.upper_claims
    assert str(ledger.worst()).startswith("epsilon at most 0.")
    assert ledger.worst(delta="1e-4").epsilon.upper < ledger.worst().epsilon.upper


def test_users_who_saw_the_same_cost_share_a_row() -> None:
    ledger = new(epsilon="100")
    for _ in range(50):
        ledger.open("day")
        ledger.arrive(100)
        ledger.close("day")
    assert ledger.memberships() == (Membership(first=1, last=5000),)
    assert ledger.memberships()[0].users == 5000


def test_refusals_say_why() -> None:
    ledger = new()
    ledger.open("day")
    ledger.open("week")
    few = ledger.may_close("day")
    assert (few.outcome, few.users, few.charge, few.allowed) == (Outcome.TOO_FEW, 0, None, False)
    assert "fewer than 2" in str(few)
    ledger.arrive(100)
    dear = ledger.may_close("week")
    assert dear.outcome is Outcome.OVER_BUDGET
    assert dear.charge is not None
    assert dear.charge > dear.limit
    with pytest.raises(TypeError, match="allowed"):
        bool(dear)
    with pytest.raises(csa.ParameterError, match="over the budget") as caught:
        ledger.close("week")
    assert caught.value.name == "shuffler"
    assert ledger.open_batches == {"day": 100, "week": 100}, "a refusal changes nothing"
    assert ledger.worst().spent == 0
    ledger.discard("week")
    assert ledger.open_batches == {"day": 100}
    assert ledger.closed == 0


def test_enough_users_are_enough_and_not_many_too_many() -> None:
    ledger = new()
    ledger.open("week")
    ledger.arrive(100)
    enough = ledger.enough_users("week")
    assert enough is not None
    ledger.arrive(enough - 100)
    assert ledger.may_close("week").allowed
    assert ledger.enough_users("week") == enough
    charges = Charges({"week": KARY}, ledger.budget.order)
    cost = charges.of("week", smaller_size(enough) - 1)
    assert cost is not None
    assert cost > ledger.budget.limit


def test_no_size_is_enough_for_a_user_with_nothing_left() -> None:
    charges = Charges({"week": KARY}, new().budget.order)
    assert charges.enough_users("week", 2, 0) is None
    least = charges.of("week", LARGEST_COUNT)
    assert least is not None
    assert charges.enough_users("week", 10**17, least) in range(LARGEST_COUNT // 2, LARGEST_COUNT + 1)


def test_absent_members_hide_nobody() -> None:
    ledger = new()
    ledger.open("day")
    ledger.arrive(40_000)
    assert ledger.may_close("day", absent=39_999).outcome is Outcome.TOO_FEW
    fewer, all_present = ledger.may_close("day", absent=20_000), ledger.may_close("day")
    assert fewer.users == 20_000
    assert fewer.charge is not None
    assert all_present.charge is not None
    assert fewer.charge > all_present.charge
    assert ledger.close("day", absent=20_000) == fewer
    assert ledger.loss(1).spent == fewer.charge


def test_sizes_are_rounded_down_by_at_most_a_sixteenth() -> None:
    for users in (*range(2, 3000), 10**6 + 1, 10**12 - 1, LARGEST_COUNT):
        size = smaller_size(users)
        assert users - users / 16 < size <= users
        assert smaller_size(size) == size


@pytest.mark.parametrize("randomizer", [LOCAL, KARY], ids=lambda randomizer: randomizer.kind)
def test_charges_bound_the_divergence_and_fall(randomizer: csa.Randomizer) -> None:
    charges = Charges({"a": randomizer}, Fraction(30))
    found = []
    for users in (2, 10, 33, 100, 1001, 20_001, 10**6 + 3):
        charge = charges.of("a", users)
        exact = renyi_upper(csa.Shuffle(randomizer, users).curve(), 30)
        assert charge is not None
        assert exact is not None
        assert exact * Fraction(9999, 10_000) <= nats(charge) <= exact * Fraction(107, 100)
        found.append(charge)
    assert found == sorted(found, reverse=True)


BAD: list[tuple[str, Callable[[csa.Ledger], object]]] = [
    ("shuffler", lambda ledger: ledger.open("month")),
    ("shuffler", lambda ledger: ledger.open("day")),
    ("shuffler", lambda ledger: ledger.close("week")),
    ("shuffler", lambda ledger: ledger.close("month")),
    ("shuffler", lambda ledger: ledger.may_close("week")),
    ("shuffler", lambda ledger: ledger.discard("week")),
    ("shuffler", lambda ledger: ledger.enough_users("week")),
    ("shuffler", lambda ledger: ledger.may_close(["day"])),  # type: ignore[arg-type]
    ("count", lambda ledger: ledger.arrive(0)),
    ("count", lambda ledger: ledger.arrive("1.5")),
    ("count", lambda ledger: ledger.arrive(LARGEST_COUNT)),
    ("absent", lambda ledger: ledger.close("day", absent=11)),
    ("absent", lambda ledger: ledger.close("day", absent=-1)),
    ("user", lambda ledger: ledger.loss(0)),
    ("user", lambda ledger: ledger.loss(11)),
    ("user", lambda ledger: ledger.loss(Membership(first=11, last=12))),
    ("delta", lambda ledger: ledger.loss(1, delta=0)),
    ("delta", lambda ledger: ledger.worst(delta="2")),
]


@pytest.mark.parametrize(("name", "use"), BAD)
def test_bad_use(name: str, use: Callable[[csa.Ledger], object]) -> None:
    ledger = new()
    ledger.open("day")
    ledger.arrive(10)
    with pytest.raises(csa.ParameterError) as caught:
        use(ledger)
    assert caught.value.name == name
    assert ledger.open_batches == {"day": 10}


@pytest.mark.parametrize(
    ("name", "shufflers"),
    [
        ("shufflers", {}),
        ("shufflers", {" ": LOCAL}),
        ("shufflers", {1: LOCAL}),
        ("shufflers['day']", {"day": "kary"}),
        ("shufflers", [LOCAL]),
    ],
)
def test_bad_shufflers(name: str, shufflers: dict[str, csa.Randomizer]) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.Ledger(shufflers, epsilon="1", delta="1e-8")
    assert caught.value.name == name


def test_a_shuffler_that_no_size_saves_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounting.ledger.ledger.LARGEST_COUNT", 100)
    with pytest.raises(csa.ParameterError, match="costs more than the budget") as caught:
        csa.Ledger({"day": KARY}, epsilon="0.1", delta="1e-8")
    assert caught.value.name == "shufflers['day']"


def test_a_randomizer_without_finite_divergence_is_not_covered(tmp_path: Path) -> None:
    some = csa.FiniteRandomizer([["3/4", "1/4", "0"], ["1/4", "1/2", "1/4"]])
    with pytest.raises(csa.NotCoveredError, match="day"):
        csa.Ledger({"day": some}, epsilon="1", delta="1e-8", journal=tmp_path / "journal")
    assert not list(tmp_path.iterdir())


def test_threads_do_not_lose_arrivals(tmp_path: Path) -> None:
    with new(journal=tmp_path / "journal") as ledger, ThreadPoolExecutor(8) as pool:
        list(pool.map(ledger.arrive, [3] * 100))
        assert ledger.arrived == 300
    with csa.Ledger.resume(tmp_path / "journal") as resumed:
        assert resumed.arrived == 300


def test_a_shuffle_of_several_releases_costs_their_sum(tmp_path: Path) -> None:
    unary = csa.SymmetricUnary(values=4, epsilon0="1", release="vectors")
    with csa.Ledger({"day": unary}, epsilon="2", delta="1e-6", journal=tmp_path / "journal") as ledger:
        ledger.open("day")
        ledger.arrive(5000)
        assert ledger.close("day").allowed
    with csa.Ledger.resume(tmp_path / "journal") as resumed:
        assert resumed.shufflers == {"day": unary}
        lost = csa.Shuffle(unary, users=5000).epsilon(delta="1e-6")
        assert lost.lower <= resumed.loss(1).epsilon.upper <= 2
