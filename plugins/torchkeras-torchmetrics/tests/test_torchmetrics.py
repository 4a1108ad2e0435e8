"""The plugin as a user meets it: installed, and found by name; the oracle is torchmetrics used directly."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras

pytest.importorskip("torchkeras_torchmetrics", reason="the plugin is not installed")

import torchkeras_torchmetrics
from torchkeras_compat.plugins import installed, isolated_plugins
from torchkeras_compat.testing import check_plugin
from torchkeras_torchmetrics.examples import examples
from torchkeras_torchmetrics.names import places

pytestmark = pytest.mark.filterwarnings("ignore:Metric `.*` will save all targets and predictions")


@pytest.fixture(autouse=True)
def only_this_plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same random numbers in every test, and no other plugin."""
    keras.utils.set_random_seed(0)
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "torchmetrics")
    with isolated_plugins(discover=True):
        yield


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    """Thirty samples of three classes."""
    y = np.arange(30) % 3
    return np.random.RandomState(0).normal(size=(30, 4)).astype("float32") + y[:, None], y


def compiled(*metrics: Any) -> Any:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


def test_the_entry_point_is_the_plugin() -> None:
    (entry,) = [e for e in importlib.metadata.entry_points(group="torchkeras_compat") if e.name == "torchmetrics"]
    assert entry.dist.name == "torchkeras-torchmetrics"
    assert installed()["torchmetrics"] is entry.load()


def test_all_that_the_plugin_registers_passes_the_checks() -> None:
    results = check_plugin("torchmetrics").raise_failures()
    assert len([result for result in results if result.outcome == "passed"]) > 300


def test_a_fit_does_not_import_torchmetrics_where_no_metric_of_it_is_used() -> None:
    code = """
import sys
import numpy as np
import torchkeras_compat as keras
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.zeros((2, 1)), np.zeros((2, 1)), verbose=0)
print("torchkeras_torchmetrics" in sys.modules, "torchmetrics" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "True False\n"


def test_a_model_trains_with_metrics_by_name(data: tuple[np.ndarray, np.ndarray]) -> None:
    names = ["torchmetrics>MulticlassF1Score", "multiclass_auroc", "torchmetrics>MulticlassConfusionMatrix"]
    model = compiled("accuracy", *names)
    model.fit(*data, epochs=2, verbose=0)
    found = model.evaluate(*data, batch_size=7, verbose=0, return_dict=True)
    preds, target = torch.from_numpy(model.predict(data[0], verbose=0)), torch.from_numpy(data[1])
    import torchmetrics.functional.classification as F

    assert found["MulticlassF1Score"] == pytest.approx(float(F.multiclass_f1_score(preds, target, 3)), rel=1e-6)
    assert found["multiclass_auroc"] == pytest.approx(float(F.multiclass_auroc(preds, target, 3)), rel=1e-6)
    matrix = F.multiclass_confusion_matrix(preds, target, 3).numpy()
    np.testing.assert_array_equal(found["MulticlassConfusionMatrix"], matrix)


COMPARED = sorted(
    name
    for name, example in examples().items()
    if "batched" not in example["skip"] and "task" not in example.get("arguments", {})
)


@pytest.mark.parametrize("name", COMPARED)
def test_each_gives_what_torchmetrics_gives(name: str) -> None:
    example = examples()[name]
    arguments = dict(example.get("arguments", {}))
    classes = torch.arange(8) % 3
    y_pred = example.get("y_pred", torch.rand(8, 3, generator=torch.Generator().manual_seed(2)).softmax(-1))
    y_true = example.get("y_true", torch.nn.functional.one_hot(classes))
    metric = keras.metrics.get({"class_name": f"torchmetrics>{name}", "config": arguments})
    metric.update_state(y_true[:3], y_pred[:3])
    metric.update_state(y_true[3:], y_pred[3:])

    cls = type(metric).torchmetrics_class()
    if name.startswith("Multiclass"):
        direct, pairs = cls(**arguments, num_classes=3), (y_pred, classes)
    elif name.startswith("Multilabel"):
        direct, pairs = cls(**arguments, num_labels=3), (y_pred, y_true)
    elif name == "KLDivergence":
        direct, pairs = cls(**arguments), (y_true, y_pred)
    else:
        direct, pairs = cls(**arguments), (y_pred.squeeze(-1), y_true.squeeze(-1))
    expected, found = direct(*pairs), metric.result()
    found = tuple(found.values()) if isinstance(found, dict) else found
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6, equal_nan=True)  # sums of other batches


def test_arguments_are_kept_in_files(data: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    metric = torchkeras_torchmetrics.MulticlassFBetaScore(beta=0.5, average="micro", name="f_half")
    model = compiled(metric)
    model.fit(*data, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert again.evaluate(*data, verbose=0, return_dict=True) == model.evaluate(*data, verbose=0, return_dict=True)
    assert "f_half" in again.evaluate(*data, verbose=0, return_dict=True)


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(TypeError, match=r"FBetaScore of torchmetrics needs `beta`.*FBetaScore\(beta=\.\.\.\)"):
        keras.metrics.get("torchmetrics>MulticlassFBetaScore")
    with pytest.raises(AttributeError, match="no metric 'MulticlassF2'"):
        torchkeras_torchmetrics.MulticlassF2  # noqa: B018


def test_a_name_of_keras_is_keras_s_and_that_of_torchmetrics_with_its_package() -> None:
    assert type(keras.metrics.get("MeanSquaredError")) is keras.metrics.MeanSquaredError
    assert type(keras.metrics.get("torchmetrics>MeanSquaredError")).__module__ == "torchkeras_torchmetrics"


def test_values_are_validated_in_the_first_batch_or_in_all() -> None:
    with pytest.raises(RuntimeError, match="more unique values in `target`"):
        torchkeras_torchmetrics.MulticlassAccuracy(num_classes=3).update_state(torch.arange(4), torch.arange(4))
    metric = torchkeras_torchmetrics.MulticlassAccuracy(num_classes=3)
    metric.update_state(torch.tensor([0, 1]), torch.eye(3)[:2])
    assert metric.metric.validate_args is False
    metric = torchkeras_torchmetrics.MulticlassAccuracy(num_classes=3, validate_args=True)
    metric.update_state(torch.tensor([0, 1]), torch.eye(3)[:2])
    assert metric.metric.validate_args is True


def test_a_metric_waits_for_its_width_with_a_state() -> None:
    metric = torchkeras_torchmetrics.MulticlassRecall()
    assert metric.variables == [] and float(metric.result()) == 0
    metric.update_state(torch.tensor([0, 1]), torch.eye(3)[:2])
    again = torchkeras_torchmetrics.MulticlassRecall()
    again.set_state([v.value for v in metric.variables])
    again.update_state(torch.tensor([2]), torch.eye(3)[1:2])
    metric.update_state(torch.tensor([2]), torch.eye(3)[1:2])
    assert again.result() == metric.result()


def test_the_names_are_those_of_torchmetrics() -> None:
    import torchmetrics.classification

    listed = {name for name in torchmetrics.classification.__all__ if name[0].isupper()}
    assert listed <= places().keys() <= set(dir(torchkeras_torchmetrics))
    assert torchkeras_torchmetrics.MulticlassF1Score is torchkeras_torchmetrics.MulticlassF1Score
