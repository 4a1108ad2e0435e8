"""Metrics of torchmetrics given to `compile`: the oracle is torchmetrics itself, on the same predictions."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
import torchmetrics
from torchmetrics import classification, regression

import torchkeras_compat as keras
from torchkeras_compat.metrics import TorchMetric
from torchkeras_compat.metrics.torch_metric import is_torchmetrics

CLASSES = torch.tensor([0, 1, 2, 1, 0, 2, 2, 1])
PROBABILITIES = torch.softmax(torch.randn(8, 3, generator=torch.Generator().manual_seed(1)), -1)
# A wait for the device, and a list that grows, as torchmetrics itself says.
pytestmark = pytest.mark.filterwarnings("ignore:Metric `.*` will save all targets and predictions")


def compiled(*metrics: object, **arguments: object) -> keras.Sequential:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=list(metrics), **arguments)
    return model


@pytest.fixture
def data() -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(24, 4)
    return x, torch.arange(24) % 3


def test_objects_stand_in_compile_and_are_named_after_their_class(data: tuple) -> None:
    metric = classification.MulticlassF1Score(3)
    model = compiled("accuracy", metric, metric.clone())
    history = model.fit(*data, epochs=2, batch_size=5, verbose=0, validation_data=data).history
    assert {"multiclass_f1_score", "multiclass_f1_score_1", "val_multiclass_f1_score"} <= history.keys()
    expected = classification.MulticlassF1Score(3)(torch.from_numpy(model.predict(data[0], verbose=0)), data[1])
    found = model.evaluate(*data, batch_size=7, verbose=0, return_dict=True)
    assert found["multiclass_f1_score"] == pytest.approx(float(expected), rel=1e-6)  # float32


@pytest.mark.parametrize("form", ["numbers", "column", "one_hot", "floats"])
def test_targets_are_class_labels_whatever_their_form(form: str) -> None:
    targets = {
        "numbers": CLASSES,
        "column": CLASSES[:, None],
        "one_hot": torch.nn.functional.one_hot(CLASSES).float(),
        "floats": CLASSES.float(),
    }[form]
    expected = classification.MulticlassAccuracy(3, average=None)(PROBABILITIES, CLASSES)
    metric = TorchMetric(classification.MulticlassAccuracy(3, average=None))
    metric.update_state(targets, PROBABILITIES)
    torch.testing.assert_close(metric.result(), expected, rtol=0, atol=0)


def test_classes_stand_behind_the_batch_for_torchmetrics() -> None:
    labels = torch.randint(0, 3, (2, 5, 4))
    scores = torch.randn(2, 5, 4, 3)
    metric = TorchMetric(classification.MulticlassJaccardIndex(3))
    metric.update_state(labels, scores)
    expected = classification.MulticlassJaccardIndex(3)(scores.permute(0, 3, 1, 2), labels)
    torch.testing.assert_close(metric.result(), expected, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("metric", "y_true", "y_pred", "arguments"),
    [
        (
            classification.BinaryF1Score(),
            CLASSES[:, None] > 0,
            PROBABILITIES[:, :1],
            (PROBABILITIES[:, 0], CLASSES > 0),
        ),
        (
            classification.MultilabelAccuracy(3),
            (PROBABILITIES > 0.4).float(),
            PROBABILITIES,
            (PROBABILITIES, PROBABILITIES > 0.4),
        ),
        (
            regression.PearsonCorrCoef(),
            CLASSES[:, None],
            PROBABILITIES[:, :1],
            (PROBABILITIES[:, 0], CLASSES.float()),
        ),
        (
            regression.KLDivergence(),
            PROBABILITIES,
            PROBABILITIES.flip(0),
            (PROBABILITIES, PROBABILITIES.flip(0)),
        ),
        (
            torchmetrics.image.StructuralSimilarityIndexMeasure(data_range=1.0),
            torch.linspace(0, 1, 2 * 12 * 12 * 3).reshape(2, 12, 12, 3),
            torch.linspace(0, 1, 2 * 12 * 12 * 3).reshape(2, 12, 12, 3) ** 2,
            tuple(
                (torch.linspace(0, 1, 2 * 12 * 12 * 3).reshape(2, 12, 12, 3) ** power).permute(0, 3, 1, 2)
                for power in (2, 1)
            ),
        ),
    ],
    ids=["binary", "multilabel", "regression", "divergence", "image"],
)
def test_each_kind_gets_its_form(metric: object, y_true: torch.Tensor, y_pred: torch.Tensor, arguments: tuple) -> None:
    adapted = TorchMetric(metric.clone())
    adapted.update_state(y_true, y_pred)
    preds, target = arguments
    target = target.long() if isinstance(metric, classification.stat_scores.StatScores) else target
    expected = metric(preds, target if target.is_floating_point() else target.long())
    torch.testing.assert_close(adapted.result(), expected, rtol=1e-6, atol=0)


def test_a_collection_gives_a_value_for_each(data: tuple) -> None:
    collection = torchmetrics.MetricCollection([classification.MulticlassF1Score(3), classification.MulticlassAUROC(3)])
    logs = compiled(collection).fit(*data, verbose=0).history
    assert {"MulticlassF1Score", "MulticlassAUROC"} <= logs.keys()


def test_a_collection_of_several_kinds_is_refused() -> None:
    metric = TorchMetric(
        torchmetrics.MetricCollection([classification.MulticlassF1Score(3), regression.MeanSquaredError()])
    )
    with pytest.raises(ValueError, match="targets of several kinds. Received: multiclass, regression"):
        metric.update_state(CLASSES, PROBABILITIES)


def test_a_value_of_several_numbers_is_a_dict() -> None:
    metric = TorchMetric(classification.BinaryRecallAtFixedPrecision(min_precision=0.5), name="recall")
    metric.update_state(CLASSES > 0, PROBABILITIES[:, 0])
    assert list(metric.result()) == ["recall_0", "recall_1"]


def test_curves_are_refused() -> None:
    metric = TorchMetric(classification.MulticlassROC(3))
    metric.update_state(CLASSES, PROBABILITIES)
    with pytest.raises(
        ValueError, match="MulticlassROC of torchmetrics does not compute a value for the logs. .* of 3"
    ):
        metric.result()


def test_metrics_without_pairs_are_refused_in_compile() -> None:
    with pytest.raises(TypeError, match=r"MeanMetric .* no pairs of predictions and targets.*update\(value, weight\)"):
        compiled(torchmetrics.MeanMetric())
    with pytest.raises(TypeError, match="takes a metric of torchmetrics. Received: 'accuracy'"):
        TorchMetric("accuracy")


def test_weights_are_refused_where_torchmetrics_takes_none(data: tuple) -> None:
    model = compiled(weighted_metrics=[classification.MulticlassF1Score(3)])
    with pytest.raises(ValueError, match="MulticlassF1Score of torchmetrics takes no sample weights"):
        model.fit(*data, sample_weight=np.ones(24), verbose=0)


def test_weights_reach_a_metric_that_takes_them() -> None:
    class WeightedHits(torchmetrics.Metric):
        def __init__(self) -> None:
            super().__init__()
            self.add_state("hits", torch.zeros(()), dist_reduce_fx="sum")

        def update(self, preds: torch.Tensor, target: torch.Tensor, sample_weight: torch.Tensor | None = None) -> None:
            self.hits += ((preds.argmax(-1) == target) * (1 if sample_weight is None else sample_weight)).sum()

        def compute(self) -> torch.Tensor:
            return self.hits

    metric = TorchMetric(WeightedHits())
    metric.update_state(torch.tensor([0, 1]), torch.eye(2), sample_weight=torch.tensor([1.0, 3.0]))
    assert metric.result() == 4


METRICS = {
    "sums": lambda: classification.MulticlassAccuracy(3),
    "lists": lambda: classification.MulticlassAUROC(3),
    "collection": lambda: torchmetrics.MetricCollection(
        [classification.MulticlassF1Score(3), classification.MulticlassAUROC(3)]
    ),
    "wrapper": lambda: torchmetrics.wrappers.ClasswiseWrapper(classification.MulticlassRecall(3, average=None)),
}


@pytest.mark.parametrize("kind", METRICS)
def test_the_variables_are_the_whole_state(kind: str) -> None:
    metric, again, whole = (TorchMetric(METRICS[kind]()) for _ in range(3))
    metric.update_state(CLASSES[:3], PROBABILITIES[:3])
    again.set_state([v.value for v in metric.variables])
    again.update_state(CLASSES[3:], PROBABILITIES[3:])
    whole.update_state(CLASSES, PROBABILITIES)
    torch.testing.assert_close(again.result(), whole.result(), rtol=1e-6, atol=0)  # sums in another order
    held = metric.stateless_result([v.value for v in again.variables])
    torch.testing.assert_close(held, again.result(), rtol=0, atol=0)
    assert len(metric.variables) <= len(again.variables)
    metric.reset_state()
    assert metric.result() == 0


def test_a_state_of_another_size_is_refused() -> None:
    metric = TorchMetric(METRICS["sums"]())
    with pytest.raises(ValueError, match="has 5 variables. Received: 2 values"):
        metric.set_state([torch.tensor([1]), torch.zeros(3)])


def test_a_resumed_epoch_ends_with_the_values_of_one_that_was_not_interrupted(data: tuple, tmp_path: Path) -> None:
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            if batch == 2:
                raise KeyboardInterrupt

    def train(folder: Path, interrupts: bool) -> dict:
        keras.utils.set_random_seed(0)
        model = compiled(*(make() for make in (METRICS["sums"], METRICS["lists"])))
        backup = keras.callbacks.BackupAndRestore(folder, save_freq=1)
        callbacks = [backup, *([Interrupt()] if interrupts else [])]
        return model.fit(*data, batch_size=4, shuffle=False, verbose=0, callbacks=callbacks).history

    expected = train(tmp_path / "whole", interrupts=False)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "parts", interrupts=True)
    assert train(tmp_path / "parts", interrupts=False) == expected


def test_a_model_that_holds_one_is_copied_and_pickled(data: tuple) -> None:
    metric = TorchMetric(METRICS["sums"]())
    metric.update_state(CLASSES, PROBABILITIES)
    for copied in (copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))):
        copied.update_state(CLASSES, PROBABILITIES)
        assert copied.result() == metric.result()
    assert int(metric.variables[0].value) == 1


def test_a_file_says_that_an_object_cannot_be_stored(data: tuple, tmp_path: Path) -> None:
    model = compiled(METRICS["sums"]())
    with pytest.warns(UserWarning, match="`metrics` of `compile`.*cannot be stored"):
        model.save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match=r'torchkeras-torchmetrics.*"torchmetrics>MulticlassAccuracy"'):
        TorchMetric(METRICS["sums"]()).get_config()


def test_what_is_not_of_torchmetrics_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_torchmetrics(torch.nn.Linear(1, 1))
    monkeypatch.delitem(sys.modules, "torchmetrics")
    assert not is_torchmetrics(METRICS["sums"]())


def test_shapes_on_the_meta_device_count_nothing() -> None:
    metric = TorchMetric(METRICS["sums"]())
    metric.update_state(CLASSES.to("meta"), PROBABILITIES.to("meta"))
    assert metric.result() == 0


def test_the_package_does_not_import_torchmetrics() -> None:
    code = "import sys, torchkeras_compat as k; k.metrics.get('accuracy'); print('torchmetrics' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


@pytest.mark.slow
@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch is built without distributed")
def test_two_processes_give_the_value_of_all_samples(tmp_path: Path) -> None:
    """Each process sees half of the samples; torchmetrics gathers the states over gloo."""
    program = tmp_path / "worker.py"
    program.write_text(
        textwrap.dedent(
            """
            import sys, torch
            import torchkeras_compat as keras
            from torchmetrics.classification import MulticlassAUROC, MulticlassF1Score
            from torchkeras_compat.metrics import TorchMetric

            rank, store = int(sys.argv[1]), sys.argv[2]
            torch.distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
            keras.utils.set_random_seed(0)
            x, y = torch.randn(12, 4), torch.arange(12) % 3
            model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
            model.compile("sgd", "sparse_categorical_crossentropy", metrics=[MulticlassF1Score(3), MulticlassAUROC(3)])
            part = slice(0, 5) if rank == 0 else slice(5, 12)
            found = model.evaluate(x[part], y[part], batch_size=3, verbose=0, return_dict=True)
            torch.distributed.destroy_process_group()
            y_pred = model(x).detach()
            expected = [MulticlassF1Score(3)(y_pred, y), MulticlassAUROC(3)(y_pred, y)]
            torch.testing.assert_close(
                [torch.tensor(found[k]) for k in ("multiclass_f1_score", "multiclass_auroc")], expected
            )
            print("equal")
            """
        )
    )
    root = str(Path(keras.__file__).parents[1])
    workers = [
        subprocess.Popen(
            [sys.executable, str(program), str(rank), str(tmp_path / "store")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1"},
        )
        for rank in range(2)
    ]
    outputs = [worker.communicate(timeout=900) for worker in workers]
    assert [out for out, _ in outputs] == ["equal\n", "equal\n"], outputs
