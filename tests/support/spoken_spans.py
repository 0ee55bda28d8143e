"""Spans of time and how they are said, in Python and in the browser."""

SPANS: tuple[tuple[float, str], ...] = (
    (0, "0 s"), (0.99, "0 s"), (-3, "0 s"), (59.9, "59 s"), (60, "1 min 00 s"), (61, "1 min 01 s"),
    (245, "4 min 05 s"), (599.9, "9 min 59 s"), (600, "10 min"), (3599, "59 min"), (3600, "1 h 0 min"),
    (4980, "1 h 23 min"), (86_399, "23 h 59 min"), (86_400, "1 d 0 h"), (187_200, "2 d 4 h"), (863_999, "9 d 23 h"),
    (864_000, "10 d"), (270_600_000, "3,131 d"),
)  # fmt: skip
UNTIL: tuple[tuple[int, str], ...] = (
    (260_000_000, "4 min 20 s"), (0, "0 s"), (-1, "LATE 0 s"), (-185_000_000, "LATE 3 min 05 s"),
    (-7_260_000_000, "LATE 2 h 1 min"),
)  # fmt: skip
