from __future__ import annotations

from torchkeras_compat.dialects.arguments import DROPPED, RENAMED, decayed_rate


def test_rows_name_versions_that_exist() -> None:
    for row in (*RENAMED, *DROPPED):
        first, _, last = row.versions.partition("-")
        assert (1, 0) <= tuple(map(int, first.split("."))) <= tuple(map(int, last.split("."))) <= (2, 15), row


def test_decay_divides_the_rate_by_one_plus_decay_times_steps() -> None:
    arguments = {"learning_rate": 1.0, "decay": 0.5}
    decayed_rate(arguments)
    schedule = arguments.pop("learning_rate")
    assert [round(float(schedule(step)), 6) for step in range(3)] == [1.0, round(1 / 1.5, 6), 0.5] and not arguments
