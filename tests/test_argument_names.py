"""Misspelt arguments and names: the error offers what was meant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat import (
    Input,
    Sequential,
    activations,
    callbacks,
    constraints,
    layers,
    losses,
    metrics,
    ops,
    optimizers,
    regularizers,
)
from torchkeras_compat.argument_names import known_arguments, offering_nearest

X, Y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")


def model() -> Sequential:
    made = Sequential([Input((3,)), layers.Dense(1)])
    made.compile("sgd", "mse")
    return made


@pytest.mark.parametrize(
    ("call", "kind", "meant"),
    [
        (lambda: layers.Dense(unit=3), ValueError, "units"),
        (lambda: layers.Dense(3, activaton="relu"), ValueError, "activation"),
        (lambda: layers.Conv2D(filter=3, kernel_size=3), ValueError, "filters"),
        (lambda: layers.LSTM(3, return_sequence=True), ValueError, "return_sequences"),
        (lambda: Input(shap=(3,)), ValueError, "shape"),
        (lambda: Sequential(layer=[]), ValueError, "layers"),
        (lambda: optimizers.SGD(momentm=0.1), ValueError, "momentum"),
        (lambda: optimizers.Adam(learning_rte=0.1), ValueError, "learning_rate"),
        (lambda: losses.BinaryCrossentropy(from_logit=True), TypeError, "from_logits"),
        (lambda: metrics.Precision(threshold=0.3), TypeError, "thresholds"),
        (lambda: callbacks.EarlyStopping(patient=3), TypeError, "patience"),
        (lambda: regularizers.L1L2(l_1=0.1), TypeError, "l1"),
        (lambda: constraints.MaxNorm(max_val=2), TypeError, "max_value"),
        (lambda: ops.sum(X, axes=1), TypeError, "axis"),
        (lambda: losses.mean_squared_error(y_tru=X, y_pred=X), TypeError, "y_true"),
        (lambda: activations.relu(X, negative_slop=0.1), TypeError, "negative_slope"),
        (lambda: model().compile(optimiser="sgd"), TypeError, "optimizer"),
        (lambda: model().fit(X, Y, epoch=3), TypeError, "epochs"),
        (lambda: model().predict(X, batchsize=3), TypeError, "batch_size"),
        (lambda: model().evaluate(X, Y, batchsize=3), ValueError, "batch_size"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_nearest_argument_is_offered(call: Any, kind: type[Exception], meant: str) -> None:
    with pytest.raises(kind, match=f"Did you mean '{meant}'"):
        call()


def test_arguments_that_resemble_none_keep_their_errors() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'units'"):
        layers.Dense(qqq=3)
    with pytest.raises(ValueError, match="Unrecognized keyword arguments passed to Dense: {'qqq': 3}"):
        layers.Dense(3, qqq=3)
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'qqq'. It takes: x, axis, keepdims"):
        ops.sum(X, qqq=1)


def test_classes_of_the_user_take_what_they_like() -> None:
    class Own(layers.Dense):
        def __init__(self, **kwargs: Any) -> None:
            self.seen = kwargs.pop("unit")
            super().__init__(self.seen, **kwargs)

    class Plain(layers.Dense):
        pass

    assert Own(unit=3).units == 3
    assert known_arguments(Own) is None
    with pytest.raises(ValueError, match="passed to Plain: unit=3. Did you mean 'units'"):
        Plain(unit=3)


def test_errors_from_further_in_stay_as_they_are() -> None:
    def inner(x: int) -> int:
        return x

    @offering_nearest
    def outer(y: int) -> int:
        return inner(z=y)  # type: ignore[call-arg]

    with pytest.raises(TypeError, match="keyword argument 'z'$"):
        outer(1)


@pytest.mark.parametrize(
    ("space", "name", "meant"),
    [(layers, "Dens", "Dense"), (ops, "reshap", "reshape"), (losses, "MeanSquareError", "MeanSquaredError")],
)
def test_the_nearest_public_name_is_offered(space: Any, name: str, meant: str) -> None:
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'. Did you mean '{meant}'"):
        getattr(space, name)
    assert not hasattr(space, "__wrapped__")
