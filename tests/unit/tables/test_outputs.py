"""The formats: every printed end on its side, a header to cite, files there whole or not at all."""

import csv
import io
import json
import math
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import accounting as csa
from accounting.errors import NotCoveredError, ParameterError
from accounting.tables import AccountingTable, TableSpec
from accounting.tables.data import as_json, as_parquet
from accounting.tables.latex import as_latex
from accounting.tables.outputs import ENDINGS, output_for
from accounting.tables.table import Claim, Row
from accounting.tables.texts import as_csv, as_markdown


def made(rows: int = 3) -> AccountingTable:
    """A table with an awkward number in every place."""
    spec = TableSpec.read(
        {
            "title": "50% of $n_1$ & all | the *rest*",
            "cell": "epsilon",
            "kind": "pure-local",
            "epsilon0": ["1/3", 1, "2.5"],
            "users": [100],
            "delta": 0,
            "published": ["clones", "variation-ratio"],
            "digits": 4,
        }
    )
    nothing = Claim(lower=None, upper=None, below=False, reason="another kind")
    claim = Claim(lower=2 / 3, upper=2 / 3, below=True, reason="")
    cells = list(spec.cells())
    found = (
        Row(
            cell=cells[0],
            lower=2 / 3,
            upper=2 / 3,
            reason="",
            published=(claim, nothing),
            claims=("walk-identity",),
            assumptions=("fresh",),
        ),
        Row(
            cell=cells[1],
            lower=1e-300 / 3,
            upper=math.inf,
            reason="",
            published=(nothing, nothing),
            claims=("swap-law", "walk-identity"),
            assumptions=(),
        ),
        Row(
            cell=cells[2],
            lower=None,
            upper=None,
            reason='no "number", because | of_this\\',
            published=(nothing, nothing),
            claims=(),
            assumptions=(),
        ),
    )
    return AccountingTable(spec=spec, rows=found[:rows])


