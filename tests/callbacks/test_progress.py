"""The progress bar. Oracle: what real Keras 3.15 writes for the same updates at the same (patched) times."""

from __future__ import annotations

import contextlib
import io
import logging
import math
import time

import numpy as np
import pytest
import torch

from torchkeras_compat import config
from torchkeras_compat.callbacks.progress import Progbar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def written(make, updates, monkeypatch, stream=io.StringIO, **options):
    now = [1000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    out = stream()
    with contextlib.redirect_stdout(out):
        bar = make(**options)
        for passed, current, values, finalize in updates:
            now[0] += passed
            bar.update(current, values, finalize=finalize)
    return out.getvalue()


UPDATES = {
    "steps": [
        (0.02, 1, [("loss", 1.23456)], None),
        (0.02, 3, [("loss", 0.5)], None),
        (0.02, 5, [("loss", 1e-5)], None),
    ],
    "no values": [(200, 1, None, None), (200, 2, None, None), (200, 5, None, True)],
    "microseconds": [(3e-5, 1, [("loss", 1.0)], None), (3e-5, 3, None, None), (3e-5, 5, None, None)],
    "no time": [(0, 1, [("a", 1e-3)], None), (0, 5, [("a", 1e-3)], None)],
    "minutes": [(30, 1, None, None), (1, 2, None, None)],
    "hours": [(4000, 1, [("loss", 1.0)], None), (4000, 3, [("loss", 0.5)], None), (4000, 5, None, None)],
    "stopped early": [(0.5, 1, [("loss", 1.0)], None), (0.5, 4, [("loss", 1.0)], True)],
    "beyond the target": [(0.5, 1, [("loss", 1.0)], None), (0.5, 7, [("loss", 1.0)], None)],
    "odd values": [
        (0.1, 1, [("nan", math.nan), ("inf", math.inf), ("neg", -0.5), ("zero", 0.0), ("big", 123456789.0)], None),
        (0.1, 3, [("array", np.array(0.25))], None),
    ],
}


# Keras prints no line at all with verbose=2 and an unknown target; ours gives the count.
@pytest.mark.parametrize("target, verbose", [(5, 0), (5, 1), (5, 2), (1000, 1), (1000, 2), (None, 1), (0, 1)])
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
@pytest.mark.parametrize("case", UPDATES)
def test_the_bar_is_drawn_as_keras_draws_it(real_keras, monkeypatch, case, stream, target, verbose):
    options = {"target": target, "verbose": verbose, "interval": 0.0}
    theirs = written(real_keras.utils.Progbar, UPDATES[case], monkeypatch, stream, **options)
    assert written(Progbar, UPDATES[case], monkeypatch, stream, **options) == theirs


@pytest.mark.parametrize(
    "options",
    [
        {"stateful_metrics": []},
        {"stateful_metrics": ["loss"]},
        {"stateless_metrics": []},
        {"stateless_metrics": ["loss"]},
        {"interval": 0.03, "unit_name": "sample", "width": 30},
    ],
)
def test_averages_and_options_are_those_of_keras(real_keras, monkeypatch, options):
    options = {"target": 5, "interval": 0.0, **options}
    updates = [(0.02, n, [("loss", float(n)), ("a", 1.0 / n)], None) for n in (1, 2, 4, 5)]
    theirs = written(real_keras.utils.Progbar, updates, monkeypatch, **options)
    assert written(Progbar, updates, monkeypatch, **options) == theirs


def test_values_are_read_only_when_the_bar_is_drawn(monkeypatch):
    class Counting:
        reads = 0

        def __array__(self, dtype=None, copy=None):
            self.reads += 1
            return np.array(1.0)

    value = Counting()
    written(
        Progbar,
        [(0.01, i, [("loss", value)], None) for i in range(1, 100)],
        monkeypatch,
        target=1000,
        interval=0.5,
        stateless_metrics=[],
    )
    assert value.reads == 2


def test_tensors_are_shown_and_averaged(monkeypatch):
    updates = [(1, 1, [("loss", torch.tensor(1.0))], None), (1, 2, [("loss", torch.tensor(4.0))], None)]
    assert "loss: 2.5000" in written(Progbar, updates, monkeypatch, target=3)
    assert "loss: 4.0000" in written(Progbar, updates, monkeypatch, target=3, stateful_metrics=["loss"])


def test_both_lists_of_metrics_are_refused():
    with pytest.raises(ValueError, match="Only one of"):
        Progbar(1, stateful_metrics=[], stateless_metrics=[])


def test_without_interactive_logging_it_goes_to_logging(monkeypatch, caplog):
    config.disable_interactive_logging()
    try:
        with caplog.at_level(logging.INFO):
            assert written(Progbar, [(1, 2, [("loss", 1.0)], True)], monkeypatch, target=2, verbose=2) == ""
    finally:
        config.enable_interactive_logging()
    assert "2/2 - 1s - 500ms/step - loss: 1.0000" in caplog.text


def test_a_console_without_the_character_gets_another(monkeypatch):
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    with contextlib.redirect_stdout(out):
        Progbar(2).update(2)
    assert b"====" in raw.getvalue()
