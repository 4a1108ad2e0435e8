"""Models that a training logs, `autolog`, and the command that lists runs."""

from __future__ import annotations

from typing import Any

import mlflow
import numpy as np
import pytest

import torchkeras_compat as keras
import torchkeras_mlflow
from torchkeras_compat.cli.main import main
from torchkeras_mlflow.autologging import VARIABLE

pytestmark = [
    pytest.mark.usefixtures("store"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType"),
]


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """`autolog` is a switch of the process."""
    monkeypatch.setattr("torchkeras_mlflow.autologging._settings", None)
    monkeypatch.setattr("torchkeras_mlflow.autologging._is_chosen", False)


def runs() -> list[Any]:
    return mlflow.search_runs(output_format="list")


def test_the_last_model_is_logged(model: Any, data: Any) -> None:
    callback = torchkeras_mlflow.MlflowCallback(log_models="last", registered_model_name="net")
    model.fit(*data, epochs=2, verbose=0, callbacks=[callback])
    again = torchkeras_mlflow.load_model("models:/net/1")
    np.testing.assert_array_equal(again.predict(data[0], verbose=0), model.predict(data[0], verbose=0))
    assert callback.model_info.run_id == callback.run_id


def test_the_best_model_is_that_of_the_best_epoch(model: Any, data: Any) -> None:
    class Spoil(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.predictions: list[np.ndarray] = []

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.predictions.append(self.model.predict(data[0], verbose=0))
            if epoch == 1:
                self.model.set_weights([w + 5 for w in self.model.get_weights()])

    spoil, callback = Spoil(), torchkeras_mlflow.MlflowCallback(log_models="best", monitor="loss")
    history = model.fit(*data, epochs=4, verbose=0, callbacks=[callback, spoil]).history["loss"]
    best = int(np.argmin(history))
    assert best == 1
    again = torchkeras_mlflow.load_model(callback.model_info.model_uri)
    np.testing.assert_array_equal(again.predict(data[0], verbose=0), spoil.predictions[best])


def test_nothing_is_logged_unless_it_is_asked_for(model: Any, data: Any) -> None:
    model.fit(*data, verbose=0)
    assert runs() == []


def test_autolog_logs_every_fit_until_it_is_switched_off(model: Any, data: Any) -> None:
    torchkeras_mlflow.autolog(log_models=False, run_name="each")
    history = model.fit(*data, verbose=0).history
    model.fit(*data, verbose=0)
    assert [run.info.run_name for run in runs()] == ["each", "each"]
    assert runs()[-1].data.metrics["loss"] == history["loss"][-1]
    torchkeras_mlflow.autolog(disable=True)
    model.fit(*data, verbose=0)
    assert len(runs()) == 2


def test_a_callback_of_the_fit_comes_before_autolog(model: Any, data: Any) -> None:
    torchkeras_mlflow.autolog(log_models=False)
    model.fit(*data, verbose=0, callbacks=[torchkeras_mlflow.MlflowCallback(run_name="own")])
    assert [run.info.run_name for run in runs()] == ["own"]


def test_the_environment_switches_it_on(model: Any, data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    model.fit(*data, verbose=0)
    (run,) = runs()
    assert run.info.status == "FINISHED"
    monkeypatch.setenv(VARIABLE, "perhaps")
    with pytest.raises(Exception, match=f"{VARIABLE} switches logging on or off. Received: 'perhaps'"):
        model.fit(*data, verbose=0)


def test_autolog_refuses_bad_arguments_at_once() -> None:
    with pytest.raises(ValueError, match="log_models='worst'"):
        torchkeras_mlflow.autolog(log_models="worst")


def test_the_command_lists_runs_best_first(model: Any, data: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("first", "second"):
        model.fit(*data, verbose=0, callbacks=[torchkeras_mlflow.MlflowCallback(run_name=name)])
    assert main(["mlflow", "runs", "--experiment", "tests"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["RUN", "NAME", "STATUS", "STARTED", "LOSS"]
    assert [row.split()[1:3] for row in rows] == [["second", "FINISHED"], ["first", "FINISHED"]]
    assert main(["mlflow", "runs", "--experiment", "tests", "--max", "-n", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[1] == "first"


def test_the_command_names_what_it_does_not_find(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mlflow", "runs", "--experiment", "none"]) == 2
    assert "no experiment 'none' in this store. Known: Default, tests." in capsys.readouterr().err
    assert main(["mlflow", "runs", "--experiment", "tests", "-n", "0"]) == 2
    assert main(["mlflow", "runs", "--experiment", "tests"]) == 0
    assert "has no runs" in capsys.readouterr().out
