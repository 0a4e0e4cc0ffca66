"""The one door to matplotlib: empty figures, and figures as files."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

from ..errors import NotCoveredError, ParameterError
from ..files import check_writable, shown_path, written
from .style import SIZES, Size, settings

__all__ = ["ENDINGS", "check_place", "figure_as_bytes", "need_matplotlib", "new_figure", "save", "styled"]

ENDINGS: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
"""The endings of files, and what is left out of each so that equal pictures are equal bytes."""


def need_matplotlib() -> None:
    """Refuse where matplotlib is missing.

    Raises:
        NotCoveredError: matplotlib is not installed.
    """
    try:
        import matplotlib.figure  # noqa: F401 - only whether it is there
    except ModuleNotFoundError:
        raise NotCoveredError(
            "pictures need matplotlib: install concurrent-shuffle-accounting[plot], or ask for the numbers with --json"
        ) from None


def new_figure(size: Size) -> Any:
    """Return an empty matplotlib figure, which belongs to no window.

    Raises:
        NotCoveredError: matplotlib is not installed.
    """
    need_matplotlib()
    from matplotlib.figure import Figure

    return Figure(figsize=size.inches, dpi=size.dots, layout="constrained")


@contextmanager
def styled(size: Size) -> Iterator[None]:
    """Draw with the toolkit's settings, whatever those of the process are.

    Raises:
        NotCoveredError: matplotlib is not installed.
    """
    need_matplotlib()
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        parameters: Any = matplotlib.rcParams
        parameters.update(settings(size))
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a name in a script without a font
        yield


def figure_as_bytes(figure: Any, *, ending: str) -> bytes:
    """Return a figure as a file's bytes, the same for the same figure.

    Args:
        figure: of matplotlib.
        ending: one of ``ENDINGS``.
    """
    out = io.BytesIO()
    with styled(SIZES["page"]):
        figure.savefig(out, format=ending[1:], metadata=ENDINGS[ending])
    return out.getvalue()


def check_place(path: str | PathLike[str]) -> str:
    """Find out whether a picture can be written, before work goes into it, and return the ending of its name.

    Raises:
        ParameterError: the ending is unknown, or the file cannot be written.
        NotCoveredError: matplotlib is not installed.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise ParameterError("output", f"must end in {', '.join(ENDINGS)}", shown_path(path))
    need_matplotlib()
    check_writable(path)
    return ending


def save(figure: Any, path: str | PathLike[str]) -> None:
    """Write a figure as PNG, SVG or PDF, by the ending of the name; the file is there whole or not at all.

    Args:
        figure: of matplotlib.
        path: of the file.

    Raises:
        ParameterError: the ending is unknown, or the file cannot be written.
        NotCoveredError: matplotlib is not installed.
    """
    content = figure_as_bytes(figure, ending=check_place(path))
    with written(path, "wb") as file:
        file.write(content)
