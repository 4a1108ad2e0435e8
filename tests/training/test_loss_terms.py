"""Losses of several outputs: which outputs each is of, its name in the logs, its weight. Oracle: real Keras."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat

X = np.random.default_rng(0).random((8, 3)).astype("float32")
Y = np.random.default_rng(1).random((8, 1)).astype("float32")
Pair = namedtuple("Pair", ["p", "q"])

NESTINGS = {
    "list": lambda o: [o[0], o[1]],
    "tuple": lambda o: (o[0], o[1]),
    "named": lambda o: Pair(o[0], o[1]),
    "dict": lambda o: {"a": o[0], "b": o[1]},
    "nested list": lambda o: [(o[0], o[1]), o[2]],
    "deep": lambda o: {"a": (o[0], o[1]), "b": {"b1": o[0], "b2": o[1]}, "d": o[2]},
}


def functional(keras: Any, nest: Any) -> Any:
    inputs = keras.layers.Input((3,))
    outputs = [keras.layers.Dense(1, name=f"y{k}", kernel_initializer="ones")(inputs) for k in (1, 2, 3)]
    return keras.Model(inputs, nest(outputs))


def subclassed(keras: Any, nest: Any) -> Any:
    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1, kernel_initializer="ones")

        def call(self, x: Any) -> Any:
            y = self.dense(x)
            return nest([y, y * 2.0, y * 3.0])

    return Net()


def joint(keras: Any, factor: float = 1.0) -> Any:
    def together(y_true: Any, y_pred: Any) -> Any:
        pairs = zip(keras.tree.flatten(y_true), keras.tree.flatten(y_pred), strict=True)
        return factor * sum(keras.losses.mean_absolute_error(t, p) for t, p in pairs)

    return together


# nesting of the outputs, losses (J stands for a joint loss), arguments of compile and fit
CASES: list[tuple[str, Any, dict[str, Any]]] = [
    ("list", "mse", {}),
    ("list", ["mse", None], {}),
    ("list", [None, "mse"], {"loss_weights": [2.0, 3.0]}),
    ("list", ("mse", "mae"), {}),
    ("list", ("J",), {}),
    ("list", ("J", ["mse", "mae"]), {}),
    ("list", ("J", ["J", "J"]), {"loss_weights": [1.0, 10.0, 100.0]}),
    ("list", ("J", ["J", "J"]), {"loss_weights": (1.0, [10.0, 100.0])}),
    ("list", ("J", ["mse", "mae"]), {"sample_weight": np.arange(8.0, dtype="float32")}),
    ("list", {"y1": "mse", "y2": "mae"}, {"loss_weights": {"y1": 1.0, "y2": 5.0}}),
    ("tuple", ["J", ("mse", "mae")], {}),
    ("named", ["J", Pair("mse", "mae")], {}),
    ("dict", ["J", {"a": "mse"}], {}),
    ("dict", ["mse", "mae"], {}),
    ("dict", {"a": "mse"}, {"metrics": {"b": ["mse"]}}),
    ("nested list", "mse", {"metrics": [("mae", "mae"), ["mae"]]}),
    ("nested list", [["J", ("mse", "mae")], "mse"], {}),
    ("nested list", ["J", "mse"], {}),
    ("nested list", [["J"], "mse"], {}),
    ("nested list", ["mse", "mae", "mse"], {}),
    ("deep", "mse", {"metrics": {"a": ("mae", "mse"), "b": {"b1": "mae", "b2": "mae"}, "d": ["mae"]}}),
    ("deep", {"a": ["J", (None, "mse")], "b": ["J", {"b1": "mse"}], "d": "mse"}, {}),
    ("deep", {"a": "J", "b": "J", "d": "mse"}, {}),
]


def logs_of(keras: Any, make: Any, case: tuple[str, Any, dict[str, Any]]) -> dict[str, float]:
    nesting, loss, options = case
    options = dict(options)
    weight = options.pop("sample_weight", None)
    model = make(keras, NESTINGS[nesting])
    loss = keras.tree.map_structure(lambda one: joint(keras) if one == "J" else one, loss)
    model.compile("sgd", loss, **options)
    history = model.fit(
        X, NESTINGS[nesting]([Y, Y + 1, Y + 2]), sample_weight=weight, batch_size=4, shuffle=False, verbose=0
    )
    return {key: float(values[0]) for key, values in history.history.items()}


@pytest.mark.filterwarnings("ignore:Gradients do not exist:UserWarning")  # Keras, of outputs without a loss
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[1]}")
def test_losses_of_functional_models_are_those_of_keras(real_keras: Any, case: Any) -> None:
    ours, theirs = logs_of(torchkeras_compat, functional, case), logs_of(real_keras, functional, case)
    assert sorted(ours) == sorted(theirs)
    assert ours == pytest.approx(theirs, rel=1e-4)


@pytest.mark.parametrize(
    "case",
    [
        ("dict", ["J", {"a": "mse"}], {}),
        ("list", ["mse", "mae"], {"metrics": ["mae", "mae"]}),
        ("deep", {"a": ["J", ("mse", "mae")], "d": "mse"}, {}),
    ],
    ids=lambda case: f"{case[0]}: {case[1]}",
)
def test_losses_of_subclassed_models_are_those_of_keras(real_keras: Any, case: Any) -> None:
    ours, theirs = logs_of(torchkeras_compat, subclassed, case), logs_of(real_keras, subclassed, case)
    assert sorted(ours) == sorted(theirs)
    assert ours == pytest.approx(theirs, rel=1e-4)


def test_one_loss_for_outputs_without_names_has_a_key_for_each() -> None:
    logs = logs_of(torchkeras_compat, subclassed, ("list", "mse", {}))
    assert logs["loss"] == pytest.approx(logs["mse_loss"] + logs["mse_loss_1"], rel=1e-5)
    assert logs["mse_loss"] != logs["mse_loss_1"]


def test_a_joint_loss_reaches_all_its_outputs() -> None:
    model = functional(torchkeras_compat, NESTINGS["dict"])
    model.compile("sgd", [joint(torchkeras_compat)])
    loss = model.compute_loss(torch.ones(2, 3), {"a": torch.ones(2, 1), "b": torch.ones(2, 1)}, model(torch.ones(2, 3)))
    loss.backward()
    gradients = [weight.value.grad for weight in model.trainable_weights]
    assert [gradient is not None for gradient in gradients] == [True] * 4  # kernels and biases of y1 and y2


def test_losses_of_one_output_have_weights_of_their_own() -> None:
    plain = logs_of(torchkeras_compat, functional, ("list", ["mse", ["mse", "mae"]], {"metrics": [[], ["mse", "mae"]]}))
    options = {"loss_weights": [1.0, [10.0, 100.0]], "metrics": [[], ["mse", "mae"]]}
    weighted = logs_of(torchkeras_compat, functional, ("list", ["mse", ["mse", "mae"]], options))
    assert plain["y2_loss"] == pytest.approx(plain["y2_mse"] + plain["y2_mae"], rel=1e-5)
    assert weighted["y2_loss"] == pytest.approx(10 * weighted["y2_mse"] + 100 * weighted["y2_mae"], rel=1e-5)
    assert weighted["loss"] == pytest.approx(weighted["y1_loss"] + weighted["y2_loss"], rel=1e-5)


@pytest.mark.parametrize(
    ("loss", "weights", "error", "message"),
    [
        (["mse"], None, ValueError, "`loss` has 1 entries, but the model has 2 outputs"),
        (("J", ["mse", "mae"]), [1.0, 2.0], ValueError, "3 losses and 2 weights"),
        ({"y1": "mse", "y3": "mse"}, None, ValueError, "Key 'y3' .*Expected keys"),
        (["mse", {"a": "mse"}], None, ValueError, "dict for the output at .1., which is not a dict"),
    ],
)
def test_losses_that_do_not_fit_are_refused(loss: Any, weights: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        logs_of(torchkeras_compat, functional, ("list", loss, {"loss_weights": weights}))


def test_a_joint_loss_refuses_different_weights_of_its_outputs() -> None:
    weights = [np.ones(8, "float32"), np.zeros(8, "float32")]
    with pytest.raises(ValueError, match="one sample weight for all"):
        logs_of(torchkeras_compat, functional, ("list", ("J",), {"sample_weight": weights}))
