"""What a status says: proved bounds never fall below what is lost; refuted and approximate ones do."""

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import accounting as csa
from accounting.literature import PUBLISHED, PublishedBound, Status
from accounting.numerics.enclosure import Enclosure
from tests.small_channels import all_canonical

ROOT = Path(__file__).resolve().parents[3]
F = Fraction
SOUND = [bound for bound in PUBLISHED.values() if bound.status in (Status.PROVED, Status.ERRATUM)]
# the errata say that the theorem's proof is wrong for some randomizers; no data set is known to exceed its numbers
FALLEN = [bound for bound in PUBLISHED.values() if bound.status is Status.REFUTED]


def claimed_delta(bound: str, randomizer: csa.Randomizer, users: int, alpha: Fraction) -> Enclosure | None:
    try:
        return PUBLISHED[bound].claimed_delta(randomizer, users=users, alpha=alpha)
    except csa.NotCoveredError:
        return None


def claimed_epsilon(bound: str, randomizer: csa.Randomizer, users: int, delta: str) -> Enclosure | None:
    try:
        return PUBLISHED[bound].claimed_epsilon(randomizer, users=users, delta=F(delta))
    except csa.NotCoveredError:
        return None


def exact_delta(randomizer: csa.Randomizer, users: int, alpha: Fraction) -> Fraction:
    found = csa.exact_delta(csa.Shuffle(randomizer, users=users), alpha=alpha).delta
    assert isinstance(found, Fraction)
    return found


def unsound(randomizer: csa.Randomizer, users: int, alpha: Fraction) -> tuple[set[str], set[str]]:
    """Return the sound bounds that were asked with an answer, and those that claim less than the exact delta."""
    exact = exact_delta(randomizer, users, alpha)
    asked = {bound.id: claimed_delta(bound.id, randomizer, users, alpha) for bound in SOUND}
    answered = {name: claim for name, claim in asked.items() if claim is not None}
    return set(answered), {name for name, claim in answered.items() if claim.upper < exact}


@pytest.mark.parametrize("users", [2, 3, 4])
@pytest.mark.parametrize("alpha", [F(1), F(5, 4), F(2)])
def test_proved_bounds_hold_for_small_kary_response(users: int, alpha: Fraction) -> None:
    answered: set[str] = set()
    for values, keep in ((2, F(3, 4)), (3, F(3, 5)), (4, F(1, 2)), (3, F(9, 10))):
        asked, failed = unsound(csa.KaryRandomizedResponse(values, keep=keep), users, alpha)
        assert not failed
        answered |= asked
    assert {"clones", "stronger-clones", "blanket-numerical"} <= answered
    assert alpha == 1 or {"blanket-hoeffding", "blanket-bennett"} <= answered


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [F(1), F(3, 2), F(5, 2)])
def test_proved_bounds_hold_for_all_small_channels(alpha: Fraction) -> None:
    checked = 0
    for channel in all_canonical(3, 3, 3):
        if any(0 in row for row in channel):
            continue  # not epsilon0-LDP
        asked, failed = unsound(csa.FiniteRandomizer(channel), 3, alpha)
        assert not failed, channel
        checked += len(asked)
    assert checked > 50


@pytest.mark.parametrize(
    ("randomizer", "users"),
    [
        (csa.BinaryRandomizedResponse("0.4"), 10**5),
        (csa.BinaryRandomizedResponse("0.4"), 10**7),
        (csa.BinaryRandomizedResponse(keep="3/4"), 10**9),
        (csa.KaryRandomizedResponse(4, keep="13/16"), 1000),
        (csa.KaryRandomizedResponse(10, "2"), 10**6),
        (csa.KaryRandomizedResponse(3, "0.3"), 10**9),
        (csa.PureLocal("0.2"), 10**5),
        (csa.PureLocal("4"), 10**7),
        (csa.BinomialCount(1, 1, "3/4"), 10**4),
        (csa.BinomialCount(2, 5, "1/10"), 10**4),
    ],
    ids=lambda value: value.describe() if isinstance(value, csa.Randomizer) else str(value),
)
def test_proved_bounds_hold_at_working_sizes(randomizer: csa.Randomizer, users: int) -> None:
    """The lower end is that of explicit data sets, so a proved bound is not certainly below it."""
    answered = 0
    for delta in ("1/200", "1e-6", "1e-12"):
        lost = F(csa.Shuffle(randomizer, users=users).epsilon(delta=delta).lower)
        for bound in SOUND:
            claim = claimed_epsilon(bound.id, randomizer, users, delta)
            assert claim is None or claim.upper >= lost, bound.id
            answered += claim is not None
    assert answered >= 2


