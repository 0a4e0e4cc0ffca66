"""The pages of the Python interface: every public name, documented by its docstring."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType, UnionType

import accounting as csa
from accounting.curves.answers import HasCurve

__all__ = ["PAGES", "ROOMS", "pages"]

PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "shuffles": (
        "Shuffles",
        (
            "Shuffle",
            "ConcurrentShuffles",
            "ReusedReports",
            "Schedule",
            "loss_distribution",
            "ExactDelta",
            "exact_delta",
        ),
    ),
    "bounds": (
        "Bounds and curves",
        (
            "Bounds",
            "PrivacyCurve",
            "composed_on_grid",
            "from_dp_accounting",
            "curve_to_json",
            "curve_from_json",
        ),
    ),
    "calibration": ("Calibration", ("Calibration", "smallest_batch", "largest_epsilon0")),
    "services": ("Ledger, tables, lower bound", ("Ledger", "accounting_table", "LowerBound", "lower_bound")),
    "errors": ("Exceptions", ("AccountingError", "ParameterError", "NotCoveredError", "UndecidedError")),
}
"""Pages, each with its title and the names that it documents. Randomizers have a page of their own, and a public
name that is on none of the pages is on the page of other names."""

ROOMS = (
    "model",
    "report",
    "calibration",
    "ledger",
    "schedules",
    "tables",
    "counter",
    "lower_bound.witness",
    "literature",
    "literature.counterexample",
    "symbolic",
    "interop.events",
    "testing",
)
"""Packages that users import beside ``accounting`` itself."""

TYPES_HEAD = "What public functions return or take beside the names above. None of them has to be imported, but for a randomizer of your own."

TYPES = (
    ("accounting.composition.scheduled", "ScheduledShuffles"),
    ("accounting.composition.reused", "SharedReport"),
    ("accounting.numerics.enclosure", "Enclosure"),
    ("accounting.numerics.factor", "Factor"),
    ("accounting.randomizers.base", "FiniteKernel"),
    ("accounting.randomizers.base", "Letter"),
    ("accounting.pairs.witness", "Witness"),
    ("accounting.pairs.witness", "JointWitness"),
    ("accounting.pairs.witness", "MembershipWitness"),
    ("accounting.curves.grid_curve", "GridCurve"),
    ("accounting.literature.certificate", "Counterexample"),
)


def pages() -> dict[str, str]:
    """Return the pages by their path below ``docs/reference``."""
    modules = [name for name in csa.__all__ if _is_module(name)]
    rooms = [*ROOMS, *(name for name in modules if name not in ROOMS)]
    names = [name for name in csa.__all__ if name != "__version__" and name not in modules]
    kinds = [name for name in names if _is_randomizer(name)]
    listed = {name for _, members in PAGES.values() for name in members}
    rest = tuple(name for name in names if name not in listed and name not in kinds)
    everything = {**PAGES, "randomizers": ("Randomizers", tuple(kinds))}
    if rest:
        everything["other"] = ("Other names", rest)
    made = {f"api/{page}.md": _page(title, members) for page, (title, members) in everything.items()}
    made |= {f"api/accounting.{room}.md": _room(room) for room in rooms}
    made["api/types.md"] = f"# Types in signatures\n\n{TYPES_HEAD}\n" + "\n".join(
        _entry(*name) for name in TYPES
    )
    first = ["shuffles", "randomizers"]
    toc = "\n".join([*first, *(name for name in everything if name not in first), "types"])
    packages = "\n".join(f"accounting.{room}" for room in rooms)
    made["api/index.md"] = (
        "# Python\n\nEverything in `accounting` is used as `import accounting as csa`. Epsilon is in nats, delta is a probability, `users` counts the\n"
        "present and honest users of a batch, the protected one included.\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n:caption: import accounting as csa\n\n{toc}\n```\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n:caption: Packages\n\n{packages}\n```\n"
    )
    return made


def _is_module(name: str) -> bool:
    return isinstance(getattr(csa, name), ModuleType) and name != "lower_bound"  # which can be called


def _is_randomizer(name: str) -> bool:
    found = getattr(csa, name)
    return isinstance(found, type) and issubclass(found, csa.Randomizer)


def _page(title: str, names: tuple[str, ...]) -> str:
    return f"# {title}\n\n" + "\n".join(_entry("accounting", name) for name in names)


def _room(room: str) -> str:
    module = import_module(f"accounting.{room}")
    summary = (module.__doc__ or "").strip().partition("\n\n")[0].replace("\n", " ").replace("``", "`")
    public = set(csa.__all__) if room.count(".") == 0 else set()
    names = [
        name
        for name in module.__all__
        if name not in public and not isinstance(getattr(module, name), UnionType)  # its members are listed
    ]
    elsewhere = [f"[`{name}`](#accounting.{name})" for name in module.__all__ if name in public]
    also = f"\nAlso here, and on the pages of `accounting`: {', '.join(elsewhere)}.\n" if elsewhere else ""
    body = "\n".join(_entry(f"accounting.{room}", name) for name in names)
    return f"# `accounting.{room}`\n\n{summary}\n{also}\n{body}"


def _entry(module: str, name: str) -> str:
    if module == "accounting" and name == "lower_bound":  # a package that can be called
        module = "accounting.lower_bound.bound"
    found = getattr(import_module(module), name)
    options = ""
    if isinstance(found, type):
        directive = "autoexception" if issubclass(found, BaseException) else "autoclass"
        if directive == "autoclass" and issubclass(found, HasCurve):
            options = "\n   :inherited-members:"
    elif callable(found):
        directive = "autofunction"
    else:  # a constant; its type's docstring would be shown
        directive = "py:data"
    return f"```{{eval-rst}}\n.. {directive}:: {module}.{name}{options}\n```\n"
