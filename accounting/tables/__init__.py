"""Bound tables: grids of questions, answered on any executor, kept while they run, and written so that they can be cited."""

from .run import accounting_table
from .spec import TableSpec
from .table import AccountingTable, Row

__all__ = ["AccountingTable", "Row", "TableSpec", "accounting_table"]