def test_every_sound_bound_was_asked_at_working_sizes() -> None:
    asked = {
        "cheu-binary": (csa.BinaryRandomizedResponse("0.4"), 10**4),
        "erlingsson": (csa.BinaryRandomizedResponse("0.4"), 10**4),
        "blanket-kary": (csa.KaryRandomizedResponse(10, "2"), 10**6),
        "balcer-cheu": (csa.BinomialCount(1, 1, "3/4"), 10**4),
        "binomial-smooth": (csa.BinomialCount(2, 5, "1/10"), 10**4),
    }
    for bound in SOUND:
        randomizer, users = asked.get(bound.id, (csa.KaryRandomizedResponse(10, "2"), 10**6))
        assert claimed_epsilon(bound.id, randomizer, users, "1e-6") is not None, bound.id


@pytest.mark.parametrize("bound", FALLEN, ids=lambda bound: bound.id)
@pytest.mark.parametrize(("values", "users"), [(3, 3), (4, 4)])
def test_refuted_bounds_are_below_the_exact_delta(bound: PublishedBound, values: int, users: int) -> None:
    """The two smallest known cases, e^epsilon0 = 3 and alpha = 2; the margin is several times the width."""
    randomizer = csa.KaryRandomizedResponse(values, keep=F(3, 2 + values))
    exact = exact_delta(randomizer, users, F(2))
    claim = claimed_delta(bound.id, randomizer, users, F(2))
    assert claim is not None
    assert claim.upper < exact
    assert exact == {3: F(2, 25), 4: F(13, 432)}[values]


@pytest.mark.parametrize("bound", FALLEN, ids=lambda bound: bound.id)
def test_refuted_bounds_stand_at_two_values(bound: PublishedBound) -> None:
    coin = csa.BinaryRandomizedResponse(keep="3/4")
    for users in (2, 3, 5, 8):
        exact = exact_delta(coin, users, F(3, 2))
        claim = claimed_delta(bound.id, coin, users, F(3, 2))
        assert claim is not None
        assert claim.upper >= exact


@pytest.mark.parametrize(
    "bound", ["gaussian-limit", "gaussian-tangent", "variation-ratio", "stronger-clones-kary"]
)
def test_they_fall_at_a_working_size_too(bound: str) -> None:
    randomizer = csa.KaryRandomizedResponse(4, keep="13/16")
    lost = F(csa.Shuffle(randomizer, users=1000).epsilon(delta="1e-4").lower)
    claim = claimed_epsilon(bound, randomizer, 1000, "1e-4")
    assert claim is not None
    assert claim.upper < lost


def test_the_refuted_pair_is_worst_where_reports_tell_much() -> None:
    randomizer = csa.KaryRandomizedResponse(100, "12")
    claim = claimed_epsilon("variation-ratio", randomizer, 10**4, "1e-6")
    assert claim is not None
    assert claim.upper < F("11.06")
    assert csa.Shuffle(randomizer, users=10**4).epsilon(delta="1e-6").lower > 11.99


def test_the_stronger_clones_are_the_promise_for_epsilon0() -> None:
    """Where only epsilon0 is known, local-blanket gives the very pair of the stronger clones."""
    for users, alpha in ((3, F(3, 2)), (1000, F(11, 10))):
        ours = csa.Shuffle(csa.PureLocal("1"), users=users).delta(alpha=alpha)
        claim = claimed_delta("stronger-clones", csa.PureLocal("1"), users, alpha)
        assert claim is not None
        assert claim.lower <= F(ours.upper)
        assert F(ours.upper) <= claim.upper * (1 + F(1, 10**5))


def test_registry() -> None:
    assert len(PUBLISHED) == len(list(PUBLISHED)) >= 18
    for name, bound in PUBLISHED.items():
        assert name == bound.id
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert bound.title
        assert bound.source.checked
        assert re.fullmatch(r"\d{4}\.\d{5}(v\d+)?", bound.source.arxiv)
        assert bound.remark or bound.status is Status.PROVED
        assert bound.exceeded if bound.status is Status.REFUTED else not (bound.exceeded and bound in SOUND)
        assert str(bound.source).startswith(bound.source.authors)
    years = [bound.source.year for bound in PUBLISHED.values()]
    assert years == sorted(years)
    with pytest.raises(KeyError):
        PUBLISHED["nope"]


def test_bounds_are_made_when_one_is_asked_for() -> None:
    program = "import sys, accounting.literature as l; n = 'accounting.literature.pairs'; print(n in sys.modules, len(l.PUBLISHED) > 0, n in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.stdout.split() == ["False", "True", "True"], done.stderr
