"""Every metric against Keras: values and state over several batches, weights, masks, dtypes, configs, names."""

from __future__ import annotations

import copy
import pickle
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import metrics

RNG = np.random.default_rng(11)
_START = RNG.bit_generator.state
DATA: dict[str, Callable[[tuple[int, ...]], np.ndarray]] = {
    "real": lambda shape: RNG.normal(size=shape).astype("float32"),
    "positive": lambda shape: RNG.random(shape).astype("float32") * 3,
    "share": lambda shape: RNG.random(shape).astype("float32"),
    "binary": lambda shape: RNG.integers(0, 2, shape).astype("float32"),
    "probability": lambda shape: RNG.dirichlet(np.ones(shape[-1]), shape[:-1]).astype("float32"),
    "one_hot": lambda shape: np.eye(shape[-1], dtype="float32")[RNG.integers(0, shape[-1], shape[:-1])],
    "class": lambda shape: RNG.integers(0, shape[-1], shape[:-1]).astype("int32"),
    "classes": lambda shape: RNG.integers(0, 3, shape).astype("int32"),
    "ids": lambda shape: np.argsort(RNG.random(shape), axis=-1).astype("int32"),
}


@pytest.fixture(autouse=True)
def same_data_in_any_order() -> None:
    RNG.bit_generator.state = _START


