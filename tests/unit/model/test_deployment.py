"""Deployment files: what is read, what is written, and what is refused under which name."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import accounting as csa
from accounting.composition.reused import SharedReport
from accounting.model import Budget, Deployment, Inputs, NamedShuffle, Relation
from accounting.model.kinds import KINDS, KNOWN_NOT_COVERED
from accounting.randomizers import Randomizer

GOOD = """\
title = "a question"
relation = "replace-one"
inputs = "fixed"

[budget]
epsilon = 0.1
delta = 1e-8

[[shuffler]]
name = "daily"
users = 20_000
fresh = true
[shuffler.randomizer]
kind = "kary-randomized-response"
values = 16
epsilon0 = 4.1
"""


def test_numbers_are_read_as_written() -> None:
    deployment = Deployment.from_toml(GOOD)
    assert deployment.budget == Budget(epsilon=Fraction(1, 10), delta=Fraction(1, 10**8))
    assert (deployment.relation, deployment.inputs) == (Relation.REPLACE_ONE, Inputs.FIXED)
    (named,) = deployment.shufflers
    assert named == NamedShuffle(
        "daily", csa.Shuffle(csa.KaryRandomizedResponse(values=16, epsilon0=Fraction(41, 10)), users=20_000)
    )


def test_defaults() -> None:
    lines = [
        line for line in GOOD.splitlines() if not line.startswith(("title", "relation", "inputs", "fresh"))
    ]
    deployment = Deployment.from_toml("\n".join(lines))
    assert (deployment.title, deployment.relation, deployment.inputs) == (
        "",
        Relation.REPLACE_ONE,
        Inputs.ADAPTIVE,
    )


def test_ratios_are_read_from_strings() -> None:
    source = GOOD.replace("epsilon0 = 4.1", 'keep = "1/3"').replace("epsilon = 0.1", 'epsilon = "1/7"')
    deployment = Deployment.from_toml(source)
    assert deployment.budget.epsilon == Fraction(1, 7)
    assert deployment.shufflers[0].shuffle.randomizer == csa.KaryRandomizedResponse(values=16, keep="1/3")


def test_users_may_be_a_float_that_is_whole() -> None:
    assert Deployment.from_toml(GOOD.replace("20_000", "2e4")).shufflers[0].shuffle.users == 20_000


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_files_of_other_editors(tmp_path: Path, ending: str, mark: bytes) -> None:
    path = tmp_path / "deployment.toml"
    path.write_bytes(mark + GOOD.replace("\n", ending).encode())
    assert Deployment.from_file(path) == Deployment.from_toml(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("title", "titel", "titel"),
        ('"a question"', "5", "title"),
        ('"a question"', '"two\\nlines"', "title"),
        ('"a question"', "2.5", "title"),
        ('"replace-one"', '"replace-on"', "relation"),
        ('"replace-one"', "1", "relation"),
        ('"replace-one"', "[]", "relation"),
        ('"fixed"', '"fix"', "inputs"),
        ("[budget]", "[bugdet]", "bugdet"),
        ("[budget]", "budget = 3\n[other]", "other"),
        ("epsilon = 0.1", "", "budget.epsilon"),
        ("epsilon = 0.1", "eps = 0.1", "budget.eps"),
        ("epsilon = 0.1", "epsilon = -0.1", "budget.epsilon"),
        ("epsilon = 0.1", "epsilon = 1001", "budget.epsilon"),
        ("epsilon = 0.1", "epsilon = true", "budget.epsilon"),
        ("epsilon = 0.1", "epsilon = [1]", "budget.epsilon"),
        ("epsilon = 0.1", "epsilon = 2024-01-01", "budget.epsilon"),
        ("epsilon = 0.1", 'epsilon = ""', "budget.epsilon"),
        ("delta = 1e-8", "delta = 1", "budget.delta"),
        ("delta = 1e-8", "delta = 1.5", "budget.delta"),
        ("delta = 1e-8", "delta = -1e-8", "budget.delta"),
        ("delta = 1e-8", "delta = nan", "budget.delta"),
        ("delta = 1e-8", "delta = 1e-999999", "budget.delta"),
        ("[[shuffler]]", "[shuffler]", "shuffler"),
        (GOOD[GOOD.index("[[shuffler]]") :], "", "shuffler"),
        ('name = "daily"', "", "shuffler[0].name"),
        ('name = "daily"', 'name = ""', "shuffler[0].name"),
        ('name = "daily"', "name = 3", "shuffler[0].name"),
        ('name = "daily"', 'name = "a\\u001b[31m"', "shuffler[0].name"),
        ("20_000", "1", "shuffler[0].users"),
        ("20_000", "0", "shuffler[0].users"),
        ("20_000", "2.5", "shuffler[0].users"),
        ("20_000", "-5", "shuffler[0].users"),
        ("20_000", "inf", "shuffler[0].users"),
        ("20_000", "true", "shuffler[0].users"),
        ("20_000", '"ten"', "shuffler[0].users"),
        ("20_000", '"10"', "shuffler[0].users"),
        ("20_000", "1" + "0" * 400, "shuffler[0].users"),
        ("users = 20_000", "", "shuffler[0].users"),
        ("users = 20_000", "users = 20_000\npresent_at_least = 20_000", "shuffler[0].users"),
        ("users = 20_000", "users = 20_000\ndishonest_at_most = 0", "shuffler[0].dishonest_at_most"),
        ("users = 20_000", "dishonest_at_most = 3", "shuffler[0].users"),
        ("users = 20_000", "present_at_least = 1", "shuffler[0].present_at_least"),
        ("users = 20_000", "present_at_least = 9\ndishonest_at_most = 8", "shuffler[0].dishonest_at_most"),
        ("users = 20_000", "present_at_least = 9\ndishonest_at_most = 1.5", "shuffler[0].dishonest_at_most"),
        ('"fixed"', '"fixed"\natom_at_least = 2', "atom_at_least"),
        ('"fixed"', '"fixed"\natom_at_least = "2"', "atom_at_least"),
        ("users = 20_000", "user = 20_000", "shuffler[0].user"),
        ("fresh = true", "fresh = 1", "shuffler[0].fresh"),
        ("kary-randomized-response", "kary-randomised-response", "shuffler[0].randomizer.kind"),
        ('kind = "kary-randomized-response"', "", "shuffler[0].randomizer.kind"),
        ('"kary-randomized-response"', "7", "shuffler[0].randomizer.kind"),
        ("values = 16", "", "shuffler[0].randomizer.values"),
        ("values = 16", "values = 1", "shuffler[0].randomizer.values"),
        ("values = 16", "values = 2.5", "shuffler[0].randomizer.values"),
        ("epsilon0 = 4.1", "", "shuffler[0].randomizer"),
        ("epsilon0 = 4.1", "epsilon0 = 4.1\nkeep = 0.9", "shuffler[0].randomizer"),
        ("epsilon0 = 4.1", "epsilon0 = [4.1]", "shuffler[0].randomizer.epsilon0"),
        ("epsilon0 = 4.1", "epsilon0 = false", "shuffler[0].randomizer.epsilon0"),
        ("epsilon0 = 4.1", "matrix = 4.1", "shuffler[0].randomizer.matrix"),
    ],
)
def test_refused(old: str, new: str, name: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_toml(GOOD.replace(old, new))
    assert caught.value.name == name
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "suggested"),
    [
        ("title", "titel", "title"),
        ("delta = ", "detla = ", "delta"),
        ("epsilon0", "epslon0", "epsilon0"),
        ("users", "user", "users"),
        ("kary-randomized-response", "k-ary-randomised-response", "kary-randomized-response"),
        ('"fixed"', '"fixd"', "fixed"),
    ],
)
def test_nearest_name_is_suggested(old: str, new: str, suggested: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_toml(GOOD.replace(old, new))
    assert f"Did you mean {suggested}?" in caught.value.remedy


def test_names_are_unique() -> None:
    again = GOOD[GOOD.index("[[shuffler]]") :]
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_toml(GOOD + again.replace("daily", "weekly") + again)
    assert (caught.value.name, caught.value.value) == ("shuffler[2].name", "daily")


def test_honest_users_are_counted() -> None:
    source = GOOD.replace("users = 20_000", "present_at_least = 22_000\ndishonest_at_most = 2_000")
    (named,) = Deployment.from_toml(source).shufflers
    assert (named.shuffle.users, named.dishonest_at_most, named.present_at_least) == (20_000, 2_000, 22_000)
    (alone,) = Deployment.from_toml(GOOD.replace("users", "present_at_least")).shufflers
    assert alone == Deployment.from_toml(GOOD).shufflers[0]


def test_the_same_report() -> None:
    again = GOOD[GOOD.index("[[shuffler]]") :].replace("true", "false")
    head = "atom_at_least = 300\n" + GOOD
    source = (
        head + again.replace("daily", "weekly").replace("20_000", "500") + again.replace("daily", "monthly")
    )
    deployment = Deployment.from_toml(source)
    assert [named.name for named in deployment.reused] == ["weekly", "monthly"]
    randomizer = deployment.shufflers[0].shuffle.randomizer
    shared = SharedReport(randomizer, atom_at_least=300, batch=500)
    assert deployment.parts == (deployment.shufflers[0].shuffle, shared)
    assert Deployment.from_toml(GOOD).parts == (deployment.shufflers[0].shuffle,)
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_toml(source.replace("300", "501"))
    assert (caught.value.name, caught.value.value) == ("atom_at_least", 501)
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_toml(source[: source.rindex("4.1")] + "4.2\n")
    assert caught.value.name == "shuffler[2].randomizer"


def test_an_error_in_one_of_several_names_the_shuffler() -> None:
    again = GOOD[GOOD.index("[[shuffler]]") :].replace("daily", "weekly").replace("20_000", "1")
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_toml(GOOD + again)
    assert caught.value.name == "shuffler[1].users"
    assert "shuffler[1] is weekly" in caught.value.remedy


@pytest.mark.parametrize("source", ["", "# nothing\n", 'title = "x"\n'])
def test_an_empty_file_is_no_deployment(source: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_toml(source)
    assert caught.value.name == "budget"


def test_no_shuffler() -> None:
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_toml("shuffler = []\n[budget]\nepsilon = 1\ndelta = 0\n")
    assert caught.value.name == "shuffler"
    budget = Budget(epsilon=1, delta=0)
    with pytest.raises(csa.ParameterError) as caught:
        Deployment([], budget=budget)
    assert caught.value.name == "shuffler"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"replace-one"', '"add-remove"', "every later batch boundary shifts"),
    ],
)
def test_not_covered(old: str, new: str, said: str) -> None:
    with pytest.raises(csa.NotCoveredError, match=said):
        Deployment.from_toml(GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("title 5", "line 1"),
        ("[budget]\nepsilon = 1\nepsilon = 2\n", "line 3"),
        ("a = [", "the file"),
        ("a = " + "[" * 5000, "the file"),
        ("a = " + "1" * 5000, "the file"),
    ],
)
def test_not_toml(source: str, name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_toml(source)
    assert caught.value.name == name
    assert "\n" not in str(caught.value)


positive = st.fractions(min_value=Fraction(1, 10**9), max_value=100, max_denominator=10**12)
inside = st.fractions(min_value=Fraction(1, 10**9), max_value=1 - Fraction(1, 10**9))
wholes = st.integers(min_value=1, max_value=10**9)
names = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20)


@st.composite
def matrices(draw: st.DrawFn) -> csa.FiniteRandomizer:
    columns = draw(st.integers(min_value=1, max_value=4))
    weights = st.lists(st.integers(min_value=1, max_value=9), min_size=columns, max_size=columns)
    rows = draw(st.lists(weights, min_size=2, max_size=4))
    return csa.FiniteRandomizer([[Fraction(weight, sum(row)) for weight in row] for row in rows])


randomizers: st.SearchStrategy[Randomizer] = st.one_of(
    st.builds(csa.BinaryRandomizedResponse, positive),
    st.builds(lambda x: csa.BinaryRandomizedResponse(keep=(1 + x) / 2), inside),
    st.builds(csa.KaryRandomizedResponse, st.integers(min_value=2, max_value=10**9), positive),
    st.builds(csa.PureLocal, positive),
    st.builds(
        csa.SymmetricUnary,
        st.integers(min_value=2, max_value=10**9),
        positive,
        release=st.sampled_from(["sums", "vectors"]),
    ),
    st.builds(
        lambda x, release: csa.SymmetricUnary(3, keep=(1 + x) / 2, release=release),
        inside,
        st.sampled_from(["sums", "vectors"]),
    ),
    st.builds(csa.BinomialCount, wholes, wholes, inside),
    matrices(),
)


@given(
    st.lists(
        st.tuples(names, randomizers, st.integers(min_value=2, max_value=10**17), st.integers(0, 10**17)),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 3),
    st.fractions(min_value=0, max_value=100),
    st.fractions(min_value=0, max_value=Fraction(999, 1000)),
    st.sampled_from(list(Inputs)),
    names,
)
def test_writing_and_reading_is_the_identity(
    parts: list[tuple[str, Randomizer, int, int]],
    copies: int,
    epsilon: Fraction,
    delta: Fraction,
    inputs: Inputs,
    title: str,
) -> None:
    shufflers = [
        NamedShuffle(f"{i}{name}", csa.Shuffle(randomizer, users=users), dishonest_at_most=dishonest)
        for i, (name, randomizer, users, dishonest) in enumerate(parts)
    ]
    _, shared, users, _ = parts[0]
    shufflers += [
        NamedShuffle(f"copy {i}", csa.Shuffle(shared, users=users + i), fresh=False) for i in range(copies)
    ]
    deployment = Deployment(
        shufflers,
        budget=Budget(epsilon=epsilon, delta=delta),
        title=title,
        inputs=inputs,
        atom_at_least=users // 2 if copies else 1,
    )
    assert Deployment.from_toml(deployment.to_toml()) == deployment


def test_kinds_are_covered_or_not() -> None:
    assert not KINDS.keys() & KNOWN_NOT_COVERED.keys()
    for name, kind in KINDS.items():
        assert kind.needed or kind.either, name
