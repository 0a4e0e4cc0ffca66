"""Bad input ends with exit code 2 and one line that names the file, the key and the remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from accounting.cli import main

BUDGET = "[budget]\nepsilon = 1\ndelta = 1e-6\n"
RANDOMIZER = 'kind = "binary-randomized-response"\nepsilon0 = 1\n'
SHUFFLER = f'[[shuffler]]\nname = "one"\nusers = 1000\n[shuffler.randomizer]\n{RANDOMIZER}'
DEPLOYMENT = f'relation = "replace-one"\n{BUDGET}{SHUFFLER}'

Complain = Callable[..., str]


@pytest.fixture
def complaint(capfd: pytest.CaptureFixture[str]) -> Complain:
    """Run the command line, which must refuse with one line, and return that line."""

    def run(*argv: str, code: int = 2) -> str:
        assert main(list(argv)) == code
        out, err = capfd.readouterr()
        assert out == ""
        assert "Traceback" not in err
        assert err.endswith("\n")
        assert err.count("\n") == 1
        return err

    return run


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        path = tmp_path / "deployment.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("flags", [[], ["--json"]])
@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("epsilon0 = 1\n", "epsilon0 = nan", "shuffler[0].randomizer.epsilon0", "got nan"),
        ("epsilon0 = 1\n", "epsilon0 = inf", "shuffler[0].randomizer.epsilon0", "got inf"),
        ("epsilon0 = 1\n", "epsilon0 = -1", "shuffler[0].randomizer.epsilon0", "must be positive; got -1."),
        ("epsilon0 = 1\n", "epsilon0 = 0", "shuffler[0].randomizer.epsilon0", "must be positive; got 0."),
        ("epsilon0 = 1\n", "epsilon0 = 2000", "shuffler[0].randomizer.epsilon0", "must be at most"),
        ("epsilon0 = 1\n", "epsilon0 = true", "shuffler[0].randomizer.epsilon0", "must be a number"),
        ("epsilon0 = 1\n", 'keep = "1/2"', "shuffler[0].randomizer.keep", "strictly between 1/2 and 1"),
        ("epsilon0 = 1\n", "keep = 0.5", "shuffler[0].randomizer.keep", "got 0.5"),
        ("epsilon0 = 1\n", "keep = 0", "shuffler[0].randomizer.keep", "got 0"),
        ("epsilon0 = 1\n", "keep = 1", "shuffler[0].randomizer.keep", "got 1"),
        ("epsilon0 = 1\n", "epsilon = 1", "shuffler[0].randomizer.epsilon", "Did you mean epsilon0?"),
        ("delta = 1e-6", "delta = 1", "budget.delta", "must be at least 0 and below 1"),
        ("delta = 1e-6", "delta = 1.5", "budget.delta", "must be at least 0 and below 1"),
        ("delta = 1e-6", "delta = inf", "budget.delta", "must be a finite number"),
        ("epsilon = 1\n", "epsilon = nan\n", "budget.epsilon", "must be a finite number"),
        ("users = 1000", "users = 2.5", "shuffler[0].users", "must be a whole number"),
        ("users = 1000", "users = 1", "shuffler[0].users", "must be at least 2"),
        ("users = 1000", 'users = "ten"', "shuffler[0].users", "must be a whole number"),
        ("users = 1000", "users = 1" + "0" * 400, "shuffler[0].users", "must be at most"),
        ('"replace-one"', '"add-remove"', "relation", "every later batch boundary shifts"),
        ("users = 1000", "users = 1000\nfresh = 0", "shuffler[0].fresh", "must be true or false"),
        ("users = 1000", "", "shuffler[0].users", "or present_at_least must be given"),
        ("users = 1000", "users = 1000\npresent_at_least = 1000", "shuffler[0].users", "got both"),
        (
            "users = 1000",
            "users = 1000\ndishonest_at_most = 3",
            "shuffler[0].dishonest_at_most",
            "honest users only",
        ),
        ("users = 1000", "present_at_least = 1", "shuffler[0].present_at_least", "must be at least 2"),
        ("users = 1000", "present_at_least = 2.5", "shuffler[0].present_at_least", "must be a whole number"),
        (
            "users = 1000",
            "present_at_least = 1000\ndishonest_at_most = 999",
            "shuffler[0].dishonest_at_most",
            "must leave at least 2 of the 1000 users",
        ),
        (
            "users = 1000",
            "present_at_least = 1000\ndishonest_at_most = -1",
            "shuffler[0].dishonest_at_most",
            "must be at least 0",
        ),
        (
            "users = 1000",
            'present_at_least = 1000\ndishonest_at_most = "few"',
            "shuffler[0].dishonest_at_most",
            "must be a whole number",
        ),
        ('"replace-one"\n', '"replace-one"\natom_at_least = 5\n', "atom_at_least", "fresh = false"),
        ('"replace-one"\n', '"replace-one"\natom_at_least = 0\n', "atom_at_least", "must be at least 1"),
        (
            '"replace-one"\n',
            '"replace-one"\natom_at_least = true\n',
            "atom_at_least",
            "must be a whole number",
        ),
        ("binary-randomized-response", "symmetric-unary", "shuffler[0].randomizer.values", "must be given"),
        (
            '"binary-randomized-response"',
            '"symmetric-unary"\nvalues = 4\nrelease = "both"',
            "shuffler[0].randomizer.release",
            'must be "sums" or "vectors"',
        ),
        (
            '"binary-randomized-response"',
            '"symmetric-unary"\nvalues = 4\nrelease = 1',
            "shuffler[0].randomizer.release",
            "must be a string",
        ),
    ],
)
def test_values(
    complaint: Complain,
    written: Callable[[str], str],
    flags: list[str],
    old: str,
    new: str,
    key: str,
    said: str,
) -> None:
    assert DEPLOYMENT.count(old) == 1
    path = written(DEPLOYMENT.replace(old, new))
    line = complaint("check", path, *flags)
    assert line.startswith(f"{path}: {key} ")
    assert said in line


@pytest.mark.parametrize(
    ("matrix", "key", "said"),
    [
        ("[[0.5, 0.4999999], [0.5, 0.5]]", "matrix[0]", "must sum to 1 exactly"),
        ("[[0.5, 0.5], [0.5, 0.50000000000000001]]", "matrix[1]", "must sum to 1 exactly"),
        ("[[0, 1], [0, 1]]", "matrix column 0", "Remove the column"),
        ("[[0.5, 0.5], [1]]", "matrix[1]", "must have 2 entries"),
        ("[[0.5, 0.5]]", "matrix", "must have at least two rows"),
        ("[[1.5, -0.5], [0.5, 0.5]]", "matrix[0][0]", "must be a probability"),
        ("[[true, false], [0.5, 0.5]]", "matrix[0][0]", "must be a number"),
        ('[["a", "b"], [0.5, 0.5]]', "matrix[0][0]", "must be a number"),
        ("[0.5, 0.5]", "matrix[0]", "must be a row"),
        ("[]", "matrix", "must have at least two rows"),
        ("[[], []]", "matrix[0]", "entries"),
        ("0.5", "matrix", "must be a list of rows"),
    ],
)
def test_matrices(
    complaint: Complain, written: Callable[[str], str], matrix: str, key: str, said: str
) -> None:
    path = written(DEPLOYMENT.replace(RANDOMIZER, f'kind = "finite"\nmatrix = {matrix}\n'))
    line = complaint("check", path)
    assert line.startswith(f"{path}: shuffler[0].randomizer.{key} ")
    assert said in line


@pytest.mark.parametrize("text", ["", "[budget", "\N{SNOWMAN}", "x = 1", "[[shuffler]]\n" * 3])
def test_files_that_are_no_deployment(complaint: Complain, written: Callable[[str], str], text: str) -> None:
    path = written(text)
    assert complaint("check", path).startswith(f"{path}: ")


def test_missing_file(complaint: Complain, tmp_path: Path) -> None:
    path = str(tmp_path / "nothing.toml")
    assert complaint("check", path).startswith(f"{path} must be a file that can be read")


def test_directory(complaint: Complain, tmp_path: Path) -> None:
    assert "is a directory" in complaint("check", str(tmp_path))


def test_a_name_of_several_lines_stays_one_line(complaint: Complain, tmp_path: Path) -> None:
    complaint("check", str(tmp_path / "two\nlines\x1b[31m.toml"))


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["check"],
        ["chekc", "x.toml"],
        ["check", "--jsn", "x.toml"],
        ["check", "a.toml", "b.toml"],
        ["--bogus"],
        ["check", "x.toml", "--json=maybe"],
        ["check", ""],
    ],
)
def test_usage(complaint: Complain, argv: list[str]) -> None:
    complaint(*argv)


def test_one_report_has_one_randomizer(complaint: Complain, written: Callable[[str], str]) -> None:
    one = SHUFFLER.replace("users = 1000", "users = 1000\nfresh = false")
    other = one.replace("one", "two").replace("epsilon0 = 1", "epsilon0 = 2")
    line = complaint("check", written(BUDGET + one + other))
    assert "shuffler[1].randomizer must be that of shuffler[0]" in line
    assert "fresh randomness" in line


def test_an_atom_fits_into_its_batches(complaint: Complain, written: Callable[[str], str]) -> None:
    one = SHUFFLER.replace("users = 1000", "present_at_least = 1000\ndishonest_at_most = 10\nfresh = false")
    line = complaint("check", written("atom_at_least = 991\n" + BUDGET + one))
    assert "atom_at_least must be at most 990; got 991" in line


def test_too_many_different_shufflers(complaint: Complain, written: Callable[[str], str]) -> None:
    blocks = (SHUFFLER.replace("one", f"n{i}").replace("1000", str(1000 + i)) for i in range(10_000))
    assert "different" in complaint("check", written(BUDGET + "".join(blocks)))