# Class, arguments, what the targets are, what the predictions are, and whether any number of axes is taken.
CASES: list[tuple[str, dict[str, Any], str, str, bool]] = [
    ("Accuracy", {}, "classes", "classes", True),
    ("BinaryAccuracy", {}, "binary", "share", True),
    ("BinaryAccuracy", {"threshold": 0.7}, "binary", "share", True),
    ("CategoricalAccuracy", {}, "one_hot", "probability", True),
    ("SparseCategoricalAccuracy", {}, "class", "probability", True),
    ("TopKCategoricalAccuracy", {"k": 2}, "one_hot", "probability", True),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, "class", "probability", True),
    ("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, "class", "ids", False),
    ("MeanSquaredError", {}, "real", "real", True),
    ("RootMeanSquaredError", {}, "real", "real", True),
    ("MeanAbsoluteError", {}, "real", "real", True),
    ("MeanAbsolutePercentageError", {}, "real", "real", True),
    ("MeanSquaredLogarithmicError", {}, "positive", "positive", True),
    ("LogCoshError", {}, "real", "real", True),
    ("CosineSimilarity", {}, "real", "real", True),
    ("Hinge", {}, "binary", "real", True),
    ("SquaredHinge", {}, "binary", "real", True),
    ("CategoricalHinge", {}, "one_hot", "real", True),
    ("KLDivergence", {}, "probability", "probability", True),
    ("Poisson", {}, "positive", "positive", True),
    ("BinaryCrossentropy", {}, "binary", "share", True),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "binary", "real", True),
    ("CategoricalCrossentropy", {}, "one_hot", "probability", True),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "one_hot", "real", True),
    ("SparseCategoricalCrossentropy", {}, "class", "probability", True),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, "class", "real", True),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, "class", "probability", True),
    ("PearsonCorrelation", {}, "real", "real", True),
    ("ConcordanceCorrelation", {}, "real", "real", True),
    ("TruePositives", {}, "binary", "share", True),
    ("FalsePositives", {"thresholds": 0.3}, "binary", "share", True),
    ("TrueNegatives", {"thresholds": [0.2, 0.9, 0.5]}, "binary", "share", True),
    ("FalseNegatives", {"thresholds": [0.0, 0.5, 1.0]}, "binary", "share", True),
    ("Precision", {}, "binary", "share", True),
    ("Precision", {"thresholds": [0.7, 0.2]}, "binary", "share", True),
    ("Precision", {"top_k": 2}, "binary", "share", False),
    ("Precision", {"top_k": 2, "thresholds": 0.6, "class_id": 1}, "binary", "share", False),
    ("Recall", {}, "binary", "share", True),
    ("Recall", {"thresholds": [0.7, 0.2]}, "binary", "share", True),
    ("Recall", {"top_k": 1}, "binary", "share", False),
    ("Recall", {"class_id": 2}, "binary", "share", False),
    ("SensitivityAtSpecificity", {"specificity": 0.6, "num_thresholds": 20}, "binary", "share", True),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 1}, "binary", "share", True),
    ("PrecisionAtRecall", {"recall": 0.4}, "binary", "share", True),
    ("RecallAtPrecision", {"precision": 0.6, "class_id": 0}, "binary", "share", False),
    *[
        ("AUC", {"num_thresholds": 30, "curve": curve, "summation_method": method}, "binary", "share", True)
        for curve in ("ROC", "PR", "PRGAIN")
        for method in ("interpolation", "minoring", "majoring")
    ],
    ("AUC", {"from_logits": True}, "binary", "real", True),
    ("AUC", {"thresholds": [0.9, 0.1, 0.4]}, "binary", "share", True),
    ("AUC", {"multi_label": True}, "binary", "share", False),
    ("AUC", {"multi_label": True, "num_labels": 3, "curve": "PR", "thresholds": [0.3, 0.6]}, "binary", "share", False),
    ("AUC", {"multi_label": True, "label_weights": [0.2, 0.5, 1.0]}, "binary", "share", False),
    ("AUC", {"label_weights": [0.2, 0.5, 1.0]}, "binary", "share", False),
    *[("FBetaScore", {"average": a, "beta": 2.0}, "binary", "share", False) for a in (None, "micro", "macro")],
    ("FBetaScore", {"average": "weighted", "threshold": 0.4}, "binary", "share", False),
    ("F1Score", {"average": "macro"}, "one_hot", "probability", False),
    ("R2Score", {}, "real", "real", False),
    ("R2Score", {"class_aggregation": "variance_weighted_average", "num_regressors": 1}, "real", "real", False),
    ("R2Score", {"class_aggregation": None}, "real", "real", False),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2], "dtype": "float32"}, "classes", "classes", False),
    ("MeanIoU", {"num_classes": 3, "ignore_class": 1, "dtype": "float32"}, "classes", "classes", False),
    ("MeanIoU", {"num_classes": 5, "dtype": "float32"}, "classes", "classes", False),
    ("BinaryIoU", {"threshold": 0.4, "dtype": "float32"}, "binary", "share", False),
    ("OneHotIoU", {"num_classes": 3, "target_class_ids": [1], "dtype": "float32"}, "one_hot", "share", False),
    ("OneHotMeanIoU", {"num_classes": 3, "dtype": "float32"}, "one_hot", "share", False),
]
IDS = [f"{c[0]}-{'-'.join(f'{k}={v}' for k, v in c[1].items())}" for c in CASES]
each_case = pytest.mark.parametrize(("name", "arguments", "targets", "predictions", "any_rank"), CASES, ids=IDS)


def batches(targets: str, predictions: str, shape: tuple[int, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(DATA[targets]((n, *shape[1:])), DATA[predictions]((n, *shape[1:]))) for n in (shape[0], shape[0], 2)]


def assert_same(ours: Any, theirs: Any) -> None:
    """Same result, same state under the same names, in the same dtypes."""
    result, expected = ours.result(), theirs.result()
    assert result.shape == expected.shape
    assert result.dtype == expected.dtype
    torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-6)
    assert [v.path for v in ours.variables] == [v.path for v in theirs.variables]
    for v, w in zip(ours.variables, theirs.variables, strict=True):
        assert v.dtype == w.dtype
        torch.testing.assert_close(v.value, w.value, rtol=1e-5, atol=1e-6)


