"""Every loss, metric, optimizer, schedule, initializer, regularizer and constraint, each in a small compiled model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Targets = Callable[[np.random.Generator], Any]


def _real(r: np.random.Generator) -> Any:
    return r.normal(size=(4, 3)).astype("float32")


def _shares(r: np.random.Generator) -> Any:
    return r.uniform(0.1, 0.9, (4, 3)).astype("float32")


def _one_hot(r: np.random.Generator) -> Any:
    return np.eye(3, dtype="float32")[r.integers(0, 3, 4)]


def _classes(r: np.random.Generator) -> Any:
    return r.integers(0, 3, (4,))


def _binary(r: np.random.Generator) -> Any:
    return r.integers(0, 2, (4, 3)).astype("float32")


# Settings, the activation of the last layer, and targets.
LOSSES: dict[str, tuple[dict[str, Any], str, Targets]] = {
    "BinaryCrossentropy": ({"from_logits": True, "label_smoothing": 0.1}, "linear", _binary),
    "BinaryFocalCrossentropy": ({"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5}, "sigmoid", _binary),
    "CategoricalCrossentropy": ({"label_smoothing": 0.2, "reduction": "sum"}, "softmax", _one_hot),
    "CategoricalFocalCrossentropy": ({"alpha": 0.3, "gamma": 1.5}, "softmax", _one_hot),
    "CategoricalGeneralizedCrossEntropy": ({"q": 0.4}, "softmax", _classes),
    "CategoricalHinge": ({"name": "own"}, "linear", _one_hot),
    "Circle": ({"gamma": 20.0, "margin": 0.3}, "linear", _classes),
    "CosineSimilarity": ({"reduction": "mean_with_sample_weight"}, "linear", _real),
    "Dice": ({"axis": (1,)}, "sigmoid", _binary),
    "Hinge": ({"reduction": "sum"}, "tanh", _binary),
    "Huber": ({"name": "hub"}, "linear", _real),
    "KLDivergence": ({}, "softmax", _shares),
    "LogCosh": ({}, "linear", _real),
    "MeanAbsoluteError": ({"dtype": "float64"}, "linear", _real),
    "MeanAbsolutePercentageError": ({}, "linear", _shares),
    "MeanSquaredError": ({"reduction": "mean"}, "linear", _real),
    "MeanSquaredLogarithmicError": ({}, "sigmoid", _shares),
    "Poisson": ({}, "sigmoid", _shares),
    "SparseCategoricalCrossentropy": ({"from_logits": True, "ignore_class": 1}, "linear", _classes),
    "SquaredHinge": ({}, "tanh", _binary),
    "Tversky": ({"alpha": 0.3, "beta": 0.7}, "sigmoid", _binary),
}
NOT_IN_MODELS = {"CTC": "takes sequences of classes", "Loss": "a base class"}

# Metrics that one model can have, by the activation of its last layer and its targets.
METRICS: dict[str, tuple[str, Targets, dict[str, dict[str, Any]]]] = {
    "real": (
        "linear",
        _real,
        {
            "ConcordanceCorrelation": {},
            "CosineSimilarity": {"name": "cos"},
            "LogCoshError": {},
            "MeanAbsoluteError": {"name": "own"},
            "MeanAbsolutePercentageError": {},
            "MeanSquaredError": {},
            "PearsonCorrelation": {},
            "R2Score": {"class_aggregation": "variance_weighted_average"},
            "RootMeanSquaredError": {},
            "Hinge": {},
            "SquaredHinge": {},
        },
    ),
    "binary": (
        "sigmoid",
        _binary,
        {
            "AUC": {"curve": "PR", "num_thresholds": 20, "multi_label": True},
            "BinaryAccuracy": {"threshold": 0.4},
            "BinaryCrossentropy": {"label_smoothing": 0.1},
            "BinaryIoU": {"target_class_ids": [1], "threshold": 0.3},
            "FBetaScore": {"average": "weighted", "beta": 0.5},
            "F1Score": {"average": "micro", "threshold": 0.4},
            "FalseNegatives": {"thresholds": [0.3, 0.6]},
            "FalsePositives": {"thresholds": 0.3},
            "MeanSquaredLogarithmicError": {},
            "Poisson": {},
            "Precision": {"thresholds": [0.2, 0.6]},
            "PrecisionAtRecall": {"recall": 0.4, "num_thresholds": 30},
            "Recall": {"top_k": 2, "class_id": 1},
            "RecallAtPrecision": {"precision": 0.4},
            "SensitivityAtSpecificity": {"specificity": 0.5},
            "SpecificityAtSensitivity": {"sensitivity": 0.5},
            "TrueNegatives": {},
            "TruePositives": {"thresholds": [0.3, 0.6]},
        },
    ),
    "one_hot": (
        "softmax",
        _one_hot,
        {
            "Accuracy": {},
            "CategoricalAccuracy": {"name": "right"},
            "CategoricalCrossentropy": {"label_smoothing": 0.1},
            "CategoricalHinge": {},
            "KLDivergence": {},
            "OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 2]},
            "OneHotMeanIoU": {"num_classes": 3},
            "TopKCategoricalAccuracy": {"k": 2},
        },
    ),
    "classes": (
        "softmax",
        _classes,
        {
            "IoU": {"num_classes": 3, "target_class_ids": [0], "sparse_y_pred": False},
            "MeanIoU": {"num_classes": 3, "sparse_y_pred": False},
            "SparseCategoricalAccuracy": {},
            "SparseCategoricalCrossentropy": {},
            "SparseTopKCategoricalAccuracy": {"k": 2},
        },
    ),
}
NOT_AMONG_METRICS = {"Mean", "Sum", "Metric", "MeanMetricWrapper", "TorchMetric"}  # bases, and those of values

OPTIMIZERS: dict[str, dict[str, Any]] = {
    "Adadelta": {"learning_rate": 0.5, "rho": 0.9},
    "Adafactor": {"learning_rate": 0.01, "relative_step": False, "beta_2_decay": -0.7},
    "Adagrad": {"initial_accumulator_value": 0.2, "clipvalue": 0.5},
    "Adam": {"amsgrad": True, "weight_decay": 0.01, "epsilon": 1e-5},
    "AdamW": {"weight_decay": 0.02, "clipnorm": 0.5},
    "Adamax": {"beta_1": 0.8, "global_clipnorm": 1.0},
    "Ftrl": {"learning_rate_power": -0.4, "l1_regularization_strength": 0.01, "beta": 0.1},
    "Lamb": {"beta_2": 0.99},
    "Lion": {"learning_rate": 0.01, "use_ema": True, "ema_momentum": 0.8},
    "Muon": {"learning_rate": 0.01, "ns_steps": 3},
    "Nadam": {"beta_1": 0.8},
    "RMSprop": {"centered": True, "momentum": 0.5, "rho": 0.8},
    "SGD": {"momentum": 0.9, "nesterov": True, "loss_scale_factor": 2.0},
    "ScheduleFreeAdamW": {"learning_rate": 0.01, "warmup_steps": 2},
}
# Bases, those of others' parts, and `LossScaleOptimizer`, which has a model of its own.
NOT_AMONG_OPTIMIZERS = {"Optimizer", "OptimizerMap", "MultiOptimizer", "TorchOptimizer", "LossScaleOptimizer"}

SCHEDULES: dict[str, dict[str, Any]] = {
    "CosineDecay": {
        "initial_learning_rate": 0.1,
        "decay_steps": 5,
        "alpha": 0.1,
        "warmup_target": 0.2,
        "warmup_steps": 2,
    },
    "CosineDecayRestarts": {
        "initial_learning_rate": 0.1,
        "first_decay_steps": 2,
        "t_mul": 1.5,
        "m_mul": 0.9,
        "alpha": 0.1,
    },
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5, "staircase": True},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5},
    "PiecewiseConstantDecay": {"boundaries": [1, 3], "values": [0.1, 0.01, 0.05]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 3, "power": 2.0, "cycle": True},
}

INITIALIZERS: dict[str, dict[str, Any]] = {
    "Constant": {"value": 0.2},
    "GlorotNormal": {"seed": 1},
    "GlorotUniform": {"seed": 1},
    "HeNormal": {"seed": 1},
    "HeUniform": {"seed": 1},
    "Identity": {"gain": 0.5},
    "LecunNormal": {"seed": 1},
    "LecunUniform": {"seed": 1},
    "Ones": {},
    "Orthogonal": {"gain": 0.5, "seed": 1},
    "RandomNormal": {"mean": 0.1, "stddev": 0.2, "seed": 1},
    "RandomUniform": {"minval": 0.1, "maxval": 0.2, "seed": 1},
    "TruncatedNormal": {"mean": 0.1, "stddev": 0.2, "seed": 1},
    "VarianceScaling": {"scale": 0.5, "mode": "fan_out", "distribution": "uniform", "seed": 1},
    "Zeros": {},
}
REGULARIZERS: dict[str, dict[str, Any]] = {
    "L1": {"l1": 0.02},
    "L1L2": {"l1": 0.02, "l2": 0.03},
    "L2": {"l2": 0.02},
    "OrthogonalRegularizer": {"factor": 0.02, "mode": "columns"},
}
CONSTRAINTS: dict[str, dict[str, Any]] = {
    "MaxNorm": {"max_value": 0.5, "axis": 1},
    "MinMaxNorm": {"min_value": 0.2, "max_value": 0.6, "rate": 0.7},
    "NonNeg": {},
    "UnitNorm": {"axis": 1},
}


def _small(K: Any, activation: str = "linear", **compiled: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(3, activation=activation)])
    model.compile(**{"optimizer": K.optimizers.SGD(0.1), "loss": "mse", **compiled})
    return model


def models() -> dict[str, tuple[Callable[[Any], Any], Targets]]:
    """Return how each model is made, and its targets."""
    found: dict[str, tuple[Callable[[Any], Any], Targets]] = {}
    for name, (settings, activation, targets) in LOSSES.items():
        found[f"loss {name}"] = (
            lambda K, n=name, s=settings, a=activation: _small(K, a, loss=getattr(K.losses, n)(**s)),
            targets,
        )
    for group, (activation, targets, metrics) in METRICS.items():
        loss = "sparse_categorical_crossentropy" if group == "classes" else "mse"
        found[f"metrics of {group}"] = (
            lambda K, m=metrics, a=activation, loss=loss: _small(
                K, a, loss=loss, metrics=[getattr(K.metrics, n)(**s) for n, s in m.items()]
            ),
            targets,
        )
    for name, settings in OPTIMIZERS.items():
        make = lambda K, n=name, s=settings: _small(K, optimizer=getattr(K.optimizers, n)(**s))  # noqa: E731
        found[f"optimizer {name}"] = make, _real
    for name, settings in SCHEDULES.items():
        found[f"schedule {name}"] = (
            lambda K, n=name, s=settings: _small(
                K, optimizer=K.optimizers.Adam(getattr(K.optimizers.schedules, n)(**s), beta_1=0.8)
            ),
            _real,
        )
    found["initializers, regularizers, constraints"] = _all_parts, _real
    return found


def _all_parts(K: Any) -> Any:
    L = K.layers
    parts = [L.Dense(4, kernel_initializer=getattr(K.initializers, n)(**s)) for n, s in INITIALIZERS.items()]
    parts += [L.Dense(4, kernel_regularizer=getattr(K.regularizers, n)(**s)) for n, s in REGULARIZERS.items()]
    parts += [L.Dense(4, kernel_constraint=getattr(K.constraints, n)(**s)) for n, s in CONSTRAINTS.items()]
    x = K.Input((4,))
    model = K.Model(x, L.Dense(3)(L.Add()([part(x) for part in parts])))
    model.compile(K.optimizers.SGD(0.01), "mse")
    return model
