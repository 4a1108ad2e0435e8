"""The picture of the history: what is in it, when it is drawn, and that it never stops a training."""

from __future__ import annotations

import os
import re
import sys
import types

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat.callbacks import history_plot
from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.callbacks.history_plot import HistoryPlot, picture

X = np.random.RandomState(0).normal(size=(12, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def fit(callbacks, model=None, **options):
    model = model or ours.Sequential([ours.Input((3,)), ours.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model.fit(X, Y, verbose=0, callbacks=callbacks, **options)


def texts(path):
    """Texts of an SVG, which matplotlib notes beside the glyphs that it draws."""
    return set(re.findall(r"<!-- (.*?) -->", path.read_text()))


def test_the_picture_has_a_panel_for_each_value(tmp_path):
    fit([HistoryPlot(tmp_path / "run" / "h.svg")], epochs=2, validation_split=0.25)
    assert {"loss", "mae", "training", "validation", "epoch"} <= texts(tmp_path / "run" / "h.svg")
    assert os.listdir(tmp_path / "run") == ["h.svg"]


def test_the_values_are_those_of_the_history():
    plot = HistoryPlot(None, interval=3600)
    history = fit([plot], epochs=3, validation_split=0.25).history
    assert {name: [value for _, value in pairs] for name, pairs in plot.history.items()} == history
    assert [epoch for epoch, _ in plot.history["loss"]] == [1, 2, 3]


def test_the_curves_pass_through_the_values(monkeypatch):
    from matplotlib.axes import Axes

    drawn = []
    plot = Axes.plot
    monkeypatch.setattr(Axes, "plot", lambda self, *a, **k: drawn.append((self.get_title(), *a)) or plot(self, *a, **k))
    content = picture({"loss": [(1, 0.5), (2, 0.25)], "val_loss": [(2, 0.75)], "auc": [(1, np.nan)]}, "png", True)
    assert content.startswith(b"\x89PNG")
    assert [entry[:3] for entry in drawn[:2]] == [("loss", (1, 2), (0.5, 0.25)), ("loss", (2,), (0.75,))]
    assert drawn[2][0] == "auc"


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("b.pdf", b"%PDF"), ("c.jpg", b"\xff\xd8"), ("d", b"\x89PNG")]
)
def test_the_ending_chooses_the_format(tmp_path, name, start):
    fit([HistoryPlot(tmp_path / name, metrics="loss")])
    assert (tmp_path / name).read_bytes().startswith(start)


def test_it_is_drawn_while_training_runs(tmp_path):
    class Watch(Callback):
        seen = []

        def on_epoch_end(self, epoch, logs=None):
            self.seen.append((tmp_path / "h.svg").stat().st_mtime_ns)

    fit([HistoryPlot(tmp_path / "h.svg", interval=0), Watch()], epochs=3)
    assert len(set(Watch.seen)) == 3


def test_short_epochs_do_not_wait_for_drawings(tmp_path, monkeypatch):
    drawings = []
    monkeypatch.setattr(history_plot, "picture", lambda *_: drawings.append(1) or b"")
    fit([HistoryPlot(tmp_path / "h.png", interval=3600)], epochs=5)
    assert len(drawings) == 2  # the first epoch, and the end


def test_a_training_that_goes_on_continues_the_curves(tmp_path):
    plot, model = HistoryPlot(tmp_path / "h.svg"), ours.Sequential([ours.Input((3,)), ours.layers.Dense(1)])
    fit([plot], model, epochs=2)
    fit([plot], model, epochs=4, initial_epoch=2)
    assert [epoch for epoch, _ in plot.history["loss"]] == [1, 2, 3, 4]
    fit([plot], model, epochs=1)
    assert [epoch for epoch, _ in plot.history["loss"]] == [1]


def test_chosen_values_only(tmp_path):
    plot = HistoryPlot(tmp_path / "h.svg", metrics=["mae"])
    fit([plot], validation_split=0.25)
    assert set(plot.history) == {"mae", "val_mae"}


def test_values_that_are_not_numbers_are_left_out(tmp_path):
    plot = HistoryPlot(tmp_path / "h.svg")
    plot.on_train_begin()
    plot.on_epoch_end(0, {"loss": np.float32(1), "f1": np.zeros(3), "note": "text"})
    assert set(plot.history) == {"loss"}


def test_nothing_to_draw_is_a_warning(tmp_path):
    with pytest.warns(UserWarning, match=r"no value to draw: the logs have none of \['accuracy'\]"):
        fit([HistoryPlot(tmp_path / "h.svg", metrics=["accuracy"])], epochs=2)


def test_a_file_that_cannot_be_written_does_not_stop_training(tmp_path):
    class Remove(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            (tmp_path / "gone").rmdir()

    with pytest.warns(UserWarning, match="could not write.*Training goes on"):
        assert fit([HistoryPlot(tmp_path / "gone" / "h.png"), Remove()]).epoch == [0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"to_file": "h.txt"}, r"png, svg.*to_file='h.txt', which ends in '.txt'"),
        ({"show": "yes"}, "show='yes'"),
        ({"to_file": None, "show": False}, "nothing to draw for"),
        ({"interval": -1}, "interval=-1"),
        ({"interval": "1"}, "interval='1'"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        HistoryPlot(**arguments)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install torchkeras-compat\[plot\]"):
        HistoryPlot()


@pytest.fixture
def notebook(monkeypatch):
    """What a cell of a notebook shows: one entry for each place below it, with its pictures one after the other."""
    places = []

    class Handle:
        def __init__(self, shown):
            self.shown = [shown]

        def update(self, shown):
            self.shown.append(shown)

    def display(shown, display_id):
        assert display_id is True
        places.append(Handle(shown))
        return places[-1]

    module = types.SimpleNamespace(
        version_info=(9, 0),  # which matplotlib looks at
        get_ipython=lambda: types.SimpleNamespace(kernel=object()),
        display=types.SimpleNamespace(display=display, Image=lambda data: data, SVG=lambda data: data),
    )
    monkeypatch.setitem(sys.modules, "IPython", module)
    return places


@pytest.mark.parametrize(("name", "start"), [(None, b"\x89PNG"), ("h.svg", "<?xml"), ("h.pdf", b"\x89PNG")])
def test_a_notebook_shows_one_picture_that_changes(notebook, tmp_path, name, start):
    fit([HistoryPlot(name and tmp_path / name, interval=0)], epochs=3)
    (place,) = notebook
    assert len(place.shown) == 3 and all(shown.startswith(start) for shown in place.shown)
    fit([HistoryPlot(tmp_path / "h.png", show=False)])
    assert len(notebook) == 1


def test_a_shell_of_ipython_is_not_a_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: types.SimpleNamespace()))
    assert not history_plot.is_notebook()
