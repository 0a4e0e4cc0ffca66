"""Names that only type checkers import, so that annotations in the pages lead to what they mean."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from importlib import import_module

import accounting

__all__ = ["resolved"]


def resolved() -> None:
    """Carry out the imports under ``if TYPE_CHECKING`` in every module, now that all modules are there.

    The package itself is left out: its names are imported when they are asked for.
    """
    names = [module.name for module in pkgutil.walk_packages(accounting.__path__, "accounting.")]
    for module in [import_module(name) for name in names if not name.endswith("__main__")]:
        for node in ast.parse(inspect.getsource(module)).body:
            if (
                isinstance(node, ast.If)
                and isinstance(node.test, ast.Name)
                and node.test.id == "TYPE_CHECKING"
            ):
                exec(compile(ast.Module(node.body, []), module.__file__ or "", "exec"), vars(module))