@each_case
def test_results_and_state_are_those_of_keras(
    real_keras: types.ModuleType, name: str, arguments: dict, targets: str, predictions: str, any_rank: bool
) -> None:
    for shape in [(6, 3), (2, 4, 3)] if any_rank else [(6, 3)]:
        ours = getattr(metrics, name)(**arguments, name="m")
        theirs = getattr(real_keras.metrics, name)(**arguments, name="m")
        for y_true, y_pred in batches(targets, predictions, shape):
            ours.update_state(torch.tensor(y_true), torch.tensor(y_pred))
            theirs.update_state(torch.tensor(y_true), torch.tensor(y_pred))
            assert_same(ours, theirs)
        ours.reset_state()
        assert all((v.numpy() == 0).all() for v in ours.variables)


@each_case
def test_weights_count_as_in_keras(
    real_keras: types.ModuleType, name: str, arguments: dict, targets: str, predictions: str, any_rank: bool
) -> None:
    ours = getattr(metrics, name)(**arguments, name="m")
    theirs = getattr(real_keras.metrics, name)(**arguments, name="m")
    for y_true, y_pred in batches(targets, predictions, (6, 3)):
        per_sample = RNG.random(len(y_true)).astype("float32")
        if name.endswith("IoU") and y_true.ndim == 2 and targets != "one_hot":
            per_sample = RNG.random(y_true.shape).astype("float32")  # Keras wants one for each value here
        ours.update_state(y_true, y_pred, sample_weight=per_sample)
        theirs.update_state(y_true, y_pred, sample_weight=per_sample)
    assert_same(ours, theirs)


MEANS = [c for c in CASES if isinstance(getattr(metrics, c[0])(**c[1]), metrics.MeanMetricWrapper)]


@pytest.mark.parametrize(("name", "arguments", "targets", "predictions", "any_rank"), MEANS)
def test_masks_count_as_in_keras(
    real_keras: types.ModuleType, name: str, arguments: dict, targets: str, predictions: str, any_rank: bool
) -> None:
    if name in ("Accuracy", "BinaryAccuracy") or "ignore_class" in arguments:
        return  # there Keras takes a mask with one entry for each value only
    ours = getattr(metrics, name)(**arguments, name="m")
    theirs = getattr(real_keras.metrics, name)(**arguments, name="m")
    for n, weighted in ((6, False), (3, True)):
        y_true, y_pred = DATA[targets]((n, 3)), torch.tensor(DATA[predictions]((n, 3)))
        y_pred._keras_mask = torch.tensor(RNG.random(n) > 0.4)  # type: ignore[attr-defined]
        weight = RNG.random(n).astype("float32") if weighted else None
        ours.update_state(torch.tensor(y_true), y_pred, weight)
        theirs.update_state(torch.tensor(y_true), y_pred, weight)
    assert_same(ours, theirs)


@each_case
def test_configs_go_both_ways(
    real_keras: types.ModuleType, name: str, arguments: dict, targets: str, predictions: str, any_rank: bool
) -> None:
    metric = getattr(metrics, name)(**arguments, name="mine")
    again = metrics.deserialize(metrics.serialize(metric))
    assert type(again) is type(metric)
    assert again.get_config() == metric.get_config()
    theirs = real_keras.metrics.deserialize(metrics.serialize(metric))
    assert type(theirs).__name__ == name
    if arguments.get("label_weights") is not None:
        return  # Keras puts a tensor into the config, which is no JSON
    mine = metrics.deserialize(real_keras.metrics.serialize(theirs))
    assert mine.get_config() == metric.get_config()
    assert theirs.get_config().items() <= metric.get_config().items()


@each_case
def test_stateless_use_pickles_and_copies(
    name: str, arguments: dict, targets: str, predictions: str, any_rank: bool
) -> None:
    (first, second, _) = batches(targets, predictions, (6, 3))
    metric = getattr(metrics, name)(**arguments)
    metric.update_state(*first)
    kept = [v.value.clone() for v in metric.variables]
    after = metric.stateless_update_state(metric.variables, *second)
    lent = metric.stateless_result(after)
    assert all((a == 0).all() for a in metric.stateless_reset_state())
    for v, before in zip(metric.variables, kept, strict=True):
        torch.testing.assert_close(v.value, before)
    for other in (copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))):
        other.update_state(*second)
        torch.testing.assert_close(other.result(), lent)
    torch.testing.assert_close(metric(*second), lent)


