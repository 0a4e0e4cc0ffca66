"""What a picture shows, before anything is drawn."""

import math

import pytest

from accounting.errors import ParameterError
from accounting.plots import Axis, Band, Between, Line, Mark, Picture, Stroke
from accounting.plots.picture import MOST_SERIES, Heights

LOG = Axis(label="y", log=True)
PLAIN = Axis(label="y")


def band(**changes: object) -> Band:
    given: dict[str, object] = {
        "name": "b",
        "x": (1, 2, 4),
        "lower": (3.0, 2.0, 0.0),
        "upper": (5.0, 4.0, 1.0),
    }
    return Band(**{**given, **changes})  # type: ignore[arg-type]


def test_a_falling_band_holds_every_falling_quantity_between_its_ends() -> None:
    x, lower, upper = band(between=Between.FALLING).outline()
    assert x == (1, 2, 2, 4)
    assert lower == (2.0, 2.0, 0.0, 0.0), "the right lower end: no chord above it"
    assert upper == (5.0, 5.0, 4.0, 4.0), "the left upper end: no chord below it"
    for at, place in enumerate((1, 2, 4)):
        own = [i for i, there in enumerate(x) if there == place]
        assert max(upper[i] for i in own) >= band().upper[at]
        assert min(lower[i] for i in own) <= band().lower[at]


def test_points_are_joined_as_they_are() -> None:
    assert band().outline() == ((1, 2, 4), (3.0, 2.0, 0.0), (5.0, 4.0, 1.0))
    alone = band(x=(1,), lower=(1.0,), upper=(2.0,), between=Between.FALLING)
    assert alone.outline() == ((1,), (1.0,), (2.0,))


@pytest.mark.parametrize("y", [LOG, PLAIN])
def test_zero_stands_on_the_floor_and_infinity_on_the_ceiling(y: Axis) -> None:
    picture = Picture(title="", x=PLAIN, y=y, bands=(band(upper=(math.inf, 4.0, 1.0)),))
    floor, ceiling = picture.limits()
    heights = picture.heights()
    assert heights.upper(math.inf) == ceiling >= 4.0
    assert heights.lower(0.0) == floor
    assert floor < 1.0, "what is 0 stands below what is not"
    assert heights.upper(4.0) == 4.0
    assert (floor > 0) is y.log


def test_whole_numbers_that_no_float_holds_are_rounded_outward() -> None:
    heights = Heights(floor=1.0, ceiling=1e20, log=True)
    for number in (2**53 + 1, 2**53 + 3, 10**18 + 1):
        assert heights.lower(number) < number < heights.upper(number)


@pytest.mark.parametrize("heights", [(5e-324,), (1e300,), (0.0,), (math.inf,), (1.0,), (1e-300, 1e300)])
def test_limits_of_extreme_numbers(heights: tuple[float, ...]) -> None:
    x = tuple(range(1, len(heights) + 1))
    wide = Band(name="b", x=x, lower=(0.0,) * len(x), upper=heights)
    for y in (LOG, PLAIN):
        floor, ceiling = Picture(title="", x=PLAIN, y=y, bands=(wide,)).limits()
        assert 0 <= floor < ceiling < math.inf
        assert floor > 0 or not y.log


def test_fixed_limits_stay() -> None:
    y = Axis(label="y", log=True, least=1e-9, most=1.0)
    assert Picture(title="", x=PLAIN, y=y, bands=(band(),)).limits() == (1e-9, 1.0)


def test_what_is_no_picture() -> None:
    with pytest.raises(ArithmeticError, match="above an upper end"):
        band(lower=(6.0, 2.0, 0.0))
    with pytest.raises(ArithmeticError):
        band(lower=(math.nan, 2.0, 0.0))
    for changes in ({"x": (1, 1, 2)}, {"x": (2, 1, 3)}, {"x": ()}, {"upper": (5.0, 4.0)}):
        with pytest.raises(ParameterError):
            band(**changes)
    with pytest.raises(ParameterError, match="at least one"):
        Picture(title="", x=PLAIN, y=PLAIN, bands=())
    many = tuple(band(name=str(i)) for i in range(MOST_SERIES + 1))
    with pytest.raises(ParameterError, match="bands and lines") as caught:
        Picture(title="", x=PLAIN, y=PLAIN, bands=many)
    assert caught.value.value == MOST_SERIES + 1


def test_guides_do_not_count_as_series() -> None:
    guides = tuple(Line(name="", x=(1,), y=(1.0,), stroke=Stroke.GUIDE) for _ in range(2 * MOST_SERIES))
    picture = Picture(
        title="", x=PLAIN, y=PLAIN, bands=(band(),), lines=guides, marks=(Mark(name="m", x=1, y=2),)
    )
    assert len(picture.as_dict()["lines"]) == 2 * MOST_SERIES


def test_json_has_null_for_infinity() -> None:
    picture = Picture(title="t", x=PLAIN, y=LOG, bands=(band(upper=(math.inf, 4.0, 1.0)),))
    assert picture.as_dict()["bands"][0]["upper"] == [None, 4.0, 1.0]
    assert picture.as_dict()["y"] == {"label": "y", "log": True}
