"""The page of deployment files: every key, and every kind of randomizer with its keys and an example."""

from __future__ import annotations

import inspect
import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from accounting import Randomizer
from accounting.model.kinds import KINDS, Kind, written_randomizer
from accounting.model.writing import written_value

__all__ = ["arguments", "examples", "page", "randomizers"]

HEAD = Path(__file__).with_name("deployment_head.md")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "randomizers.py"


def page() -> str:
    """Return the page, in Markdown."""
    shown = examples()
    return "\n".join([HEAD.read_text(encoding="utf-8"), *(_kind(name, shown) for name in KINDS)])


def examples() -> dict[str, str]:
    """Return one example a kind, as keys and values in TOML."""
    return {
        randomizer.kind: "\n".join(
            f"{key} = {written_value(value)}" for key, value in written_randomizer(randomizer).items()
        )
        for randomizer in reversed(randomizers())  # the first of a kind stays
    }


def randomizers() -> tuple[Randomizer, ...]:
    """Return the randomizers of ``examples/randomizers.py``."""
    spec = spec_from_file_location("examples.randomizers", EXAMPLES)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(EXAMPLES)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    rows: tuple[Randomizer, ...] = module.ROWS
    return rows


def arguments(kind: Kind) -> dict[str, str]:
    """Return what the constructor's docstring says about each of its arguments."""
    text = inspect.getdoc(kind.build.__init__) or ""
    _, _, listed = text.partition("Args:\n")
    found = re.findall(r"^    (\w+): ((?:.*\n?)(?:^     +.*\n?)*)", listed.partition("\n\n")[0], re.MULTILINE)
    return {name: " ".join(words.split()) for name, words in found}


def _kind(name: str, shown: dict[str, str]) -> str:
    kind = KINDS[name]
    summary = (inspect.getdoc(kind.build) or "").partition("\n\n")[0].replace("\n", " ").replace("``", "`")
    meanings = arguments(kind)
    if silent := [key for key in (*kind.needed, *kind.either) if key not in meanings]:
        raise ValueError(
            f"the docstring of {kind.build.__name__}.__init__ does not describe {', '.join(silent)}"
        )
    either = " or ".join(f"`{key}`" for key in kind.either)
    rows = [f"| `{key}` | yes | {_cell(meanings[key])} |" for key in kind.needed]
    rows += [f"| `{key}` | {either} | {_cell(meanings[key])} |" for key in kind.either]
    in_python = f"[`csa.{kind.build.__name__}`](#accounting.{kind.build.__name__})"
    return "\n".join(
        [
            f"### `{name}`\n",
            f"{summary} In Python: {in_python}.\n",
            "| key | needed | meaning |",
            "|---|---|---|",
            *rows,
            "",
            f"```toml\n[shuffler.randomizer]\n{shown[name]}\n```\n",
        ]
    )


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