@each_case
def test_updates_do_not_wait_for_the_device(
    name: str, arguments: dict, targets: str, predictions: str, any_rank: bool
) -> None:
    """The meta device has no values: whatever asks for one fails there."""
    metric = getattr(metrics, name)(**arguments)
    for y_true, y_pred in batches(targets, predictions, (6, 3)):
        a, b = torch.tensor(y_true, device="meta"), torch.tensor(y_pred, device="meta")
        weight = torch.ones(a.shape if name.endswith("IoU") and targets != "one_hot" else a.shape[:1], device="meta")
        metric.update_state(a, b)
        metric.update_state(a, b, sample_weight=weight)
    assert all((v.numpy() == 0).all() for v in metric.variables)


@each_case
def test_lists_arrays_and_low_precision_are_taken(
    name: str, arguments: dict, targets: str, predictions: str, any_rank: bool
) -> None:
    y_true, y_pred = DATA[targets]((6, 3)), DATA[predictions]((6, 3))
    expected = getattr(metrics, name)(**arguments)(y_true, y_pred)
    torch.testing.assert_close(getattr(metrics, name)(**arguments)(y_true.tolist(), y_pred.tolist()), expected)
    if y_pred.dtype == "float32":
        rounded = torch.tensor(y_pred).bfloat16()
        whole = getattr(metrics, name)(**arguments)(y_true, rounded.float())
        halved = getattr(metrics, name)(**arguments)(torch.tensor(y_true), rounded)
        assert halved.dtype == whole.dtype
        # Elementwise steps are in bfloat16 (3 significant digits), the sums in the dtype of the state.
        torch.testing.assert_close(halved, whole, rtol=5e-2, atol=5e-2)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", ["TruePositives", "Precision", "Recall", "AUC"])
def test_thresholds_of_low_precision_predictions_are_those_of_keras(name, dtype, real_keras) -> None:
    limit = torch.tensor(0.3).to(dtype)  # beside 0.3, and equal to it in this precision
    y_pred = torch.stack([limit, limit.nextafter(torch.zeros((), dtype=dtype)), limit * 2])
    y_true, arguments = torch.tensor([1.0, 0.0, 1.0]), {"thresholds": [0.3]}
    ours = getattr(metrics, name)(**arguments)(y_true, y_pred)
    theirs = getattr(real_keras.metrics, name)(**arguments)(y_true, y_pred)
    torch.testing.assert_close(ours, theirs.cpu())


def test_functions_are_those_of_keras(real_keras: types.ModuleType) -> None:
    for function, targets, predictions, arguments in [
        ("binary_accuracy", "binary", "share", {"threshold": 0.3}),
        ("categorical_accuracy", "one_hot", "share", {}),
        ("sparse_categorical_accuracy", "class", "share", {}),
        ("top_k_categorical_accuracy", "one_hot", "share", {"k": 2}),
        ("sparse_top_k_categorical_accuracy", "class", "share", {"k": 2}),
        ("pearson_correlation", "real", "real", {"axis": 0}),
        ("concordance_correlation", "real", "real", {}),
    ]:
        for shape in ((6, 3), (2, 4, 3)):
            y_true, y_pred = torch.tensor(DATA[targets](shape)), torch.tensor(DATA[predictions](shape))
            ours = getattr(metrics, function)(y_true, y_pred, **arguments)
            theirs = getattr(real_keras.metrics, function)(y_true, y_pred, **arguments)
            torch.testing.assert_close(ours, theirs)
            if targets == "class":
                last = y_true.unsqueeze(-1)
                torch.testing.assert_close(
                    getattr(metrics, function)(last, y_pred, **arguments),
                    getattr(real_keras.metrics, function)(last, y_pred, **arguments),
                )


