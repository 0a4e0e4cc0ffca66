"""What all commands of ``plot`` share: where a picture goes, and how places are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ParameterError
from .output import deliver

if TYPE_CHECKING:
    from ..numerics.exact import ExactLike
    from ..plots import Picture, SchedulePicture

__all__ = ["check_asked", "places", "told"]


def check_asked(output: str | None, size: str, *, json: bool) -> None:
    """Refuse what cannot be written, before work goes into it."""
    from ..plots.canvas import check_place
    from ..plots.style import read_size

    read_size("--size", size)
    if output is not None:
        check_place(output)
    elif not json:
        raise ParameterError("--output", "must be given", "nothing", "Name a file: -o picture.svg")


def told(
    picture: Picture | SchedulePicture,
    output: str | None,
    size: str,
    *,
    json: bool,
) -> int:
    """Write the picture, where a file is asked for, and say so or print its numbers; return the exit code."""
    if output is not None:
        from ..plots import figure_of, save

        save(figure_of(picture, size=size), output)
    deliver(text=lambda: f"{output}: {picture.title}\n", content=picture.as_dict, json=json)
    return 0


def places(written: str | None) -> list[ExactLike] | None:
    """Split a list at its commas; None stays None."""
    if written is None:
        return None
    return [part.strip() for part in written.split(",")] if written.strip() else []
