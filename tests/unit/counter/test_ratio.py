"""Upper over lower: the same number from both sides, in the right order, growing slowly."""

import pytest

from proofs.summation.ratio import Ratio, ratios, table


def test_one_shuffler() -> None:
    few, many = ratios((4, 8), (1,))
    assert few.lower < few.upper
    assert many.lower < many.upper
    assert 10.0 < many.upper / few.upper < 30.0  # 10^(4/3) is 21.5
    assert 10.0 < many.lower / few.lower < 30.0
    assert many.ratio < 1.5 * few.ratio


@pytest.mark.slow
def test_several_shufflers() -> None:
    for one in ratios((6,), (2, 3)):
        assert 1.0 < one.ratio < 60.0


def test_the_table_has_a_row_for_each_number_of_users() -> None:
    found = [
        Ratio(10**4, 1, 30.0, 10.0),
        Ratio(10**4, 2, 20.0, 5.0),
        Ratio(10**6, 1, 90.0, 40.0),
        Ratio(10**6, 2, 50.0, 20.0),
    ]
    assert list(table(found)) == [
        "| n | k = 1 | k = 2 |",
        "|---|---|---|",
        "| 10^4 | 30 / 10 = 3.0 | 20 / 5 = 4.0 |",
        "| 10^6 | 90 / 40 = 2.2 | 50 / 20 = 2.5 |",
    ]
