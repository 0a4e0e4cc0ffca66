"""Series that can be told apart without colour."""

from itertools import combinations

import pytest

from accounting.errors import ParameterError
from accounting.plots.picture import MOST_SERIES
from accounting.plots.style import COLOURS, SIZES, lightness, look, read_size


def test_lightness_is_that_of_the_standard() -> None:
    assert lightness("#000000") == 0.0
    assert lightness("#ffffff") == pytest.approx(100.0)
    assert lightness("#777777") == pytest.approx(50.0, abs=0.2)


def test_colours_differ_in_grey_and_stand_out_on_white() -> None:
    tones = [lightness(colour) for colour in COLOURS]
    assert min(abs(one - other) for one, other in combinations(tones, 2)) >= 12.0
    assert max(tones) <= 65.0


def test_no_two_series_of_a_picture_look_alike_in_grey() -> None:
    looks = [look(place) for place in range(MOST_SERIES)]
    assert len({each.marker for each in looks}) == MOST_SERIES
    for one, other in combinations(looks, 2):
        apart = abs(lightness(one.colour) - lightness(other.colour)) >= 12.0
        assert apart or one.dashes != other.dashes


def test_text_is_eight_points_or_more() -> None:
    assert min(size.font for size in SIZES.values()) >= 8.0
    assert SIZES["phone"].inches[0] * 96 == 360.0
    with pytest.raises(ParameterError, match="page, phone, slide") as caught:
        read_size("--size", "wall")
    assert caught.value.name == "--size"
