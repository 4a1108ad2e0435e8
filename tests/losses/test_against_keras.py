"""Every loss against Keras: values, gradients, weights, masks, reductions, dtypes, configs."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import losses
from torchkeras_compat.losses.base import LossFunctionWrapper

RNG = np.random.default_rng(7)
TARGETS: dict[str, Callable[[tuple[int, ...]], np.ndarray]] = {
    "real": lambda shape: RNG.normal(size=shape).astype("float32"),
    "positive": lambda shape: RNG.random(shape).astype("float32") * 3,
    "binary": lambda shape: RNG.integers(0, 2, shape).astype("float32"),
    "signs": lambda shape: RNG.integers(0, 2, shape).astype("float32") * 2 - 1,
    "probability": lambda shape: RNG.dirichlet(np.ones(shape[-1]), shape[:-1]).astype("float32"),
    "one_hot": lambda shape: np.eye(shape[-1], dtype="float32")[RNG.integers(0, shape[-1], shape[:-1])],
    "class": lambda shape: RNG.integers(0, shape[-1], shape[:-1]).astype("int32"),
}
PREDICTIONS: dict[str, Callable[[tuple[int, ...]], np.ndarray]] = {
    "real": TARGETS["real"],
    "positive": TARGETS["positive"],
    "probability": TARGETS["probability"],
    "share": lambda shape: RNG.random(shape).astype("float32"),
}

# Class, arguments, what the targets are, what the predictions are.
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("MeanSquaredError", {}, "real", "real"),
    ("MeanAbsoluteError", {}, "real", "real"),
    ("MeanAbsolutePercentageError", {}, "real", "real"),
    ("MeanSquaredLogarithmicError", {}, "positive", "positive"),
    ("Huber", {"delta": 0.7}, "real", "real"),
    ("LogCosh", {}, "real", "real"),
    ("CosineSimilarity", {"axis": -1}, "real", "real"),
    ("Hinge", {}, "binary", "real"),
    ("Hinge", {}, "signs", "real"),
    ("SquaredHinge", {}, "signs", "real"),
    ("CategoricalHinge", {}, "one_hot", "real"),
    ("KLDivergence", {}, "probability", "probability"),
    ("Poisson", {}, "positive", "positive"),
    ("BinaryCrossentropy", {}, "binary", "share"),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "binary", "real"),
    ("BinaryFocalCrossentropy", {}, "binary", "share"),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5}, "binary", "share"),
    ("BinaryFocalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "binary", "real"),
    ("CategoricalCrossentropy", {}, "one_hot", "share"),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}, "probability", "probability"),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, "one_hot", "real"),
    ("CategoricalFocalCrossentropy", {}, "one_hot", "share"),
    ("CategoricalFocalCrossentropy", {"alpha": [0.1, 0.2, 0.7], "gamma": 1.0}, "one_hot", "probability"),
    ("CategoricalFocalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, "one_hot", "real"),
    ("SparseCategoricalCrossentropy", {}, "class", "share"),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, "class", "real"),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, "class", "probability"),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1, "from_logits": True}, "class", "real"),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.7}, "class", "probability"),
]
IDS = [f"{name}-{'-'.join(f'{k}={v}' for k, v in arguments.items())}" for name, arguments, *_ in CASES]
SHAPES = [(6, 3), (2, 4, 3)]
REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None]


def data(targets: str, predictions: str, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    return TARGETS[targets](shape), PREDICTIONS[predictions](shape)


def compare(ours: Any, theirs: Any, y_true: np.ndarray, y_pred: np.ndarray, weight: Any, mask: Any) -> None:
    """Same values, same gradients, for an optional weight and mask."""
    results = []
    for loss in (ours, theirs):
        p = torch.tensor(y_pred, requires_grad=True)
        given = p * 1.0
        if mask is not None:
            given._keras_mask = torch.tensor(mask)  # type: ignore[attr-defined]
        value = loss(torch.tensor(y_true), given, None if weight is None else torch.tensor(weight))
        value.sum().backward()
        results.append((value.detach(), p.grad))
    (value, grad), (expected, expected_grad) = results
    assert value.shape == expected.shape
    assert value.dtype == expected.dtype
    torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(grad, expected_grad, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(("name", "arguments", "targets", "predictions"), CASES, ids=IDS)
def test_values_and_gradients_are_those_of_keras(
    real_keras: types.ModuleType, name: str, arguments: dict, targets: str, predictions: str, shape: tuple[int, ...]
) -> None:
    y_true, y_pred = data(targets, predictions, shape)
    per_sample = RNG.random(shape[0]).astype("float32")  # as `(batch, 1)`, since Keras needs the rank of the values
    per_value = RNG.random(shape[:-1]).astype("float32")
    mask = RNG.random(shape[:-1]) > 0.3
    for reduction in REDUCTIONS:
        ours = getattr(losses, name)(**arguments, reduction=reduction)
        theirs = getattr(real_keras.losses, name)(**arguments, reduction=reduction)
        for weight in (None, np.float32(0.5), per_sample[:, None], per_value, per_value * 0):
            for m in (None, mask, mask & False):
                masked = m is not None or "ignore_class" in arguments
                if masked and weight is not None and weight.shape != mask.shape:
                    continue  # Keras cannot: it multiplies the weight by the mask in place
                if name == "SparseCategoricalCrossentropy" and m is not None and arguments.get("ignore_class"):
                    continue  # Keras gives the mask of the ignored class alone
                compare(ours, theirs, y_true, y_pred, weight, m)


@pytest.mark.parametrize(("name", "arguments", "targets", "predictions"), CASES, ids=IDS)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_a_dtype_is_the_one_computed_in(
    real_keras: types.ModuleType, name: str, arguments: dict, targets: str, predictions: str, dtype: str
) -> None:
    y_true, y_pred = data(targets, predictions, (6, 3))
    value = getattr(losses, name)(**arguments, dtype=dtype)(y_true, y_pred)
    assert value.dtype is getattr(torch, dtype)
    expected = getattr(real_keras.losses, name)(**arguments)(y_true, y_pred)
    tolerance = {"float16": 2e-2, "bfloat16": 1e-1, "float64": 1e-5}[dtype]  # units in the last place, over a few sums
    torch.testing.assert_close(value.float(), expected.float(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "arguments", "targets", "predictions"), CASES, ids=IDS)
def test_arrays_integers_and_a_last_axis_of_one_are_taken(
    real_keras: types.ModuleType, name: str, arguments: dict, targets: str, predictions: str
) -> None:
    y_true, y_pred = data(targets, predictions, (6, 3))
    ours, theirs = getattr(losses, name)(**arguments), getattr(real_keras.losses, name)(**arguments)
    np.testing.assert_allclose(ours(y_true, y_pred.tolist()), theirs(y_true, y_pred), rtol=1e-5)
    np.testing.assert_allclose(ours(y_true.astype("int64"), y_pred), theirs(y_true.astype("int64"), y_pred), rtol=1e-5)
    if targets == "class":
        np.testing.assert_allclose(ours(y_true[:, None], y_pred), theirs(y_true, y_pred), rtol=1e-5)
        np.testing.assert_allclose(ours(y_true.astype("float32"), y_pred), theirs(y_true, y_pred), rtol=1e-5)
    elif "categorical" not in ours.name:  # which needs several classes
        np.testing.assert_allclose(
            ours(y_true[:, 0], y_pred[:, :1]), theirs(y_true[:, 0], y_pred[:, :1]), rtol=1e-5, atol=1e-6
        )


FUNCTIONS = {
    "categorical_generalized_cross_entropy": {"q": 0.7},
    "binary_focal_crossentropy": {"apply_class_balancing": True},
    "huber": {"delta": 0.5},
}


@pytest.mark.parametrize(("name", "targets", "predictions"), sorted({(c[0], c[2], c[3]) for c in CASES}))
def test_functions_are_those_of_keras(real_keras: types.ModuleType, name: str, targets: str, predictions: str) -> None:
    y_true, y_pred = data(targets, predictions, (5, 3))
    if name == "CategoricalGeneralizedCrossEntropy":
        function = "categorical_generalized_cross_entropy"
    else:
        function = losses.get(name).name if name != "Huber" else "huber"
    arguments = FUNCTIONS.get(function, {})
    ours = getattr(losses, function)(y_true, y_pred, **arguments)
    theirs = getattr(real_keras.losses, function)(torch.tensor(y_true), torch.tensor(y_pred), **arguments)
    assert ours.shape == (5,)
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)])
def test_overlaps_are_those_of_keras(real_keras: types.ModuleType, axis: Any) -> None:
    y_true, y_pred = data("binary", "share", (2, 4, 3))
    for name, arguments in (("Dice", {}), ("Tversky", {"alpha": 0.3, "beta": 0.9})):
        for reduction in REDUCTIONS:
            ours = getattr(losses, name)(**arguments, axis=axis, reduction=reduction)
            theirs = getattr(real_keras.losses, name)(**arguments, axis=axis, reduction=reduction)
            compare(ours, theirs, y_true, y_pred, None, None)
            compare(ours, theirs, y_true, y_pred, np.float32(0.5), None)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_circle_is_that_of_keras(real_keras: types.ModuleType, reduction: str | None) -> None:
    labels = np.array([1, 1, 2, 2, 3, 4], dtype="int32")
    embeddings = RNG.normal(size=(6, 4)).astype("float32")
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    weight = RNG.random(6).astype("float32")
    for arguments in ({}, {"gamma": 2.0, "margin": 0.25, "remove_diagonal": False}):
        ours = losses.Circle(**arguments, reduction=reduction)
        theirs = real_keras.losses.Circle(**arguments, reduction=reduction)
        for y_true in (labels, labels[:, None], labels * 0, np.arange(6)):
            for w in (None, weight):
                for mask in (None, weight > 0.4):
                    compare(ours, theirs, y_true, embeddings, w, mask)
    references = data("real", "real", (5, 4))[0]
    both = [
        f(labels, embeddings, np.arange(5, dtype="int32"), references, False)
        for f in (losses.circle, real_keras.losses.circle)
    ]
    torch.testing.assert_close(*both)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "none"])
def test_ctc_is_that_of_keras(real_keras: types.ModuleType, reduction: str) -> None:
    y_true = np.array([[1, 2, 1, 0], [1, 3, 0, 0]], dtype="int32")
    y_pred = RNG.normal(size=(2, 6, 4)).astype("float32")
    compare(losses.CTC(reduction), real_keras.losses.CTC(reduction), y_true, y_pred, None, None)
    compare(losses.CTC(reduction), real_keras.losses.CTC(reduction), y_true, y_pred, np.float32([1, 2]), None)


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_the_axis_of_the_classes_may_be_any(real_keras: types.ModuleType, axis: int) -> None:
    y_pred = PREDICTIONS["share"]((2, 4, 3, 5))
    classes = y_pred.shape[axis]
    labels = RNG.integers(0, classes, [s for i, s in enumerate(y_pred.shape) if i != axis % 4])
    one_hot = np.moveaxis(np.eye(classes, dtype="float32")[labels], -1, axis)
    for from_logits in (False, True):
        sparse = losses.sparse_categorical_crossentropy(labels, y_pred, from_logits, axis=axis)
        torch.testing.assert_close(sparse, losses.categorical_crossentropy(one_hot, y_pred, from_logits, axis=axis))
        expected = real_keras.losses.categorical_crossentropy(one_hot, y_pred, from_logits, axis=axis)
        torch.testing.assert_close(sparse, expected)
        again = losses.SparseCategoricalCrossentropy(from_logits, axis=axis)(np.expand_dims(labels, axis), y_pred)
        torch.testing.assert_close(again, expected.mean())
        focal = [
            space.categorical_focal_crossentropy(one_hot, y_pred, from_logits=from_logits, axis=axis)
            for space in (losses, real_keras.losses)
        ]
        torch.testing.assert_close(*focal)


@pytest.mark.parametrize("classes", [3, 200])
def test_few_and_many_classes_are_computed_alike(classes: int) -> None:
    """The shorter way for many classes against the definition."""
    p = torch.rand(7, classes, dtype=torch.float64, requires_grad=True)
    labels = torch.randint(classes, (7,))
    value = losses.SparseCategoricalCrossentropy(dtype="float64")(labels, p)
    expected = -(p / p.sum(1, keepdim=True))[torch.arange(7), labels].log().mean()
    torch.testing.assert_close(value, expected)
    torch.testing.assert_close(*(torch.autograd.grad(v, p, retain_graph=True)[0] for v in (value, expected)))


EVERY = sorted({(c[0], tuple(c[1].items())) for c in CASES if "alpha" not in c[1]}) + [
    ("Circle", (("gamma", 3.0), ("margin", 0.3))),
    ("CTC", ()),
    ("Dice", (("axis", [1, 2]),)),
    ("Tversky", (("alpha", 0.2), ("beta", 0.8))),
]


@pytest.mark.parametrize(("name", "arguments"), EVERY)
def test_configs_go_both_ways(real_keras: types.ModuleType, name: str, arguments: tuple) -> None:
    loss = getattr(losses, name)(**dict(arguments), reduction="sum", name="mine")
    again = losses.deserialize(losses.serialize(loss))
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()
    if name == "CategoricalGeneralizedCrossEntropy":
        return  # Keras 3.15 cannot load its own
    theirs = real_keras.losses.deserialize(losses.serialize(loss))
    assert type(theirs).__name__ == name
    assert theirs.name == "mine"
    assert theirs.reduction == "sum"
    mine = losses.deserialize(real_keras.losses.serialize(theirs))
    assert theirs.get_config().items() <= mine.get_config().items()


def test_names_are_those_of_keras(real_keras: types.ModuleType) -> None:
    names = "mse MSE mae MAE mape MAPE msle MSLE bce BCE kld KLD".split()
    names += [n for n in dir(losses) if n not in ("get", "serialize", "deserialize", "LossFunctionWrapper")]
    for name in names:
        found = losses.get(name)
        if name in ("categorical_generalized_cross_entropy", "CategoricalGeneralizedCrossEntropy"):
            continue  # Keras 3.15 forgot to list them
        expected = real_keras.losses.get(name)
        assert getattr(found, "__name__", found.__class__.__name__) == getattr(
            expected, "__name__", expected.__class__.__name__
        )
    assert losses.get(None) is None
    assert losses.get({"class_name": "Huber", "config": {"delta": 0.5}}).delta == 0.5
    assert isinstance(losses.get(losses.Huber), losses.Huber)


def test_the_mask_of_values_that_do_not_count_comes_from_the_function_too() -> None:
    def half(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        values = (y_true - y_pred).abs()
        values._keras_mask = torch.tensor([True, False])  # type: ignore[attr-defined]
        return values

    assert LossFunctionWrapper(half)(torch.zeros(2), torch.tensor([1.0, 5.0])) == pytest.approx(1.0)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight", None])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize(("shape", "axis"), [((6, 3), -1), ((2, 4, 3), -1), ((2, 3, 4), 1), ((4, 70), -1)])
def test_an_ignored_class_may_have_any_prediction(real_keras, shape, axis, from_logits, bad, reduction):
    prediction = np.random.default_rng(0).uniform(0.1, 1.0, shape).astype("float32")
    labels = np.random.default_rng(1).integers(0, 3, np.delete(shape, axis))
    labels.flat[[0, 2]] = 255
    ignored = np.broadcast_to(np.expand_dims(labels == 255, axis), shape)
    results = []
    for space, filling in ((losses, bad), (losses, 0.5), (real_keras.losses, 0.5)):
        y_pred = torch.tensor(np.where(ignored, np.float32(filling), prediction), requires_grad=True)
        loss = space.SparseCategoricalCrossentropy(from_logits, 255, axis=axis, reduction=reduction)
        value = loss(torch.tensor(labels), y_pred)
        value.sum().backward()
        results.append((value.detach().numpy(), y_pred.grad.numpy()))
        assert not y_pred.grad.numpy()[ignored].any()
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_nothing_but_ignored_classes_is_a_loss_of_zero():
    y_pred = torch.full((2, 3), torch.nan, requires_grad=True)
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)(torch.tensor([-1, -1]), y_pred)
    loss.backward()
    assert loss.item() == 0.0
    assert not y_pred.grad.any()


BOOLEAN = [
    ("one_hot", name)
    for name in (
        "CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalHinge KLDivergence MeanSquaredError Poisson"
        " BinaryCrossentropy BinaryFocalCrossentropy Dice Tversky Hinge Huber LogCosh CosineSimilarity"
    ).split()
]


@pytest.mark.parametrize(("kind", "name"), BOOLEAN)
def test_boolean_targets_are_zeros_and_ones(real_keras, kind, name):
    y_true, y_pred = TARGETS[kind]((6, 3)), PREDICTIONS["probability"]((6, 3))
    loss = getattr(losses, name)()
    ours = [float(loss(t, torch.tensor(y_pred))) for t in (y_true == 1, torch.tensor(y_true == 1), y_true)]
    np.testing.assert_allclose(ours, float(getattr(real_keras.losses, name)()(y_true, y_pred)), rtol=1e-5)
