"""How to draw settings, targets, predictions and weights for losses and metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tests.fuzz.draw import Draw
from tests.fuzz.outcomes import plain

Data = tuple[Any, Any]
RECIPES: dict[str, tuple[Callable[[Draw], Data], Callable[[Draw], dict[str, Any]]]] = {}


def real(r: Draw) -> Data:
    shape = r.choice([(4,), (4, 1), (4, 3), (2, 3, 2), (1, 1)])
    other = r.choice([shape] * 6 + [(*shape, 1), shape[:-1] if shape[-1] == 1 else shape])
    return r.array(shape, "fffib", -1, 3, edges=0), r.array(other, "f", -1, 3, edges=0)


def positive(r: Draw) -> Data:
    shape = r.choice([(4,), (4, 1), (4, 3), (2, 3, 2)])
    return r.array(shape, "f", 0, 1, edges=0), r.array(shape, "f", 0, 1, edges=0)


def binary(r: Draw) -> Data:
    shape = r.choice([(4,), (4, 1), (4, 3), (2, 3, 2)])
    other = r.choice([shape] * 5 + [(*shape, 1), shape[:-1] if shape[-1] == 1 else shape])
    return r.array(shape, "fib", 0, 1.99, edges=0), r.array(other, "f", 0, 1, edges=0)


def zero_or_one(r: Draw) -> Data:
    x, y = binary(r)
    return (torch.as_tensor(x).float().numpy() > 0.5).astype(r.choice(["float32", "int32", "bool"])), y


def one_hot(r: Draw) -> Data:
    shape = r.choice([(4, 3), (2, 3, 4), (1, 2), (5, 4)])
    target = np.eye(shape[-1], dtype=r.choice(["float32", "int32"]))[r.numbers(shape[:-1], 0, shape[-1]).astype(int)]
    prediction = r.numbers(shape, 0.01, 1)
    return target, (prediction / prediction.sum(-1, keepdims=True)).astype(r.choice(["float32", "float64", "float16"]))


def labels(r: Draw) -> Data:
    shape = r.choice([(4, 3), (2, 3, 4), (1, 2), (5, 4)])
    target = np.floor(r.numbers(shape[:-1], 0, shape[-1])).astype(r.choice(["int32", "int64", "float32", "uint8"]))
    prediction = r.numbers(shape, 0.01, 1)
    return (target[..., None] if r.random() < 0.4 else target), (prediction / prediction.sum(-1, keepdims=True)).astype(
        "float32"
    )


def class_labels(r: Draw) -> Data:
    shape = r.choice([(4,), (4, 1), (2, 3)])
    return tuple(r.numbers(shape, 0, 3).astype(r.choice(["int32", "float32"])) for _ in "ab")  # type: ignore[return-value]


def hinge(r: Draw) -> Data:
    x, y = binary(r)
    return (np.sign(torch.as_tensor(x).float().numpy() - 0.5) if r.flag() else x), y


def images(r: Draw) -> Data:
    return zero_or_one_of(r, (2, 3, 3, 2)), r.array((2, 3, 3, 2), "f", 0, 1, edges=0)


def zero_or_one_of(r: Draw, shape: tuple[int, ...]) -> Any:
    return (r.numbers(shape, 0, 1) > 0.5).astype("float32")


def embeddings(r: Draw) -> Data:
    return r.numbers((5,), 0, 2).astype("int32"), r.numbers((5, 3), -1, 1).astype("float32")


def ctc(r: Draw) -> Data:
    return np.array([[1, 2, 1], [2, 1, 0]]), r.numbers((2, 6, 4), -1, 1).astype("float32")


def nothing(r: Draw) -> dict[str, Any]:
    return {}


def add(
    kind: str, names: str, data: Callable[[Draw], Data], options: Callable[[Draw], dict[str, Any]] = nothing
) -> None:
    """Register these classes of ``losses`` or ``metrics``."""
    RECIPES.update({f"{kind}.{name}": (data, options) for name in names.split()})


logits = lambda r: r.some(from_logits=r.flag)  # noqa: E731
smooth = lambda r: r.some(from_logits=r.flag, label_smoothing=0.1)  # noqa: E731
focal = lambda r: {**smooth(r), **r.some(alpha=0.3, gamma=1.0)}  # noqa: E731
thresholds = lambda r: r.some(thresholds=lambda: r.choice([0.3, [0.2, 0.7], None]))  # noqa: E731
number = lambda r: r.some(num_thresholds=lambda: r.choice([5, 20]))  # noqa: E731
threshold = lambda r: r.some(threshold=lambda: r.choice([0.3, 0.5]))  # noqa: E731

add("losses", "MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError LogCosh", real)
add("losses", "MeanSquaredLogarithmicError Poisson KLDivergence", positive)
add("losses", "Huber", real, lambda r: r.some(delta=0.5))
add("losses", "CosineSimilarity", real, lambda r: r.some(axis=lambda: r.choice([-1, 0])))
add("losses", "BinaryCrossentropy", binary, smooth)
add("losses", "BinaryFocalCrossentropy", binary, lambda r: {**focal(r), **r.some(apply_class_balancing=r.flag)})
add("losses", "CategoricalCrossentropy", one_hot, smooth)
add("losses", "CategoricalFocalCrossentropy", one_hot, focal)
add("losses", "CategoricalGeneralizedCrossEntropy", labels, lambda r: r.some(q=0.7))
add("losses", "CategoricalHinge", one_hot)
add(
    "losses",
    "SparseCategoricalCrossentropy",
    labels,
    lambda r: {**logits(r), **r.some(ignore_class=lambda: r.choice([0, 1, -1]))},
)
add("losses", "Hinge SquaredHinge", hinge)
add("losses", "Dice", images, lambda r: r.some(axis=lambda: r.choice([None, (1, 2, 3)])))
add("losses", "Tversky", images, lambda r: r.some(alpha=0.3, beta=0.7, axis=lambda: r.choice([None, (1, 2, 3)])))
add("losses", "Circle", embeddings, lambda r: r.some(gamma=2.0, margin=0.3, remove_diagonal=r.flag))
add("losses", "CTC", ctc)
add("metrics", "MeanSquaredError RootMeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError LogCoshError", real)
add("metrics", "MeanSquaredLogarithmicError Poisson KLDivergence", positive)
add("metrics", "CosineSimilarity", real, lambda r: r.some(axis=lambda: r.choice([-1, 0])))
add("metrics", "Accuracy", class_labels)
add("metrics", "BinaryAccuracy", binary, threshold)
add("metrics", "BinaryCrossentropy", binary, smooth)
add("metrics", "CategoricalAccuracy CategoricalHinge", one_hot)
add("metrics", "CategoricalCrossentropy", one_hot, smooth)
add("metrics", "SparseCategoricalAccuracy", labels)
add("metrics", "SparseCategoricalCrossentropy", labels, logits)
add("metrics", "TopKCategoricalAccuracy", one_hot, lambda r: r.some(k=lambda: r.choice([1, 2])))
add("metrics", "SparseTopKCategoricalAccuracy", labels, lambda r: r.some(k=lambda: r.choice([1, 2])))
add("metrics", "Hinge SquaredHinge", hinge)
add("metrics", "TruePositives TrueNegatives FalsePositives FalseNegatives", zero_or_one, thresholds)
add(
    "metrics", "Precision Recall", zero_or_one, lambda r: {**thresholds(r), **r.some(top_k=lambda: r.choice([None, 1]))}
)
curves = lambda r: r.some(curve=lambda: r.choice(["ROC", "PR"]))  # noqa: E731
sums = lambda r: r.some(summation_method=lambda: r.choice(["interpolation", "minoring", "majoring"]))  # noqa: E731
add("metrics", "AUC", zero_or_one, lambda r: {**number(r), **curves(r), **sums(r)})
add("metrics", "PrecisionAtRecall", zero_or_one, lambda r: {"recall": 0.5, **number(r)})
add("metrics", "RecallAtPrecision", zero_or_one, lambda r: {"precision": 0.5, **number(r)})
add("metrics", "SensitivityAtSpecificity", zero_or_one, lambda r: {"specificity": 0.5, **number(r)})
add("metrics", "SpecificityAtSensitivity", zero_or_one, lambda r: {"sensitivity": 0.5, **number(r)})
add("metrics", "MeanIoU IoU", class_labels, lambda r: {"num_classes": 3, "target_class_ids": [0, 2]})
add("metrics", "BinaryIoU", zero_or_one, threshold)
add("metrics", "OneHotIoU", one_hot, lambda r: {"num_classes": 4, "target_class_ids": [0, 1]})
add("metrics", "OneHotMeanIoU", one_hot, lambda r: {"num_classes": 4})
add(
    "metrics",
    "F1Score",
    one_hot,
    lambda r: r.some(average=lambda: r.choice([None, "micro", "macro", "weighted"]), threshold=0.4),
)
add(
    "metrics",
    "FBetaScore",
    one_hot,
    lambda r: r.some(average=lambda: r.choice([None, "micro", "macro", "weighted"]), beta=2.0),
)
add("metrics", "R2Score", real, lambda r: r.some(class_aggregation=lambda: r.choice(
    ["uniform_average", "variance_weighted_average", None])))  # fmt: skip
add("metrics", "PearsonCorrelation ConcordanceCorrelation", real, lambda r: r.some(axis=-1))
RECIPES["metrics.MeanIoU"] = (class_labels, lambda r: {"num_classes": 3})


def draw(name: str, r: Draw) -> dict[str, Any]:
    """Draw what makes and calls the loss or metric of this name."""
    data, options = RECIPES[name]
    config = options(r)
    target, prediction = data(r)
    if name.startswith("losses."):
        config = {
            **config,
            **r.some(reduction=lambda: r.choice(["sum", "mean", "none", None, "mean_with_sample_weight"])),
        }
    if r.random() < 0.15:
        config["dtype"] = r.choice(["float16", "float64", "bfloat16"])
    shape = r.shape_of(target)
    weight = None
    if r.random() < 0.4:
        weight = r.array(r.choice([shape[:1], shape, shape[:-1], (1,), ()]), "ffi", 0, 2, edges=0)
    return {"config": config, "y_true": target, "y_pred": prediction, "sample_weight": weight}


def call(namespace: Any, name: str, config: dict[str, Any], y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
    """Call a loss; or update a metric twice and return its result, and that of its function on the first rows."""
    made = getattr(namespace, name)(**config)
    if hasattr(made, "update_state"):
        made.update_state(y_true, y_pred, sample_weight=sample_weight)
        first = plain(made.result())  # Keras gives the variable itself, which the next batch changes
        made.update_state(y_true, y_pred)
        return [first, made.result()]
    return made(y_true, y_pred, sample_weight=sample_weight)
