"""One randomizer as options: every parameter of every kind, wherever a kind is an option."""

from collections.abc import Callable
from dataclasses import fields

import pytest

from accounting.cli import command_line, main
from accounting.commands.options import FixedOptions, RandomizerOptions, option_of, randomizer_of
from accounting.model.kinds import KINDS, written_randomizer
from accounting.randomizers import HadamardResponse, SubsetSelection, SymmetricUnary, UnaryEncoding

PARAMETERS = {name for kind in KINDS.values() for name in (*kind.needed, *kind.either)}
SAYS_EPSILON0 = {"epsilon0", *(name for kind in KINDS.values() for name in kind.either)}
WHOLE = ("solve users", "plot users", "plot shufflers")
BUDGET = ("--epsilon", "0.5", "--delta", "1e-6")


def names_of(command: str) -> set[str]:
    app = command_line()
    for word in command.split():
        app = app[word]
    return {name for argument in app.assemble_argument_collection() for name in argument.names}


def test_options_are_the_parameters_of_the_kinds() -> None:
    """A new parameter needs one line, and an option that no kind has goes."""
    assert {field.name for field in fields(RandomizerOptions)} == PARAMETERS | {"kind"}
    assert {field.name for field in fields(FixedOptions)} == (PARAMETERS - SAYS_EPSILON0) | {"kind"}


@pytest.mark.parametrize("command", WHOLE)
def test_every_command_offers_all(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    options = {option_of(name) for name in PARAMETERS}
    assert options | {"--kind"} <= names_of(command)
    assert main([*command.split(), "--help"]) == 0
    shown = capfd.readouterr().out
    assert all(f" {option} " in shown for option in options)


def test_solving_for_epsilon0_offers_the_others() -> None:
    found = names_of("solve epsilon0")
    assert {option_of(name) for name in PARAMETERS - SAYS_EPSILON0} <= found
    assert not {"--epsilon0", "--keep", "--decay"} & found


@pytest.mark.parametrize(
    "randomizer",
    [
        SubsetSelection(16, 4, "2"),
        HadamardResponse(values=9, blocks=2, keep="3/4"),
        SymmetricUnary(4, "1/2", release="vectors"),
        UnaryEncoding(4, "3/4", "1/20"),
    ],
    ids=lambda randomizer: str(randomizer.kind),
)
def test_options_build_what_files_build(randomizer: SubsetSelection) -> None:
    written = {name: str(value) for name, value in written_randomizer(randomizer).items()}
    options = RandomizerOptions(**written)
    assert options.kind == randomizer.kind
    assert randomizer_of(randomizer.kind, options.given()) == randomizer


def test_a_matrix_is_written_in_rows() -> None:
    found = randomizer_of("finite", {"matrix": "3/4, 1/4; 1/8,7/8"})
    assert written_randomizer(found)["matrix"] == KINDS["finite"].written(found)["matrix"]
    assert [[str(mass) for mass in row] for row in found.channel() or ()] == [["3/4", "1/4"], ["1/8", "7/8"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("budget", [("solve", "users"), ("plot", "users"), ("plot", "shufflers")])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("binary-randomized-response", "--epsilon0", "1", "--values", "3"), "--values is no option of binary-randomized-response; got 3. It takes --epsilon0, --keep"),
        (("subset-selection", "--epsilon0", "1", "--values", "3"), "--subset-size must be given"),
        (("subset-selection", "--epsilon0", "1", "--values", "3", "--subset-size", "3"), "--subset-size must be below the number of values"),
        (("unary-encoding", "--values", "3", "--true-one", "1/2", "--false-one", "3/4"), "--true-one must lie strictly between"),
        (("finite", "--matrix", "3/4,1/4;1/2"), "--matrix[1] must have 2 entries"),
        (("truncated-geometric", "--levels", "3", "--epsilon0", "1", "--decay", "1/2"), "epsilon0 and decay"),
        (("gaussian-noise", "--sigma", "0"), "--sigma must be from 1/5 to 1000"),
    ],
)  # fmt: skip
def test_bad_options(
    capfd: pytest.CaptureFixture[str],
    budget: tuple[str, ...],
    options: tuple[str, ...],
    said: str,
) -> None:
    more: Callable[[str], tuple[str, ...]] = {
        "solve": lambda _: BUDGET,
        "plot": lambda which: (
            ("--json", "--delta", "1e-6", *(("--users", "10") if which == "shufflers" else ()))
        ),
    }[budget[0]]
    code = main([*budget, "--kind", *options, *more(budget[1])])
    out, err = capfd.readouterr()
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
