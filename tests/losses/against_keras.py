"""What each loss is compared with Keras in: a module's tests inherit `LossChecks` and list its `cases`."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pytest
import torch

from torchkeras_compat import losses

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
    "fraction": lambda shape: RNG.random(shape).astype("float32"),
}
SHAPES = [(6, 3), (2, 4, 3)]
REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None]


class Case(NamedTuple):
    """A class of `losses`, its arguments, and which kind of targets and predictions it is for."""

    name: str
    arguments: dict[str, Any]
    targets: str
    predictions: str

    def __str__(self) -> str:
        return f"{self.name}-{'-'.join(f'{k}={v}' for k, v in self.arguments.items())}"


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


class LossConfigChecks:
    """`configs`: class and arguments of what goes through Keras's configs both ways."""

    configs: ClassVar[list[tuple[str, dict[str, Any]]]]

    def test_configs_go_both_ways(self, real_keras: types.ModuleType, config: tuple[str, dict[str, Any]]) -> None:
        name, arguments = config
        loss = getattr(losses, name)(**arguments, reduction="sum", name="mine")
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


class LossChecks(LossConfigChecks):
    """Values, gradients, weights, masks, reductions, dtypes, functions and configs of each of `cases`."""

    cases: ClassVar[list[Case]]
    function_arguments: ClassVar[dict[str, dict[str, Any]]] = {}
    functions: ClassVar[list[tuple[str, str, str]]]

    def __init_subclass__(cls) -> None:
        cls.functions = list(dict.fromkeys((c.name, c.targets, c.predictions) for c in cls.cases))
        configs = [(c.name, c.arguments) for c in cls.cases]
        cls.configs = [c for i, c in enumerate(configs) if c not in configs[:i]]

    @pytest.mark.parametrize("shape", SHAPES, ids=str)
    def test_values_and_gradients_are_those_of_keras(
        self, real_keras: types.ModuleType, case: Case, shape: tuple[int, ...]
    ) -> None:
        name, arguments, targets, predictions = case
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

    @pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
    def test_a_dtype_is_the_one_computed_in(self, real_keras: types.ModuleType, case: Case, dtype: str) -> None:
        name, arguments, targets, predictions = case
        y_true, y_pred = data(targets, predictions, (6, 3))
        value = getattr(losses, name)(**arguments, dtype=dtype)(y_true, y_pred)
        assert value.dtype is getattr(torch, dtype)
        expected = getattr(real_keras.losses, name)(**arguments)(y_true, y_pred)
        # units in the last place, over a few sums
        tolerance = {"float16": 2e-2, "bfloat16": 1e-1, "float64": 1e-5}[dtype]
        torch.testing.assert_close(value.float(), expected.float(), rtol=tolerance, atol=tolerance)

    def test_arrays_integers_and_a_last_axis_of_one_are_accepted(
        self, real_keras: types.ModuleType, case: Case
    ) -> None:
        name, arguments, targets, predictions = case
        y_true, y_pred = data(targets, predictions, (6, 3))
        ours, theirs = getattr(losses, name)(**arguments), getattr(real_keras.losses, name)(**arguments)
        np.testing.assert_allclose(ours(y_true, y_pred.tolist()), theirs(y_true, y_pred), rtol=1e-5)
        integers = y_true.astype("int64")
        np.testing.assert_allclose(ours(integers, y_pred), theirs(integers, y_pred), rtol=1e-5)
        if targets == "class":
            np.testing.assert_allclose(ours(y_true[:, None], y_pred), theirs(y_true, y_pred), rtol=1e-5)
            np.testing.assert_allclose(ours(y_true.astype("float32"), y_pred), theirs(y_true, y_pred), rtol=1e-5)
        elif "categorical" not in ours.name:  # which needs several classes
            np.testing.assert_allclose(
                ours(y_true[:, 0], y_pred[:, :1]), theirs(y_true[:, 0], y_pred[:, :1]), rtol=1e-5, atol=1e-6
            )

    def test_functions_are_those_of_keras(self, real_keras: types.ModuleType, function: tuple[str, str, str]) -> None:
        name, targets, predictions = function
        y_true, y_pred = data(targets, predictions, (5, 3))
        if name == "CategoricalGeneralizedCrossEntropy":
            function_name = "categorical_generalized_cross_entropy"
        else:
            function_name = losses.get(name).name if name != "Huber" else "huber"
        arguments = self.function_arguments.get(function_name, {})
        ours = getattr(losses, function_name)(y_true, y_pred, **arguments)
        theirs = getattr(real_keras.losses, function_name)(torch.tensor(y_true), torch.tensor(y_pred), **arguments)
        assert ours.shape == (5,)
        torch.testing.assert_close(ours, theirs)
