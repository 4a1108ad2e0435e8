"""The progress display on rich, and the arithmetic of the time left."""

from __future__ import annotations

import io
import sys
import types

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat.callbacks import rich_progress
from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.callbacks.rich_progress import RichProgress
from torchkeras_compat.callbacks.time_left import TimeLeft, duration

rich_console = pytest.importorskip("rich.console")
X = np.zeros((12, 3), "float32")
Y = np.zeros((12, 1), "float32")


def make_model():
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    return model


def terminal(width=100):
    return rich_console.Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None, _environ={})


def lines(console):
    """What a person sees in the end: each line after its last return of the carriage."""
    text = console.file.getvalue().replace("\x1b[2K", "")
    return [line.rpartition("\r")[2] for line in text.split("\n")]


def drawings(console):
    return console.file.getvalue().replace("\x1b[2K", "").split("\r")[1:]


@pytest.fixture
def every_step(monkeypatch):
    monkeypatch.setattr(rich_progress, "_INTERVAL", 0.0)


def test_the_line_of_an_epoch_stays(capsys):
    console = terminal()
    make_model().fit(X, Y, batch_size=4, epochs=2, callbacks=[RichProgress(console)])
    seen = lines(console)
    assert [line.split(" 0:0")[0] for line in seen] == [f"Epoch {e}/2 {'━' * 20} 3/3" for e in (1, 2)] + [""]
    assert all(line.endswith("loss: 0.0000") and "left" not in line for line in seen[:2])
    assert not capsys.readouterr().out  # the usual bar is not drawn


def test_steps_move_the_bar_and_tell_the_time_left(every_step):
    console = terminal()
    make_model().fit(X, Y, batch_size=4, epochs=2, callbacks=[RichProgress(console)])
    first, second = drawings(console)[:2]
    assert first.startswith(f"Epoch 1/2 {'━' * 20} 1/3 0:00 left, 0:00 for the run ") and "step" in first
    assert " 2/3 " in second and "loss: 0.0000" in second


def test_values_are_read_a_few_times_a_second_only(monkeypatch):
    class Watched(dict):
        reads = 0

        def items(self):
            Watched.reads += 1
            return super().items()

    progress = RichProgress(terminal())
    progress.set_params({"verbose": 1, "epochs": 1, "steps": 1000})
    progress.on_train_begin()
    progress.on_epoch_begin(0)
    monkeypatch.setattr(rich_progress, "_INTERVAL", 3600.0)
    for batch in range(1000):
        progress.on_train_batch_end(batch, Watched(loss=1.0))
    assert Watched.reads == 1


def test_a_narrow_terminal_cuts_the_moving_line_and_not_the_last(every_step):
    console = terminal(40)
    make_model().fit(X, Y, batch_size=4, epochs=1, callbacks=[RichProgress(console)])
    moving, last = drawings(console)[0], drawings(console)[-1]
    assert len(moving) == 39 and moving.endswith("…")
    assert "loss: 0.0000" in last


def test_validation_is_shown(every_step):
    console = terminal()
    make_model().fit(X, Y, batch_size=4, validation_data=(X, Y), callbacks=[RichProgress(console)])
    assert any("validation 2" in drawing for drawing in drawings(console))
    assert "val_loss: 0.0000" in lines(console)[0]


def test_evaluation_and_prediction():
    console = terminal()
    make_model().evaluate(X, Y, batch_size=4, callbacks=[RichProgress(console)])
    make_model().predict(X, batch_size=4, callbacks=[RichProgress(console)], verbose=1)
    seen = lines(console)
    assert seen[0].startswith("Evaluate ━") and seen[0].endswith("loss: 0.0000") and seen[1].startswith("Predict ━")
    assert "3/3" in seen[1] and "left" not in "".join(seen)


