"""Windows: cut without gaps, as wide as rows are rare."""

from __future__ import annotations

import pytest

from connector.plugins.bitrix24.windows import Window, cut, remainder, width_for


@pytest.mark.parametrize(
    ("window", "width", "expected"),
    [
        (Window(0, 100), 50, [(0, 50), (50, 100)]),
        (Window(10, 115), 50, [(10, 60), (60, 110), (110, 115)]),
        (Window(5, 6), 50, [(5, 6)]),
        (Window(5, 5), 50, []),
    ],
)
def test_a_window_is_cut_without_gap_or_overlap(window, width, expected):
    assert cut(window, width) == expected


@pytest.mark.parametrize(
    ("rows", "span", "before", "expected"),
    [
        (50, 50, 50, 50),  # every id is taken
        (2500, 2500, 50, 50),
        (50, 100, 100, 80),  # every second: 80 ids bring 40 rows
        (10, 2500, 50, 200),  # every 250th: as wide as may be at once
        (0, 2500, 50, 200),
        (40, 1000, 5000, 1000),
    ],
)
def test_the_next_windows_bring_about_forty_rows(rows, span, before, expected):
    assert width_for(rows, span, before) == expected


def test_what_a_full_page_left_is_cut_as_dense_as_the_page():
    # 50 rows in the first 100 ids of 1000: windows of 80.
    left = remainder(Window(0, 1000), 100)
    assert left[0] == (100, 180)
    assert left[-1] == (980, 1000)
    assert len(left) == 12
