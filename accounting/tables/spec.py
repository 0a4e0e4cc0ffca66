"""What a table asks: which quantity in each cell, over which grid, beside which published bounds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from os import PathLike, fspath
from typing import cast

from ..errors import AccountingError, ParameterError
from ..literature import PUBLISHED
from ..model import Inputs, Relation
from ..model.kinds import KINDS
from ..model.reading import located, parse, read_text, text, with_keys
from ..model.relation import nearest
from ..numerics.exact import ExactLike, exact, whole
from .axes import AXES, PARAMETERS, Axis, batch_sizes, read_axis, written_number

__all__ = ["MOST_CELLS", "QUANTITIES", "USUAL_CELLS", "Cell", "TableSpec"]

QUANTITIES = ("epsilon", "delta", "users", "error")
USUAL_CELLS = 100_000
"""Larger tables are made on request only."""
MOST_CELLS = 10_000_000

Cell = tuple[str | None, ...]
"""One value an axis, as it is written; None where the kind has no such parameter."""

_SUMS = ("users", "shufflers", "epsilon", "delta")
"""What the error of running sums depends on."""

_OPTIONS = ("title", "cell", "relation", "inputs", "matrix", "published", "relative_width", "digits")
_KNOWN = (*_OPTIONS, *AXES)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """A table that can be made.

    Attributes:
        title: in one line; may be empty.
        cell: ``"epsilon"`` at the delta of the grid, ``"delta"`` at its epsilon or alpha, ``"users"``: the smallest batch, or
            ``"error"`` of running sums.
        axes: the grid, the last axis varying fastest.
        relation: which data sets are neighbours.
        inputs: whether other users' values react to releases, where a cell has several shufflers.
        matrix: of the kind ``finite``, as fractions; None without it.
        published: ids of published bounds that stand beside ours.
        relative_width: the numeric width of each end that is aimed at; None takes the usual ones.
        digits: significant digits in CSV, Markdown and LaTeX, rounded outward.
    """

    title: str
    cell: str
    axes: tuple[Axis, ...]
    relation: Relation
    inputs: Inputs
    matrix: tuple[tuple[str, ...], ...] | None
    published: tuple[str, ...]
    relative_width: str | None
    digits: int

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> TableSpec:
        """Read a TOML file.

        Args:
            path: of a text in UTF-8.

        Raises:
            ParameterError: it cannot be read, or a key breaks its rule; the error names the file and the key.
            NotCoveredError: a relation that no claim covers.
        """
        try:
            return cls.read(parse(read_text(path)))
        except ParameterError as error:
            if error.name.startswith(fspath(path)):
                raise
            raise located(path, error) from None
        except AccountingError as error:
            raise located(path, error) from None

    @classmethod
    def read(cls, content: Mapping[str, object]) -> TableSpec:
        """Read a grid.

        Args:
            content: the keys of a specification file, with numbers, strings, lists and tables.

        Raises:
            ParameterError: a key is unknown, missing or breaks its rule, or two of them contradict each other.
            NotCoveredError: a relation that no claim covers.
        """
        given = with_keys("", content, needed=("cell",), known=_KNOWN)
        cell = given["cell"]
        if cell not in QUANTITIES:
            rule = f"must be one of {', '.join(QUANTITIES)}"
            raise ParameterError("cell", rule, cell, nearest(cell, QUANTITIES))
        axes = tuple(read_axis(name, given[name]) for name in given if name in AXES)
        spec = cls(
            title=text("title", given.get("title", "")),
            cell=cell,
            axes=axes,
            relation=Relation.read("relation", given.get("relation", Relation.REPLACE_ONE)),
            inputs=Inputs.read("inputs", given.get("inputs", Inputs.ADAPTIVE)),
            matrix=_matrix(given["matrix"]) if "matrix" in given else None,
            published=_published(given.get("published", [])),
            relative_width=_width(given["relative_width"]) if "relative_width" in given else None,
            digits=whole("digits", cast(ExactLike, given.get("digits", 6)), least=2, most=15),
        )
        _refuse_contradictions(spec)
        return spec

    def axis(self, name: str) -> tuple[str, ...]:
        """Return the values of an axis; none when there is no such axis."""
        return next((axis.values for axis in self.axes if axis.name == name), ())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the axes, in order."""
        return tuple(axis.name for axis in self.axes)

    def __len__(self) -> int:
        """The number of cells."""
        if "kind" not in self.names:
            return prod(len(axis.values) for axis in self.axes)
        return sum(
            prod(len(axis.values) for axis in self.axes if axis.name != "kind" and _takes(kind, axis.name))
            for kind in self.axis("kind")
        )

    def cells(self) -> Iterator[Cell]:
        """Go through the grid, the last axis varying fastest; what a kind does not take is not varied."""
        if "kind" not in self.names:
            yield from product(*(axis.values for axis in self.axes))
            return
        where = self.names.index("kind")
        firsts = [axis.values[0] for axis in self.axes]
        for values in product(*(axis.values for axis in self.axes)):
            kind = values[where]
            taken = [_takes(kind, name) for name in self.names]
            if all(take or value == first for take, value, first in zip(taken, values, firsts, strict=True)):
                yield tuple(value if take else None for take, value in zip(taken, values, strict=True))

    def as_mapping(self) -> dict[str, object]:
        """Return keys and values from which `read` makes the same specification."""
        content: dict[str, object] = {"title": self.title, "cell": self.cell}
        for axis in self.axes:
            values: list[object] = list(axis.values)
            if axis.name == "batches":
                values = [list(batch_sizes(written)) for written in axis.values]
            content[axis.name] = values
        content |= {"relation": self.relation.value, "inputs": self.inputs.value}
        if self.matrix is not None:
            content["matrix"] = [list(row) for row in self.matrix]
        if self.published:
            content["published"] = list(self.published)
        if self.relative_width is not None:
            content["relative_width"] = self.relative_width
        return content | {"digits": self.digits}

    def canonical(self) -> str:
        """Return the whole specification as one line of JSON: two are equal if and only if the tables are."""
        return json.dumps(self.as_mapping(), ensure_ascii=True, separators=(",", ":"))

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def _takes(kind: str, name: str) -> bool:
    """Whether a value of this axis means anything to a kind."""
    return name not in PARAMETERS or name in KINDS[kind].needed or name in KINDS[kind].either