def test_an_unknown_number_of_steps_is_known_after_an_epoch(every_step):
    console = terminal()
    model = make_model()
    progress = RichProgress(console)
    progress.set_params({"verbose": 1, "epochs": 2, "steps": None})
    progress.set_model(model)
    progress.on_train_begin()
    for epoch in range(2):
        progress.on_epoch_begin(epoch)
        progress.on_train_batch_end(0, {"loss": 0.25})
        progress.on_epoch_end(epoch, {"loss": 1e-5})
    first, _, second, _ = drawings(console)
    assert " 1/? -:-- left, -:-- for the run" in first and " 1/1 0:00 left" in second
    assert "loss: 1.0000e-05" in lines(console)[0]


def test_silence(capsys):
    console = terminal()
    make_model().fit(X, Y, verbose=0, callbacks=[RichProgress(console)])
    assert not console.file.getvalue() and not capsys.readouterr().out


@pytest.mark.parametrize("verbose", [2, "auto"])
def test_output_that_is_not_a_terminal_gets_a_plain_line(capsys, verbose):
    make_model().fit(X, Y, batch_size=4, verbose=verbose, callbacks=[RichProgress()])
    assert capsys.readouterr().out.startswith("3/3 - 0s - ")


def test_the_usual_bar_is_drawn_without_rich(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.warns(UserWarning, match=r"usual progress bar.*pip install torchkeras-compat\[progress\]"):
        progress = RichProgress()
    make_model().fit(X, Y, batch_size=4, verbose=1, callbacks=[progress])
    assert "3/3" in capsys.readouterr().out


def test_an_interrupted_run_leaves_the_terminal_as_it_was(every_step):
    class Interruption(Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    console = terminal()
    with pytest.raises(KeyboardInterrupt):
        make_model().fit(X, Y, batch_size=4, callbacks=[RichProgress(console), Interruption()])
    assert "\x1b[?25l" not in console.file.getvalue()  # the cursor was never hidden
    assert sys.stdout is not console.file


def test_a_notebook_shows_one_line_that_changes(monkeypatch, every_step):
    places = []

    class Handle:
        def __init__(self, line):
            self.lines = [line.plain]

        def update(self, line):
            self.lines.append(line.plain)

    display = types.SimpleNamespace(display=lambda line, display_id: places.append(Handle(line)) or places[-1])
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell, display=display))
    make_model().fit(X, Y, batch_size=4, epochs=2, verbose=1, callbacks=[RichProgress()])
    assert [len(place.lines) for place in places] == [4, 4]
    assert places[1].lines[-1].startswith("Epoch 2/2")


def test_time_left_within_the_first_epoch():
    clock = TimeLeft()
    clock.begin_epoch(steps=11, epochs_after=2, now=100.0)
    assert clock.of_epoch(100.0) is None and clock.of_run(100.0) is None
    clock.step(1, now=130.0)  # compiles
    assert clock.of_epoch(130.0) == 300.0
    clock.step(6, now=140.0)  # 2 s a step from then on
    assert clock.of_epoch(140.0) == 10.0 and clock.of_epoch(141.0) == 9.0
    assert clock.of_run(140.0) == 10.0 + 2 * 50.0


def test_time_left_counts_validation_from_the_second_epoch_on():
    clock = TimeLeft()
    clock.begin_epoch(steps=10, epochs_after=3, now=0.0)
    clock.step(10, now=10.0)
    clock.end_epoch(now=16.0)
    clock.begin_epoch(steps=10, epochs_after=2, now=16.0)
    clock.step(1, now=17.0)
    clock.step(5, now=21.0)
    assert clock.of_epoch(21.0) == 11.0 and clock.of_run(21.0) == 11.0 + 2 * 16.0
    assert clock.of_epoch(50.0) == 0.0  # late, and no step says how much


def test_durations():
    assert [duration(s) for s in (0, 59.6, 3599, 3600, 90061, None)] == [
        "0:00",
        "1:00",
        "59:59",
        "1:00:00",
        "25:01:01",
        "-:--",
    ]
