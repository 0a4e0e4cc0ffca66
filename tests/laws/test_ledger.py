"""Laws of the ledger, against a model that keeps every user apart and knows nothing of rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, note, settings
from hypothesis import strategies as st

import accounting as csa
from accounting.ledger import Outcome
from accounting.ledger.charges import Charges
from accounting.ledger.units import nats

SHUFFLERS = {
    "a": csa.PureLocal(epsilon0="0.1"),
    "b": csa.KaryRandomizedResponse(3, epsilon0="1"),
    "c": csa.PureLocal(epsilon0="0.5"),
}
LARGEST = 12
names = st.sampled_from(sorted(SHUFFLERS))
operations = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.integers(1, 5)),
        st.tuples(st.just("toggle"), names),
        st.tuples(st.just("toggle"), names),
        st.tuples(st.just("absent"), names),
        st.tuples(st.just("discard"), names),
    ),
    max_size=40,
)


@dataclass
class Model:
    """Each user's own sum, and each open batch as a set of users."""

    charges: Charges
    limit: int
    spent: list[int] = field(default_factory=list)
    open: dict[str, set[int]] = field(default_factory=dict)

    def arrive(self, count: int) -> None:
        for _ in range(count):
            for members in self.open.values():
                members.add(len(self.spent))
            self.spent.append(0)

    def allowed_charge(self, name: str, absent: int) -> int | None:
        users = len(self.open[name]) - absent
        charge = self.charges.of(name, users) if users >= 2 else None
        if charge is None or any(self.spent[user] + charge > self.limit for user in self.open[name]):
            return None
        return charge


def run(ledger: csa.Ledger, done: Sequence[tuple[str, int | str]]) -> Model:
    model = Model(Charges(SHUFFLERS, ledger.budget.order), ledger.budget.limit)
    for operation, what in done:
        note(f"{operation} {what}")
        if isinstance(what, int):
            ledger.arrive(what)
            model.arrive(what)
        elif what not in model.open:
            ledger.open(what)
            model.open[what] = set()
        elif operation == "discard" or len(model.open[what]) > LARGEST:
            ledger.discard(what)
            del model.open[what]
        else:
            absent = len(model.open[what]) // 3 if operation == "absent" else 0
            charge = model.allowed_charge(what, absent)
            decision = ledger.may_close(what, absent=absent)
            assert decision.allowed == (charge is not None)
            assert decision.users == len(model.open[what]) - absent
            if decision.outcome is Outcome.OVER_BUDGET:
                assert decision.charge is None or decision.spent + decision.charge > decision.limit
            if charge is not None:
                ledger.close(what, absent=absent)
                for user in model.open.pop(what):
                    model.spent[user] += charge
    return model


@given(done=operations, epsilon=st.sampled_from(["1.5", "3", "100"]))
def test_each_user_has_spent_what_its_batches_cost(done: list[tuple[str, int | str]], epsilon: str) -> None:
    ledger = csa.Ledger(SHUFFLERS, epsilon=epsilon, delta="1e-6", order=20)
    model = run(ledger, done)
    assert ledger.arrived == len(model.spent)
    assert ledger.open_batches == {name: len(members) for name, members in model.open.items()}
    assert [ledger.loss(user + 1).spent for user in range(len(model.spent))] == [nats(s) for s in model.spent]
    assert ledger.worst().spent == nats(max(model.spent, default=0))
    rows = ledger.memberships()
    assert [user for row in rows for user in range(row.first, row.last + 1)] == list(
        range(1, ledger.arrived + 1)
    )
    counted = {each.loss.spent: each.users for each in ledger.distribution()}
    assert counted == {nats(s): model.spent.count(s) for s in set(model.spent)}


@given(done=operations)
def test_nobody_ever_leaves_the_budget(done: list[tuple[str, int | str]]) -> None:
    ledger = csa.Ledger(SHUFFLERS, epsilon="1.5", delta="1e-6", order=20)
    model = run(ledger, done)
    assert max(model.spent, default=0) <= ledger.budget.limit
    assert ledger.worst().epsilon.upper <= 1.5


@given(done=operations)
def test_rows_are_joined_unless_a_batch_begins_between_them(done: list[tuple[str, int | str]]) -> None:
    ledger = csa.Ledger(SHUFFLERS, epsilon="100", delta="1e-6", order=20)
    model = run(ledger, done)
    begins = {ledger.arrived - size + 1 for size in ledger.open_batches.values()}
    for before, after in zip(ledger.memberships(), ledger.memberships()[1:], strict=False):
        if model.spent[before.last - 1] == model.spent[after.first - 1]:
            assert after.first in begins


@settings(max_examples=15)  # each example computes two divergences
@given(fresh=st.integers(1, 5000), sizes=st.tuples(st.integers(2, 3000), st.integers(0, 3000)), name=names)
def test_more_users_never_make_a_batch_that_may_close_one_that_may_not(
    fresh: int, sizes: tuple[int, int], name: str
) -> None:
    ledger = csa.Ledger(SHUFFLERS, epsilon="1.5", delta="1e-6", order=20)
    ledger.arrive(fresh)
    ledger.open(name)
    ledger.arrive(sizes[0])
    before = ledger.may_close(name)
    ledger.arrive(sizes[1] + 1)
    after = ledger.may_close(name)
    assert after.allowed or not before.allowed
