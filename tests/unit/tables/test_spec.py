"""Specifications: what they mean, and what they refuse."""

import json
from pathlib import Path

import pytest

from accounting.errors import NotCoveredError, ParameterError
from accounting.literature import PUBLISHED
from accounting.tables import TableSpec

ROOT = Path(__file__).resolve().parents[3]
SMALL: dict[str, object] = {
    "cell": "epsilon",
    "kind": "kary-randomized-response",
    "values": [3, 4],
    "epsilon0": "1/3",
    "users": [100, "1e3"],
    "delta": 0.1,
}


def test_numbers_are_read_exactly_and_the_last_axis_varies_fastest() -> None:
    spec = TableSpec.read(SMALL)
    assert spec.names == ("kind", "values", "epsilon0", "users", "delta")
    kind = "kary-randomized-response"
    assert list(spec.cells()) == [
        (kind, "3", "1/3", "100", "0.1"),
        (kind, "3", "1/3", "1000", "0.1"),
        (kind, "4", "1/3", "100", "0.1"),
        (kind, "4", "1/3", "1000", "0.1"),
    ]
    assert len(spec) == 4


def test_a_parameter_that_a_kind_does_not_have_is_not_varied_for_it() -> None:
    spec = TableSpec.read(SMALL | {"kind": ["pure-local", "kary-randomized-response"]})
    cells = list(spec.cells())
    assert len(cells) == len(spec) == 2 + 4
    assert [cell[1] for cell in cells] == [None, None, "3", "3", "4", "4"]


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ({"first": 100, "last": "1e5", "per_decade": 1}, ["100", "1000", "10000", "100000"]),
        ({"first": 100, "last": 2000, "per_decade": 2}, ["100", "316", "1000"]),
        ({"first": 10, "last": 100, "per_decade": 3}, ["10", "22", "46", "100"]),
        ({"first": 10, "last": 31, "step": 10}, ["10", "20", "30"]),
    ],
)
def test_ranges(written: dict[str, object], values: list[str]) -> None:
    assert list(TableSpec.read(SMALL | {"users": written}).axis("users")) == values


def test_a_range_of_a_real_parameter() -> None:
    spec = TableSpec.read(SMALL | {"epsilon0": {"first": "0.1", "last": 1, "step": "0.3"}})
    assert spec.axis("epsilon0") == ("0.1", "0.4", "0.7", "1")
    spec = TableSpec.read(SMALL | {"epsilon0": {"first": "0.1", "last": 1, "per_decade": 2}})
    assert spec.axis("epsilon0") == ("0.1", "0.316", "1")


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "tables").glob("*.toml")), ids=lambda p: p.stem)
def test_the_canonical_form_is_read_back_as_the_same_table(path: Path) -> None:
    spec = TableSpec.from_file(path)
    again = TableSpec.read(json.loads(spec.canonical()))
    assert again == spec
    assert again.hash == spec.hash
    assert len(list(spec.cells())) == len(spec)


def test_the_hash_tells_tables_apart_and_not_ways_of_writing() -> None:
    spec = TableSpec.read(SMALL)
    assert TableSpec.read(SMALL | {"users": ["1e2", 1000], "delta": "1/10"}).hash == spec.hash
    assert TableSpec.read(SMALL | {"digits": 7}).hash != spec.hash
    assert TableSpec.read(SMALL | {"users": [1000, 100]}).hash != spec.hash


def test_all_published_bounds() -> None:
    assert TableSpec.read(SMALL | {"published": "all"}).published == tuple(PUBLISHED)


def without(*keys: str) -> dict[str, object]:
    return {key: value for key, value in SMALL.items() if key not in keys}


BAD: list[tuple[dict[str, object], str]] = [
    (without("cell"), "cell"),
    (SMALL | {"cell": "epsilom"}, "cell"),
    (without("kind"), "kind"),
    (without("delta"), "delta"),
    (without("users"), "users"),
    (without("epsilon0"), "epsilon0"),
    (without("values"), "values"),
    (SMALL | {"keep": "0.9"}, "epsilon0"),
    (SMALL | {"kind": "kary"}, "kind"),
    (SMALL | {"kind": "pure-local"}, "values"),
    (SMALL | {"user": 5}, "user"),
    (SMALL | {"epsilon": 1}, "epsilon"),
    (SMALL | {"cell": "delta"}, "epsilon"),
    (SMALL | {"cell": "delta", "epsilon": 1}, "delta"),
    (SMALL | {"cell": "users"}, "epsilon"),
    (SMALL | {"cell": "users", "epsilon": 1}, "users"),
    (SMALL | {"batches": [[100, 200]]}, "users"),
    (without("users") | {"batches": [[100, 1]]}, "batches[0][1]"),
    (without("users") | {"batches": 100}, "batches[0]"),
    (without("users") | {"batches": [[100]], "shufflers": 2}, "shufflers"),
    (SMALL | {"users": []}, "users"),
    (SMALL | {"users": [100, "1e2"]}, "users"),
    (SMALL | {"users": 1}, "users"),
    (SMALL | {"users": "many"}, "users"),
    (SMALL | {"users": {"first": 10, "last": 5, "step": 1}}, "users.last"),
    (SMALL | {"users": {"first": 10, "last": 50}}, "users"),
    (SMALL | {"users": {"first": 10, "last": 50, "step": 0}}, "users.step"),
    (SMALL | {"users": {"first": 2, "last": 50, "per_decade": 20}}, "users"),
    (SMALL | {"users": {"first": 2, "last": "1e9", "step": 1}}, "users"),
    (SMALL | {"kind": {"first": 1, "last": 2, "step": 1}}, "kind"),
    (SMALL | {"delta": [0.1, 1]}, "delta[1]"),
    (SMALL | {"delta": True}, "delta"),
    (SMALL | {"shufflers": 0}, "shufflers"),
    (SMALL | {"published": ["clone"]}, "published"),
    (SMALL | {"published": ["clones", "clones"]}, "published"),
    (SMALL | {"published": "clones"}, "published"),
    (SMALL | {"published": ["clones"], "shufflers": 2}, "published"),
    (without("delta") | {"cell": "delta", "epsilon": 1, "published": ["clones"]}, "epsilon"),
    (without("delta") | {"cell": "delta", "epsilon": 1, "alpha": 2}, "alpha"),
    (SMALL | {"digits": 1}, "digits"),
    (SMALL | {"relative_width": 2}, "relative_width"),
    (SMALL | {"matrix": [["1/2", "1/2"], ["1/4", "3/4"]]}, "matrix"),
    (SMALL | {"inputs": "both"}, "inputs"),
    (SMALL | {"title": 3}, "title"),
    ({"cell": "epsilon", "kind": "finite", "users": 10, "delta": 0.1}, "matrix"),
]


@pytest.mark.parametrize(("content", "name"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_contradictions(content: dict[str, object], name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        TableSpec.read(content)
    assert caught.value.name == name


def test_an_uncovered_relation() -> None:
    with pytest.raises(NotCoveredError):
        TableSpec.read(SMALL | {"relation": "add-remove"})


def test_a_file_is_named_in_the_complaint(tmp_path: Path) -> None:
    path = tmp_path / "spec.toml"
    path.write_text("cell = 3\n")
    with pytest.raises(ParameterError) as caught:
        TableSpec.from_file(path)
    assert caught.value.name == f"{path}: cell"
    with pytest.raises(ParameterError, match="must be a file that can be read"):
        TableSpec.from_file(tmp_path / "none.toml")
