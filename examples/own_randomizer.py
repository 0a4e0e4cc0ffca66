"""A randomizer of one's own, as a matrix and as a class, and the kit that checks it."""

from dataclasses import dataclass
from fractions import Fraction

import accounting as csa
from accounting.numerics.ball import arb, ball
from accounting.numerics.factor import Factor
from accounting.randomizers.base import Channel, FiniteKernel, InputPair, Letter


@dataclass(frozen=True)
class SkippingResponse(FiniteKernel):
    """Send "no answer" with probability skip; else the true value, ``odds`` times as likely as each other one."""

    values: int
    odds: Fraction
    skip: Fraction

    @property
    def kind(self) -> str:
        return "skipping-response"

    def local_factor(self) -> Factor:
        return Factor.of(self.odds)

    @property
    def inputs(self) -> int:
        return self.values

    def neighbours(self) -> tuple[InputPair, ...]:
        """One pair: renaming the values maps every ordered pair on it."""
        return ((0, 1),)

    def companions(self, pair: InputPair) -> tuple[int, ...]:
        return (2, *pair) if self.values > 2 else pair

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        lie = (1 - self.skip) / (self.odds + self.values - 1)
        alike = (self.values - 2) * lie + self.skip  # "no answer" tells as little as a third value
        return (
            letter(self.odds * lie, lie, lie),
            letter(lie, self.odds * lie, lie),
            letter(alike, alike, alike),
            letter(0, 0, (self.odds - 1) * lie),  # what is left of the reference: the target never sends it
        )

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        rows = [self.channel()[x] for x in (*pair, companion)]
        places = dict.fromkeys((*pair, companion))  # all other messages are alike
        alike = 1 - sum(rows[0][y] for y in places)
        return (*(letter(*(row[y] for row in rows)) for y in places), letter(alike, alike, alike))

    def channel(self) -> Channel:
        lie = (1 - self.skip) / (self.odds + self.values - 1)
        told = [[self.odds * lie if x == y else lie for y in range(self.values)] for x in range(self.values)]
        return tuple((*row, self.skip) for row in told)

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        return tuple(tuple(ball(entry) for entry in row) for row in self.channel())


def letter(*masses: Fraction | int) -> Letter:
    """Enclose the three masses of one class of messages."""
    return Letter(*(ball(Fraction(mass)) for mass in masses))


def main() -> csa.Bounds:
    """Check the class on small instances, and then use it, or the same matrix without any class."""
    for values in (2, 3, 4):
        csa.testing.check_randomizer(SkippingResponse(values, Fraction(3), Fraction(1, 5)), users=(2, 3))
    mine = SkippingResponse(values=50, odds=Fraction(20), skip=Fraction(1, 5))
    answer = csa.Shuffle(mine, users=10_000).epsilon(delta="1e-6")
    print(f"50 values, a fifth skips: epsilon {answer} at delta = 1e-6")
    matrix = csa.FiniteRandomizer(SkippingResponse(3, Fraction(20), Fraction(1, 5)).channel())
    print(f"3 values, from the matrix: epsilon {csa.Shuffle(matrix, users=10_000).epsilon(delta='1e-6')}")
    return answer


if __name__ == "__main__":
    main()
