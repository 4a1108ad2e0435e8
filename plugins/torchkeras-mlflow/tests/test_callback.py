"""Training runs in the store: what is read back from the store is what happened."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import mlflow
import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.callbacks import BackupAndRestore, Callback, LambdaCallback
from torchkeras_compat.plugins import isolated_plugins
from torchkeras_compat.testing import check_plugin
from torchkeras_mlflow import MlflowCallback

pytestmark = pytest.mark.usefixtures("store")


def client() -> Any:
    return mlflow.MlflowClient()


def history_of(run_id: str, name: str) -> dict[int, float]:
    return {metric.step: metric.value for metric in client().get_metric_history(run_id, name)}


def runs() -> list[Any]:
    experiment = client().get_experiment_by_name("tests")
    return client().search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])


class Fails(Callback):
    """Raises at the end of an epoch."""

    def __init__(self, error: BaseException, epoch: int = 1) -> None:
        super().__init__()
        self.error, self.epoch = error, epoch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.epoch:
            raise self.error


def test_all_that_the_plugin_registers_passes_the_checks() -> None:
    results = check_plugin("mlflow").raise_failures()
    assert {"MlflowCallback"} <= {result.subject for result in results}


def test_the_callback_is_found_by_name() -> None:
    assert keras.registry.lookup("callbacks", "MlflowCallback") is MlflowCallback


def test_metrics_are_those_of_the_history(model: Any, data: Any) -> None:
    callback = MlflowCallback(run_name="first", tags={"team": "blue"})
    history = model.fit(*data, epochs=3, batch_size=5, validation_data=data, verbose=0, callbacks=[callback]).history
    (run,) = runs()
    assert run.info.run_id == callback.run_id
    assert (run.info.status, run.info.run_name, run.data.tags["team"]) == ("FINISHED", "first", "blue")
    assert set(run.data.metrics) == {*history, "learning_rate"}
    for name, values in history.items():
        assert history_of(callback.run_id, name) == dict(enumerate(values))
    assert history_of(callback.run_id, "learning_rate") == dict.fromkeys(range(3), 0.01)
    assert mlflow.active_run() is None


def test_parameters_describe_the_training(model: Any, data: Any) -> None:
    callback = MlflowCallback()
    model.fit(*data, epochs=2, batch_size=5, validation_split=0.25, verbose=0, callbacks=[callback])
    params = client().get_run(callback.run_id).data.params
    expected = {
        "epochs": "2",
        "batch_size": "5",
        "steps_per_epoch": "3",
        "validation_split": "0.25",
        "loss": "mse",
        "optimizer_name": "Adam",
        "optimizer_beta_1": "0.9",
        "num_parameters": "19",
        "num_trainable_parameters": "19",
        "model_class": "Sequential",
    }
    assert expected.items() <= params.items()
    assert float(params["optimizer_learning_rate"]) == pytest.approx(0.01)
    summary = mlflow.artifacts.load_text(f"runs:/{callback.run_id}/model_summary.txt")
    assert "dense" in summary and "Total params: 19" in summary


def test_objects_and_torch_optimizers_are_described(data: Any) -> None:
    model = keras.Sequential([keras.layers.Dense(1)])  # built by the first batch
    model.build((None, 4))
    model.compile(torch.optim.SGD(model.parameters(), lr=0.25, momentum=0.5), keras.losses.Huber(delta=2.0))
    callback = MlflowCallback()
    model.fit(*data, verbose=0, callbacks=[callback])
    run = client().get_run(callback.run_id)
    assert json.loads(run.data.params["loss"])["config"]["delta"] == 2.0
    assert (run.data.params["optimizer_name"], run.data.params["optimizer_momentum"]) == ("SGD", "0.5")
    assert run.data.metrics["learning_rate"] == 0.25


def test_a_model_that_the_first_batch_builds_is_described_then(data: Any) -> None:
    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    callback = MlflowCallback()
    model.fit(*data, epochs=2, verbose=0, callbacks=[callback])
    assert client().get_run(callback.run_id).data.params["num_parameters"] == "10"


@pytest.mark.parametrize("every", [1, 2])
def test_steps_are_logged_every_so_often(model: Any, data: Any, every: int) -> None:
    x, y = data
    model.compile("sgd", "mse", steps_per_execution=every)
    seen: dict[int, float] = {}

    def note(batch: int, logs: Any) -> None:
        seen[note.before + batch + 1] = logs["loss"]

    note.before = 0
    watch = LambdaCallback(
        on_train_batch_end=note, on_epoch_begin=lambda epoch, logs: setattr(note, "before", 4 * epoch)
    )
    callback = MlflowCallback(log_every_epoch=False, log_every_n_steps=3)
    model.fit(x, y, epochs=2, batch_size=5, verbose=0, callbacks=[callback, watch])
    steps = [3, 6] if every == 1 else [4, 6]
    assert history_of(callback.run_id, "batch_loss") == {step: seen[step] for step in steps}
    assert "loss" not in client().get_run(callback.run_id).data.metrics


def test_logs_are_read_in_no_other_steps(model: Any, data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchkeras_compat.training import logs as module

    read, reads = module.read_together, []
    monkeypatch.setattr(module, "read_together", lambda logs: reads.append(1) or read(logs))
    model.fit(*data, batch_size=1, verbose=0, callbacks=[MlflowCallback(log_every_n_steps=10)])
    assert len(reads) == 2 + 1  # in steps 10 and 20, and at the end of the epoch
    reads.clear()
    model.fit(*data, batch_size=1, verbose=0, callbacks=[MlflowCallback()])
    assert len(reads) == 1


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("broken"), "FAILED"), (KeyboardInterrupt(), "KILLED"), (SystemExit(1), "KILLED")]
)
def test_the_status_says_how_training_ended(model: Any, data: Any, error: BaseException, status: str) -> None:
    callback = MlflowCallback()
    with pytest.raises(type(error)):
        model.fit(*data, epochs=3, verbose=0, callbacks=[callback, Fails(error)])
    run = client().get_run(callback.run_id)
    assert (run.info.status, run.info.end_time is not None) == (status, True)
    assert list(history_of(callback.run_id, "loss")) == [0, 1]
    assert mlflow.active_run() is None
    model.fit(*data, verbose=0, callbacks=[callback])
    assert client().get_run(callback.run_id).info.status == "FINISHED"
    assert len(runs()) == 2


def test_the_status_needs_no_plugin(model: Any, data: Any) -> None:
    with isolated_plugins(), pytest.raises(ValueError, match="broken"):
        model.fit(*data, epochs=3, verbose=0, callbacks=[MlflowCallback(), Fails(ValueError("broken"))])
    assert runs()[0].info.status == "FAILED"


def test_the_active_run_is_used_and_left_open(model: Any, data: Any) -> None:
    with mlflow.start_run() as run:
        callback = MlflowCallback(tags={"a": "b"})
        model.fit(*data, verbose=0, callbacks=[callback])
        assert mlflow.active_run().info.run_id == callback.run_id == run.info.run_id
        mlflow.log_metric("own", 1)
        assert client().get_run(callback.run_id).info.status == "RUNNING"
    (found,) = runs()
    assert found.info.status == "FINISHED" and {"own", "loss"} <= set(found.data.metrics)
    assert found.data.tags["a"] == "b"


def test_a_second_training_in_a_run_keeps_its_parameters_and_says_so(model: Any, data: Any) -> None:
    with mlflow.start_run():
        model.fit(*data, verbose=0, callbacks=[MlflowCallback()])
        with pytest.warns(UserWarning, match=r"do not change: epochs=1 \(now 2\).*`nested=True`"):
            model.fit(*data, epochs=2, verbose=0, callbacks=[MlflowCallback()])
    assert runs()[0].data.params["epochs"] == "1"


def test_a_run_within_the_active_one(model: Any, data: Any) -> None:
    with mlflow.start_run() as parent:
        for epochs in (1, 2):
            callback = MlflowCallback(nested=True, run_name=f"epochs {epochs}")
            model.fit(*data, epochs=epochs, verbose=0, callbacks=[callback])
            assert mlflow.active_run().info.run_id == parent.info.run_id
            found = client().get_run(callback.run_id)
            assert found.data.tags["mlflow.parentRunId"] == parent.info.run_id
            assert found.info.status == "FINISHED"
    assert len(runs()) == 3


@pytest.mark.parametrize("by", [lambda run: run, lambda run: run.info.run_id])
def test_a_run_that_exists_is_gone_on_with(model: Any, data: Any, by: Any) -> None:
    with mlflow.start_run() as run:
        pass
    callback = MlflowCallback(by(run))
    model.fit(*data, verbose=0, callbacks=[callback])
    assert [found.info.run_id for found in runs()] == [callback.run_id] == [run.info.run_id]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"run_name": "x"}, "run_name='x'"),
        ({"experiment_name": "x"}, "experiment_name='x'"),
        ({"run": "12"}, "run='12'"),
    ],
)
def test_another_active_run_than_the_one_asked_for_is_refused(
    model: Any, data: Any, arguments: dict, message: str
) -> None:
    before = model.get_weights()
    with mlflow.start_run(), pytest.raises(ValueError, match=f"is active.*received {message}.*nested=True"):
        model.fit(*data, verbose=0, callbacks=[MlflowCallback(**arguments)])
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_another_store_and_experiment_for_one_training(
    model: Any, data: Any, tmp_path: Any, empty_store: Any, store: str
) -> None:
    import shutil

    shutil.copy(empty_store, tmp_path / "other.db")
    uri = f"sqlite:///{tmp_path / 'other.db'}"
    where = {"tracking_uri": uri, "experiment_name": "new", "artifact_location": (tmp_path / "files").as_uri()}
    callback = MlflowCallback(**where, log_models="last")
    model.fit(*data, verbose=0, callbacks=[callback])
    other = mlflow.MlflowClient(uri)
    assert other.get_run(callback.run_id).info.status == "FINISHED"
    assert other.get_experiment_by_name("new").artifact_location == (tmp_path / "files").as_uri()
    assert list((tmp_path / "files").rglob("model.keras"))
    assert mlflow.get_tracking_uri() == store and runs() == []
    with pytest.raises(ValueError, match="keeps its files in"):
        model.fit(*data, verbose=0, callbacks=[MlflowCallback(**{**where, "artifact_location": "elsewhere"})])
    assert mlflow.get_tracking_uri() == store


@pytest.mark.parametrize("save_freq", ["epoch", 3])
def test_a_training_that_goes_on_goes_on_in_its_run(data: Any, tmp_path: Any, save_freq: Any) -> None:
    def fit(*others: Any) -> MlflowCallback:
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        callback = MlflowCallback(log_every_n_steps=2, log_models="best")
        backup = BackupAndRestore(tmp_path / "backup", save_freq=save_freq)
        options = {"epochs": 4, "batch_size": 5, "validation_data": data, "verbose": 0}
        callback.history = model.fit(*data, callbacks=[callback, backup, *others], **options).history
        return callback

    with pytest.raises(KeyboardInterrupt):
        fit(Fails(KeyboardInterrupt(), epoch=1))
    (first,) = runs()
    assert first.info.status == "KILLED"
    callback = fit()
    (run,) = runs()
    assert callback.run_id == run.info.run_id == first.info.run_id and run.info.status == "FINISHED"
    assert history_of(callback.run_id, "loss") == dict(enumerate(callback.history["loss"]))
    assert list(history_of(callback.run_id, "batch_loss")) == list(range(2, 17, 2))
    best = mlflow.artifacts.list_artifacts(run_id=callback.run_id, artifact_path="checkpoints")
    assert [file.path for file in best] == ["checkpoints/best.keras"]


def test_a_training_whose_run_is_gone_goes_on_in_a_new_one(model: Any, data: Any, tmp_path: Any) -> None:
    def fit(*others: Any) -> None:
        backup = BackupAndRestore(tmp_path / "backup")
        model.fit(*data, epochs=3, verbose=0, callbacks=[MlflowCallback(), backup, *others])

    with pytest.raises(KeyboardInterrupt):
        fit(Fails(KeyboardInterrupt()))
    (lost,) = runs()
    client().delete_run(lost.info.run_id)
    with pytest.warns(UserWarning, match=f"{lost.info.run_id}, which is not in this store"):
        fit()
    assert runs()[0].data.tags["torchkeras.resumed_from"] == lost.info.run_id


def test_evaluation_is_logged_to_the_run_of_the_training(model: Any, data: Any) -> None:
    callback = MlflowCallback()
    model.fit(*data, verbose=0, callbacks=[callback])
    found = model.evaluate(*data, verbose=0, return_dict=True, callbacks=[callback])
    (run,) = runs()
    assert (run.data.metrics["test_loss"], run.data.metrics["test_mae"]) == (found["loss"], found["mae"])
    assert run.info.status == "FINISHED"
    model.evaluate(*data, verbose=0, callbacks=[MlflowCallback(run_name="alone")])
    assert runs()[1].info.status == "FINISHED" and "test_loss" in runs()[1].data.metrics


def test_arrays_are_not_metrics_and_names_are_made_to_fit(model: Any, data: Any) -> None:
    class Adds(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["recall@5"] = 0.5
            logs["matrix"] = np.zeros((2, 2))

    callback = MlflowCallback()
    with pytest.warns(UserWarning, match=r"`matrix` is an array of shape \(2, 2\)"):
        model.fit(*data, verbose=0, callbacks=[Adds(), callback])
    assert client().get_run(callback.run_id).data.metrics["recall_5"] == 0.5


def test_a_store_that_fails_does_not_end_the_training(model: Any, data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow.exceptions import MlflowException

    from torchkeras_mlflow.tracked_run import TrackedRun

    def locked(self: Any, metrics: Any) -> None:
        raise MlflowException("database is locked")

    monkeypatch.setattr(TrackedRun, "log_metrics", locked)
    with pytest.warns(UserWarning, match="training goes on: database is locked"):
        history = model.fit(*data, epochs=2, verbose=0, callbacks=[MlflowCallback()])
    assert history.epoch == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"log_every_n_steps": 0}, ValueError, "log_every_n_steps=0"),
        ({"log_every_epoch": False}, ValueError, "No metrics would be logged"),
        ({"log_models": "worst"}, ValueError, "log_models='worst'"),
        ({"mode": "up"}, ValueError, "mode='up'"),
        ({"monitor": "loss"}, ValueError, "monitor='loss', log_models=False"),
        ({"registered_model_name": "m"}, ValueError, "registered_model_name='m'"),
        ({"run": 3}, TypeError, "run=3 of type int"),
        ({"run": "1", "experiment_name": "e"}, ValueError, "experiment_name='e'"),
        ({"artifact_location": "here"}, ValueError, "artifact_location='here'"),
        ({"tags": ["a"]}, TypeError, r"tags=\['a'\] of type list"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        MlflowCallback(**arguments)


def test_mlflow_is_imported_when_it_is_used() -> None:
    code = """
import sys
import numpy as np
import torchkeras_compat as keras
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.zeros((2, 1)), np.zeros((2, 1)), verbose=0)
import torchkeras_mlflow
torchkeras_mlflow.MlflowCallback()
torchkeras_mlflow.autolog()
print("torchkeras_mlflow.plugin" in sys.modules, "mlflow" in sys.modules, "pandas" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "True False False\n"