def csv_of(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    lines = content.decode().splitlines(keepends=True)
    header = dict(line[2:].strip().split(": ", 1) for line in lines if line.startswith("# "))
    rows = csv.DictReader(io.StringIO("".join(line for line in lines if not line.startswith("# "))))
    return header, list(rows)


def test_csv_has_ends_on_their_sides_and_reasons() -> None:
    header, rows = csv_of(as_csv(made()))
    assert rows[0]["epsilon0"] == "1/3"
    assert (rows[0]["epsilon_lower"], rows[0]["epsilon_upper"]) == ("0.6666", "0.6667")
    assert (rows[0]["clones_lower"], rows[0]["clones_upper"]) == ("0.6666", "0.6667")
    assert rows[0]["below"] == "clones"
    assert (rows[1]["epsilon_lower"], rows[1]["epsilon_upper"]) == ("3.333e-301", "infinite")
    assert (rows[2]["epsilon_lower"], rows[2]["epsilon_upper"]) == ("", "")
    assert rows[2]["reason"] == 'no "number", because | of_this\\'
    assert header["claims"] == "walk-identity, swap-law"
    assert header["assumptions"] == "fresh"
    assert "refuted" in header["published"]


@pytest.mark.parametrize("digits", [2, 6, 15])
def test_printed_ends_enclose_the_ends(digits: int) -> None:
    grid = {"cell": "delta", "kind": "pure-local", "epsilon0": 1, "digits": digits}
    table = csa.accounting_table(grid | {"users": [10, 1000], "epsilon": ["0.1", "0.3", "0.7"]})
    _, rows = csv_of(as_csv(table))
    moved = 0
    for row, printed in zip(table.rows, rows, strict=True):
        assert row.lower is not None
        assert row.upper is not None
        lower, upper = Fraction(printed["delta_lower"]), Fraction(printed["delta_upper"])
        assert lower <= row.lower <= row.upper <= upper
        moved += lower < row.lower < row.upper < upper
    assert moved >= 4, "rounding has something to decide here"


def test_the_header_makes_the_table_again() -> None:
    grid = {"cell": "delta", "kind": "pure-local", "epsilon0": "1/3", "users": 50, "epsilon": ["0.1", "0.2"]}
    first = csa.accounting_table(grid | {"title": "A title"})
    header, _ = csv_of(as_csv(first))
    again = csa.accounting_table(json.loads(header["spec"]))
    assert header["spec_sha256"] == again.spec.hash
    for content in ENDINGS.values():
        assert content(again) == content(first)


def test_no_format_says_when_or_where() -> None:
    for content in ENDINGS.values():
        text = content(made())
        assert str(Path.cwd()).encode() not in text
        assert b"2026" not in text.replace(b"arXiv", b"")


def test_markdown() -> None:
    lines = as_markdown(made()).decode().splitlines()
    assert lines[0] == r"# 50% of $n\_1$ & all \| the \*rest\*"
    assert "In all rows: kind = pure-local, users = 100, delta = 0." in lines
    table = [line for line in lines if line.startswith("| ")]
    assert table[2] == r"| 1/3 | 0.6666 | 0.6667 | 0.6667\* | - |  |"
    assert table[3] == "| 1 | 3.333e-301 | infinite | - | - |  |"
    assert table[4] == r'| 2.5 |  |  | - | - | no "number", because \| of\_this\\ |'
    assert any(line.startswith(r"- spec\_sha256: ") for line in lines)


def test_latex_is_booktabs_with_columns_that_siunitx_aligns() -> None:
    lines = as_latex(made()).decode().splitlines()
    body = [line for line in lines if not line.startswith("%")]
    assert body[0] == (r"\begin{tabular}{lS[table-format=1.4e-3]S[table-format=1.4]S[table-format=1.4]l}")
    assert [line for line in body if "rule" in line] == [r"\toprule", r"\midrule", r"\bottomrule"]
    assert body[4] == r"1/3 & 0.6666 & 0.6667 & 0.6667 {$^*$} & {--} \\"
    assert body[5] == r"1 & 3.333e-301 & {$\infty$} & {--} & {--} \\"
    assert body[6] == (r'2.5 & \multicolumn{4}{l}{no "number", because | of\_this\textbackslash{}} \\')
    widths = {line.count("&") for line in body[2:3] + body[4:6]}
    assert widths == {4}
    assert lines[-1] == r"\end{tabular}"
    assert any(line.startswith("% spec_sha256: ") for line in lines)


def test_json_has_both_ends_as_floats_and_null_for_infinity() -> None:
    content = json.loads(as_json(made()))
    first, second, third = content["rows"]
    assert (first["epsilon_lower"], first["epsilon0"], first["users"], first["delta"]) == (
        2 / 3,
        "1/3",
        100,
        0,
    )
    assert first["published"]["clones"] == {"lower": 2 / 3, "upper": 2 / 3, "below": True, "reason": None}
    assert first["published"]["variation-ratio"]["reason"] == "another kind"
    assert second["epsilon_upper"] is None
    assert second["reason"] is None
    assert third["reason"]
    assert content["header"]["spec_sha256"] == made().spec.hash


def test_what_is_surely_infinite() -> None:
    grid = {"cell": "epsilon", "kind": "binomial-count", "levels": 1, "bits": 4, "p": "1/2"}
    table = csa.accounting_table(grid | {"users": 10, "delta": 0})
    assert table.rows[0].lower == math.inf
    (row,) = json.loads(as_json(table))["rows"]
    assert (row["epsilon_lower"], row["epsilon_upper"], row["reason"]) == (None, None, None)
    _, (printed,) = csv_of(as_csv(table))
    assert (printed["epsilon_lower"], printed["epsilon_upper"]) == ("infinite", "infinite")
    assert rb"0 & {$\infty$} & {$\infty$} \\" in as_latex(table)


def test_parquet_is_typed_and_has_the_header_in_its_metadata() -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    table = pq.read_table(io.BytesIO(as_parquet(made())))
    assert json.loads(table.schema.metadata[b"accounting"]) == made().header()
    rows = table.to_pylist()
    assert (rows[0]["users"], rows[0]["epsilon0"]) == (100, "1/3")
    assert (rows[0]["epsilon_lower"], rows[1]["epsilon_upper"]) == (2 / 3, math.inf)
    assert rows[0]["clones_below"] is True
    assert rows[2]["epsilon_lower"] is None
    users = {"cell": "users", "kind": "pure-local", "epsilon0": 1, "epsilon": ["0.5", 1], "delta": "1e-3"}
    table = pq.read_table(io.BytesIO(as_parquet(csa.accounting_table(users))))
    assert str(table.schema.field("users_upper").type) == "int64"
    assert str(table.schema.field("epsilon").type) == "double"


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "table.csv"
    target.write_text("the former one")
    table = made()

    def full(self: Path, place: Path) -> None:
        assert self.read_bytes(), place
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ParameterError, match="No space left on device"):
        table.write(target)
    monkeypatch.undo()
    assert target.read_text() == "the former one"
    assert list(tmp_path.iterdir()) == [target]
    table.write(target, tmp_path / "table.JSON")
    assert target.read_bytes() == as_csv(table)
    assert (tmp_path / "table.JSON").read_bytes() == as_json(table)


def test_endings() -> None:
    with pytest.raises(ParameterError, match=r"must end in .csv, .md, .tex, .json, .parquet") as caught:
        output_for("table.xlsx")
    assert caught.value.value == "table.xlsx"
    with pytest.raises(ParameterError, match=r"must end in"):
        output_for("table")


def test_parquet_without_pyarrow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(NotCoveredError, match=r"concurrent-shuffle-accounting\[tables\]"):
        output_for("table.parquet")


def test_a_scheduler_without_dask_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounting.tables.workers import cluster

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NotCoveredError, match=r"\[cluster\]"), cluster("tcp://127.0.0.1:1"):
        pass