def _refuse_contradictions(spec: TableSpec) -> None:
    if spec.cell == "error":
        _refuse_beside_sums(spec)
        return
    for name, complaint in _contradictions(spec):
        raise ParameterError(name, complaint, ", ".join(spec.axis(name)) or "nothing")
    for kind in spec.axis("kind"):
        _check_kind(spec, kind)
    for name in spec.names:
        if name in PARAMETERS and not any(_takes(kind, name) for kind in spec.axis("kind")):
            remedy = f"Its parameters are {', '.join((*KINDS[kind].needed, *KINDS[kind].either))}"
            raise ParameterError(name, "is no parameter of any kind of the grid", kind, remedy)


def _refuse_beside_sums(spec: TableSpec) -> None:
    """Refuse what means nothing for the error of running sums, whose counter brings its own randomizer."""
    for name in _SUMS:
        if not spec.axis(name):
            raise ParameterError(name, "must be given for cells of error", "nothing")
    for name in spec.names:
        if name not in _SUMS:
            raise ParameterError(name, "must not be given for cells of error", ", ".join(spec.axis(name)))
    rule = "must not be given for cells of error"
    if spec.matrix is not None:
        raise ParameterError("matrix", rule, "a matrix")
    if spec.published:
        raise ParameterError("published", rule, ", ".join(spec.published))
    if spec.relative_width is not None:
        raise ParameterError("relative_width", rule, spec.relative_width)
    if spec.inputs is not Inputs.ADAPTIVE:
        raise ParameterError("inputs", "must be adaptive for cells of error", spec.inputs.value)


def _contradictions(spec: TableSpec) -> Iterator[tuple[str, str]]:
    """Yield axes that are missing, or must not be there."""
    there = set(spec.names)
    sizes = {"users", "shufflers", "batches"} & there
    if "kind" not in there:
        yield "kind", "must be given"
    if {"epsilon", "alpha"} <= there:
        yield "alpha", "must not be given beside epsilon, as it is e^epsilon"
    if "batches" in there:
        for name in ("users", "shufflers"):
            if name in there:
                yield name, "must not be given beside batches, which says how many users each shuffler has"
    match spec.cell:
        case "epsilon":
            wanted, refused = ["delta"], ["epsilon", "alpha"]
        case "delta":
            wanted, refused = [] if "alpha" in there else ["epsilon"], ["delta"]
        case _:
            wanted, refused = ["epsilon", "delta"], ["alpha", *sorted(sizes)]
    for name in wanted:
        if name not in there:
            yield name, f"must be given for cells of {spec.cell}"
    for name in refused:
        if name in there:
            yield name, f"must not be given, as cells of {spec.cell} answer for it"
    if spec.cell != "users" and not {"users", "batches"} & there:
        yield "users", "must be given, or batches"
    if spec.published:
        if spec.cell == "users":
            yield "published", "must not be given for cells of users"
        if sizes & {"shufflers", "batches"}:
            yield "published", "must not be given for several shufflers, of which those bounds say nothing"
        if "epsilon" in there:
            yield "epsilon", "must be given as alpha, e^epsilon, beside published bounds"


def _check_kind(spec: TableSpec, kind: str) -> None:
    known = KINDS[kind]
    for name in known.needed:
        if name == "matrix":
            if spec.matrix is None:
                raise ParameterError("matrix", f"must be given for the kind {kind}", "nothing")
        elif not spec.axis(name):
            raise ParameterError(name, f"must be given for the kind {kind}", "nothing")
    named = [name for name in known.either if spec.axis(name)]
    if known.either and len(named) != 1:
        rule = f"must be given for the kind {kind}, one of {' and '.join(known.either)}"
        raise ParameterError(known.either[0], rule, " and ".join(named) or "neither")
    if spec.matrix is not None and "finite" not in spec.axis("kind"):
        raise ParameterError("matrix", "must go with the kind finite", kind)


def _matrix(value: object) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(row, list | tuple) for row in value):
        raise ParameterError("matrix", "must be a list of rows", value)
    return tuple(
        tuple(written_number(exact(f"matrix[{i}][{j}]", entry)) for j, entry in enumerate(row))
        for i, row in enumerate(value)
    )


def _published(value: object) -> tuple[str, ...]:
    if value == "all":
        return tuple(PUBLISHED)
    if not isinstance(value, list | tuple):
        raise ParameterError("published", 'must be a list of ids, or "all"', value)
    for entry in value:
        if entry not in PUBLISHED:
            remedy = nearest(entry, PUBLISHED) or f"Known: {', '.join(PUBLISHED)}"
            raise ParameterError("published", "must be ids of published bounds", entry, remedy)
    if len(set(value)) < len(value):
        raise ParameterError("published", "must not name a bound twice", ", ".join(value))
    return tuple(value)


def _width(value: object) -> str:
    width = exact("relative_width", cast(ExactLike, value))
    if not exact("", "1e-12") <= width <= exact("", "1/2"):
        raise ParameterError("relative_width", "must lie between 1e-12 and 1/2", value)
    return written_number(width)
