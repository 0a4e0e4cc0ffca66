"""Count-mean sketch: hash the value by one of many public functions, and flip the bits of the one-hot vector."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from ..numerics.ball import arb
from ..numerics.exact import ExactLike, positive_epsilon, whole
from ..numerics.factor import Factor
from .base import Channel, Letter
from .kary import read_factor
from .public_functions import Codes, PublicFunctions
from .unary import SymmetricUnary

__all__ = ["CountMeanSketch"]

MOST_FUNCTIONS = 1 << 32


@dataclass(frozen=True, slots=True, init=False)
class CountMeanSketch(PublicFunctions):
    """Draw one of the public hash functions, hash the value, and flip each bit of the one-hot vector of the bucket.

    The message is the function's index with ``width`` bits, each of them flipped with probability
    ``1 / (e^(epsilon0/2) + 1)``. What is released are the shuffled messages. The upper end holds for every public family of hash functions
    and every set of values (public-functions): values with different buckets under all functions lose most. The lower end
    holds wherever there are three values (two, if ``width`` is 2 or ``hashes`` at most three times ``hashes // width``) of which any
    two share a bucket under at most ``hashes // width`` of the functions. In a universal family all values are of this kind.

    Attributes:
        hashes: the number of public hash functions, at least 1.
        width: the number of buckets, and of bits; at least 2.
        root: ``e^(epsilon0/2)``, the largest likelihood ratio of one bit; above 1.

    Source: Differential Privacy Team, Apple, "Learning with privacy at scale", 2017. Privacy in a shuffle is not taken from there.
    """

    hashes: int
    width: int
    root: Factor
    bits: SymmetricUnary = field(repr=False, compare=False)

    def __init__(
        self,
        hashes: ExactLike,
        width: ExactLike,
        epsilon0: ExactLike | None = None,
        *,
        keep: ExactLike | None = None,
    ) -> None:
        """Describe the randomizer by the epsilon of a whole message, or by the probability that a bit is kept.

        Args:
            hashes: the number of public hash functions, from 1 to 2^32.
            width: the number of buckets, and of bits; at least 2.
            epsilon0: of a whole message, in nats; positive, at most 300.
            keep: P(a bit is sent as it is); above 1/2 and below 1. Give one of the two.

        Raises:
            ParameterError: a value breaks its rule.
        """
        object.__setattr__(self, "hashes", whole("hashes", hashes, least=1, most=MOST_FUNCTIONS))
        buckets = whole("width", width, least=2, remedy="One bucket tells nothing")
        object.__setattr__(self, "width", buckets)
        if epsilon0 is not None and keep is None:
            root = Factor.exp(positive_epsilon("epsilon0", epsilon0) / 2)
        else:
            root = read_factor(2, epsilon0, keep)
        object.__setattr__(self, "root", root)
        object.__setattr__(self, "bits", SymmetricUnary.with_factor(buckets, root))

    @property
    def kind(self) -> str:
        return "count-mean-sketch"

    @property
    def assumes(self) -> tuple[str, ...]:
        count = "three" if self.witnesses[0] == 2 else "two"
        return (
            "Count-mean sketch: each report draws its hash function uniformly, independently of the value. For the lower end, there are"
            f" {count} values of which no two share a bucket under more than {self.shared} of the {self.hashes} functions.",
        )

    def local_factor(self) -> Factor:
        """``e^epsilon0``: two vectors of different buckets differ in two bits."""
        return self.bits.local_factor()

    def describe(self) -> str:
        if self.root.rational is not None:
            noise = f"e^(epsilon0/2) = {self.root.rational}"
        else:
            noise = f"epsilon0 = {float(2 * (self.root.exponent or 0)):g}"
        functions = "1 hash function" if self.hashes == 1 else f"{self.hashes} hash functions"
        return f"count-mean sketch of {functions} into {self.width} buckets, {noise}"

    @property
    def choices(self) -> int:
        return self.hashes

    @property
    def codes(self) -> int:
        return self.width

    @property
    def encodings(self) -> int:
        return int(2 ** min(self.width, 64))

    @property
    def shared(self) -> int:
        """The number of functions that may give two values of the witness the same bucket: at most one in ``width``."""
        return self.hashes // self.width

    @property
    def witness_words(self) -> str:
        return f"any two of the values share a bucket under at most {self.shared} functions"

    def bound_letters(self) -> tuple[Letter, ...]:
        return self.bits.blanket_letters((0, 1))

    @property
    def witnesses(self) -> tuple[int, ...]:
        """What all others hold in the witnesses: a value of the pair, 0 or 1; or a third value, 2, where enough functions tell all three apart."""
        return (2, 0, 1) if self.width > 2 and self.hashes > 3 * self.shared else (0, 1)

    def witness_letters(self, companion: int) -> tuple[Letter, ...]:
        """Return the letters of a witness, after messages of functions that may confuse its values are made to tell nothing.

        Args:
            companion: what all others hold, one of ``witnesses``. Two values that they and the target hold share
                a bucket under at most ``shared`` functions, three under at most three times as many.
        """
        confused = self.shared * (3 if companion == 2 else 1)
        apart, blank = (arb(part) / self.hashes for part in (self.hashes - confused, confused))
        letters = [
            Letter(apart * a.first, apart * a.second, apart * a.reference)
            for a in self.code_letters((0, 1, companion))
        ]
        return (*letters, Letter(blank, blank, blank)) if confused else tuple(letters)

    def shape(self, codes: Codes) -> Hashable:
        """Which of the buckets are the same."""
        return tuple(codes.index(code) for code in codes)

    def code_blanket(self, codes: Codes) -> tuple[Letter, ...]:
        """Those of the one-hot vector, but the last, which nobody sends; for one bucket, classed by its bit."""
        if codes[0] != codes[1]:
            return self.bits.blanket_letters((0, 1))[:-1]
        truth, lie = self.bits.ball_bit()
        ones = truth * lie ** (
            self.width - 1
        )  # the vector of ones, which every bucket sends with this chance
        some = truth - ones  # the bucket's bit is a one, and there is a zero, whose bucket sends it least
        return Letter(some, some, some / self.root.ball() ** 2), Letter(lie + ones, lie + ones, lie + ones)

    def code_letters(self, codes: Codes) -> tuple[Letter, ...]:
        first, second, third = (tuple(dict.fromkeys(codes)).index(code) for code in codes)
        return self.bits.companion_letters((first, second), third)

    def code_channel(self) -> Channel | None:
        return self.bits.channel()

    def code_balls(self) -> tuple[tuple[arb, ...], ...]:
        return self.bits.ball_channel()
