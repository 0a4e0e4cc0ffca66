"""Options that describe one randomizer, where no deployment file does: one home for all commands that take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ..errors import NotCoveredError, ParameterError

if TYPE_CHECKING:
    from ..randomizers import Randomizer

__all__ = [
    "NOTHING_FIXED",
    "NO_RANDOMIZER",
    "FixedOptions",
    "RandomizerOptions",
    "given_of",
    "option_of",
    "randomizer_of",
    "refuse_with_file",
]

_OTHER_NAMES = {"size": "--subset-size"}  # where a command has an option of the parameter's own name


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class FixedOptions:
    """The kind of randomizer, and all its parameters but those that say epsilon0.

    A parameter of a new kind is one line here, and is then an option of every command that takes a kind.

    Attributes:
        kind: the kind of randomizer, as in deployment files.
        values: number of values that a user may hold.
        levels: steps of a value, or of a unit of a coordinate.
        size: number of values in a reported subset.
        blocks: number of blocks of Hadamard response.
        buckets: number of buckets of local hashing.
        hashes: number of hash functions of a count-mean sketch, or of RAPPOR in each cohort.
        width: number of buckets of a count-mean sketch.
        bloom_bits: bits of RAPPOR's Bloom filter.
        cohorts: number of cohorts of RAPPOR.
        shares: of the groups of a mixed population, with commas between.
        mean: of the Poisson noise of one user, in ones.
        shape: of the negative binomial noise of one user; those of all users add up.
        ratio: of the negative binomial noise, a ratio of neighbouring probabilities.
        release: what of unary encoding is released, sums or vectors.
        bits: noise bits of one user, for each coordinate if there are several.
        p: probability of a one: of each noise bit of a count; of RAPPOR, for a permanent zero.
        q: probability that RAPPOR sends a permanent one as a one.
        f: share of the permanent bits of RAPPOR that are noise, a probability.
        true_one: probability that unary encoding sends a one as a one.
        false_one: probability that unary encoding sends a zero as a one.
        sigma: standard deviation of Gaussian noise, in lengths of the interval of values.
        dimension: coordinates of one user's vector.
        sensitivity: largest Euclidean distance between two users' vectors.
        matrix: probabilities of a finite randomizer's messages, a row for each value, like "3/4,1/4;1/4,3/4".
    """

    kind: str | None = None
    values: str | None = None
    levels: str | None = None
    size: Annotated[str | None, Parameter(name=_OTHER_NAMES["size"])] = None
    blocks: str | None = None
    buckets: str | None = None
    hashes: str | None = None
    width: str | None = None
    bloom_bits: str | None = None
    cohorts: str | None = None
    shares: str | None = None
    mean: str | None = None
    shape: str | None = None
    ratio: str | None = None
    release: str | None = None
    bits: str | None = None
    p: str | None = None
    q: str | None = None
    f: str | None = None
    true_one: str | None = None
    false_one: str | None = None
    sigma: str | None = None
    dimension: str | None = None
    sensitivity: str | None = None
    matrix: str | None = None

    def given(self) -> dict[str, str]:
        """Return the parameters that were given, the kind apart."""
        options = given_of(**{field.name: getattr(self, field.name) for field in fields(self)})
        return {name: value for name, value in options.items() if name != "kind"}


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class RandomizerOptions(FixedOptions):
    """The kind of randomizer and all its parameters.

    Attributes:
        epsilon0: the local epsilon, in nats; of a mixed population, one for each group, with commas between.
        keep: instead of epsilon0, the probability of the truth.
        decay: instead of epsilon0, how geometric noise falls with each step, a ratio of probabilities.
    """

    epsilon0: str | None = None
    keep: str | None = None
    decay: str | None = None


NOTHING_FIXED, NO_RANDOMIZER = FixedOptions(), RandomizerOptions()


def given_of(**options: str | None) -> dict[str, str]:
    """Return the options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def refuse_with_file(options: FixedOptions, **others: str | None) -> None:
    """Refuse options that a deployment file answers for.

    Raises:
        ParameterError: one is given.
    """
    for name, value in given_of(kind=options.kind, **others, **options.given()).items():
        raise ParameterError(option_of(name), "must not be given with a file", value, "The file says it")


def option_of(name: str) -> str:
    """Return the option for a key of a randomizer's table."""
    key = name.removeprefix("randomizer").lstrip(".") or "kind"
    return _OTHER_NAMES.get(key, f"--{key.replace('_', '-')}")


def randomizer_of(kind: str, given: Mapping[str, str]) -> Randomizer:
    """Build a randomizer from its kind and its parameters as they were written.

    Raises:
        ParameterError: an option breaks its rule, is missing, or is none of this kind; the error names it.
        NotCoveredError: the kind is known but no claim covers it.
    """
    from ..model.kinds import KINDS, read_randomizer

    if kind in KINDS:
        taken = (*KINDS[kind].needed, *KINDS[kind].either, *KINDS[kind].optional)
        for name, value in given.items():
            if name not in taken:
                remedy = f"It takes {', '.join(map(option_of, taken))}"
                raise ParameterError(option_of(name), f"is no option of {kind}", value, remedy)
    try:
        return read_randomizer(
            "randomizer", {"kind": kind, **_read(given, KINDS[kind].lists if kind in KINDS else ())}
        )
    except ParameterError as error:
        remedy = "" if error.remedy.startswith("Add ") else error.remedy  # it tells where in a file
        raise ParameterError(option_of(error.name), error.rule, error.value, remedy) from None
    except NotCoveredError as error:
        raise NotCoveredError(str(error).replace("randomizer.kind", "--kind")) from None


def _read(given: Mapping[str, str], lists: Sequence[str]) -> dict[str, object]:
    """Return the parameters as a file has them: only lists are written in another way."""
    return {name: _value(value, name == "matrix", name in lists) for name, value in given.items()}


def _value(value: str, is_matrix: bool, is_list: bool) -> object:  # noqa: FBT001
    if is_matrix:
        return [row.split(",") for row in value.split(";")]
    return value.split(",") if is_list else value
