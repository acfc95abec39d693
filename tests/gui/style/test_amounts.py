import pytest

from das_app.gui.style.amounts import short_time, size


@pytest.mark.parametrize(
    ("time_s", "text"), [(0, "0:00"), (7.99, "0:07"), (61, "1:01"), (3723.4, "1:02:03")]
)
def test_times(time_s, text):
    assert short_time(time_s) == text


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [
        (0, "0 kB"),
        (499, "0.5 kB"),
        (68_203, "68 kB"),
        (999_499, "999 kB"),
        (999_600, "1.0 MB"),
        (9_949_999, "9.9 MB"),
        (120e9, "120 GB"),
        (5e15, "5000 TB"),
    ],
)
def test_sizes(num_bytes, text):
    assert size(num_bytes) == text
