from __future__ import annotations

import threading

import pytest

from torchkeras_compat.legacy.utils.timed_thread import TimedThread


def test_it_runs_until_it_is_stopped():
    counts = []
    several = threading.Event()

    class Counting(TimedThread):
        def on_interval(self):
            counts.append(1)
            if len(counts) > 2:
                several.set()

    thread = Counting(0.001, name="counting")
    assert not thread.is_alive()
    with thread:
        thread.start()
        assert several.wait(30) and thread.is_alive() and thread.thread.name == "counting"
    thread.thread.join(30)
    assert not thread.is_alive()
    with pytest.raises(NotImplementedError, match="on_interval"):
        TimedThread(1).on_interval()