def test_names_are_those_of_keras(real_keras: types.ModuleType) -> None:
    public = [n for n in dir(metrics) if n not in ("get", "serialize", "deserialize")]
    names = ["mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "bce", "BCE", "accuracy", "f1_score", "auc"]
    for name in [*names, *public]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = real_keras.metrics.get(name)
        except (ValueError, TypeError):
            continue  # a function that Keras does not list, or a class with arguments
        found = metrics.get(name)
        assert type(found).__name__ == type(expected).__name__
        assert found._direction == getattr(expected, "_direction", None)
    assert metrics.get(None) is None
    with pytest.raises(ValueError, match="categorical_accuracy"):
        metrics.get("categorical_acuracy")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Accuracy", {}),
        ("CategoricalAccuracy", {}),
        ("TopKCategoricalAccuracy", {"k": 2}),
        ("BinaryAccuracy", {}),
        ("CategoricalCrossentropy", {}),
        ("AUC", {}),
        ("Precision", {}),
        ("Recall", {"class_id": 1}),
        ("F1Score", {}),
        ("OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 2]}),
        ("OneHotMeanIoU", {"num_classes": 3}),
        ("R2Score", {}),
    ],
)
def test_boolean_one_hot_targets_are_zeros_and_ones(real_keras, name, options):
    y_true, y_pred = DATA["one_hot"]((12, 3)), DATA["probability"]((12, 3))
    results = []
    for targets in (y_true == 1, torch.tensor(y_true == 1), y_true):
        metric = getattr(metrics, name)(**options)
        metric.update_state(targets, y_pred)
        results.append(metric.result().numpy())
    real = getattr(real_keras.metrics, name)(**options)
    real.update_state(y_true, y_pred)
    for result in results:
        np.testing.assert_allclose(result, real.result().cpu().numpy(), rtol=1e-5)


@pytest.mark.parametrize(("name", "options"), [("categorical_accuracy", {}), ("top_k_categorical_accuracy", {"k": 2})])
def test_functions_take_boolean_targets_and_predictions(name, options):
    y_true, y_pred = np.eye(3)[[0, 2, 1]], np.eye(3)[[0, 1, 2]]
    function = getattr(metrics, name)
    expected = function(y_true, y_pred, **options)
    assert torch.equal(function(y_true == 1, y_pred == 1, **options), expected)
    assert torch.equal(function(y_true == 1, y_pred, **options), expected)


@pytest.mark.parametrize("metric", ["accuracy", "acc", "categorical_accuracy", "binary_accuracy", "auc"])
@pytest.mark.parametrize("form", ["frame", "array", "tensor"])
def test_dummies_of_pandas_train_and_evaluate(real_keras, metric, form):
    pandas = pytest.importorskip("pandas")
    frame = pandas.get_dummies(pandas.Series(list("abcabc")))
    assert set(frame.dtypes) == {np.dtype(bool)}
    y = {"frame": frame, "array": frame.to_numpy(), "tensor": torch.tensor(frame.to_numpy())}[form]
    x = np.linspace(-1.0, 1.0, 12, dtype="float32").reshape(6, 2)
    results = []
    for space in (torchkeras_compat, real_keras):
        dense = space.layers.Dense(3, "softmax")
        model = space.Sequential([space.Input((2,)), dense])
        dense.set_weights([np.array([[0.1, 0.5, -0.3], [0.4, -0.2, 0.3]]), np.zeros(3)])
        model.compile("sgd", "categorical_crossentropy", metrics=[metric if metric != "auc" else space.metrics.AUC()])
        history = model.fit(x, y, batch_size=6, verbose=0).history
        results.append([*sorted(v[0] for v in history.values()), *sorted(model.evaluate(x, y, verbose=0))])
    np.testing.assert_allclose(*results, rtol=1e-4)
