"""Pictures: what each shows is data first, a frozen record of plain numbers; drawing it needs the extra ``plot``.

``curve_picture`` and its kin compute the numbers, ``figure_of`` returns a matplotlib figure of them, and ``save`` writes one as PNG, SVG or PDF. An upper end is never drawn below its number, nor a lower end above it: on a logarithmic axis 0 stands on the floor, and
infinity on the ceiling of any.
"""

from __future__ import annotations

from .amplification import USUAL_BOUNDS, users_picture
from .canvas import save
from .figures import figure_of
from .picture import Axis, Band, Between, Line, Mark, Picture, Stroke
from .privacy import curve_picture, shufflers_picture, trade_off_picture
from .schedule import Bar, SchedulePicture, schedule_picture
from .style import SIZES
from .summation import summation_picture
from .table import read_table, table_picture

__all__ = [
    "SIZES",
    "USUAL_BOUNDS",
    "Axis",
    "Band",
    "Bar",
    "Between",
    "Line",
    "Mark",
    "Picture",
    "SchedulePicture",
    "Stroke",
    "curve_picture",
    "figure_of",
    "read_table",
    "save",
    "schedule_picture",
    "shufflers_picture",
    "summation_picture",
    "table_picture",
    "trade_off_picture",
    "users_picture",
]
