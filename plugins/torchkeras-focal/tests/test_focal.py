"""The plugin as a user meets it: installed, and found by name."""

from __future__ import annotations

import importlib.metadata

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.plugins import installed
from torchkeras_compat.testing import check_plugin
from torchkeras_focal.balanced_accuracy import BalancedAccuracy
from torchkeras_focal.focal_tversky import FocalTversky
from torchkeras_focal.gamma_annealing import GammaAnnealing
from torchkeras_focal.logit_adjustment import LogitAdjustment
from torchkeras_focal.prior_bias import PriorBias


@pytest.fixture(autouse=True)
def seed() -> None:
    """The same random numbers in every test."""
    keras.utils.set_random_seed(0)


@pytest.fixture
def rare() -> tuple[np.ndarray, np.ndarray]:
    """200 samples of two features; class 1 is a tenth of them, and apart from the others."""
    random = np.random.RandomState(0)
    y = (np.arange(200) % 10 == 0).astype("float32")
    x = random.normal(size=(200, 2)).astype("float32") + 3 * y[:, None]
    return x, y[:, None]


def test_the_entry_point_is_the_plugin() -> None:
    (entry,) = [e for e in importlib.metadata.entry_points(group="torchkeras_compat") if e.name == "focal"]
    assert entry.dist.name == "torchkeras-focal"
    assert installed()["focal"] is entry.load()


def test_all_that_the_plugin_registers_passes_the_checks() -> None:
    results = check_plugin("focal").raise_failures()
    assert {"LogitAdjustment", "FocalTversky", "BalancedAccuracy", "GammaAnnealing", "PriorBias"} <= {
        result.subject for result in results
    }


@pytest.mark.parametrize(
    "name", ["FocalTversky", "focal_tversky", "focal>FocalTversky", "torchkeras-focal>focal_tversky"]
)
def test_the_loss_is_found_by_name(name: str) -> None:
    assert isinstance(keras.losses.get(name), FocalTversky)


def test_the_loss_is_one_minus_the_tversky_index_to_the_power_of_gamma() -> None:
    y_true, y_pred = torch.tensor([[1.0], [1.0], [0.0]]), torch.tensor([[0.8], [0.4], [0.3]])
    index = 1.2 / (1.2 + 0.7 * 0.8 + 0.3 * 0.3)
    loss = FocalTversky(gamma=0.75)(y_true, y_pred)
    torch.testing.assert_close(loss, torch.tensor((1 - index) ** 0.75), rtol=1e-5, atol=0)


def test_a_perfect_prediction_costs_nothing_and_has_a_finite_gradient() -> None:
    y_pred = torch.tensor([[1.0], [0.0]], requires_grad=True)
    loss = FocalTversky()(torch.tensor([[1.0], [0.0]]), y_pred)
    loss.backward()
    assert loss.item() == 0
    assert torch.isfinite(y_pred.grad).all()


@pytest.mark.parametrize(("arguments", "message"), [({"alpha": -1}, "alpha=-1"), ({"gamma": 0}, "gamma=0")])
def test_bad_arguments_of_the_loss_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FocalTversky(**arguments)


def test_balanced_accuracy_agrees_with_scikit_learn() -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    y_true, y_pred = torch.randint(0, 4, (50,)), torch.rand(50, 4)
    metric = BalancedAccuracy()
    metric.update_state(y_true[:20], y_pred[:20])
    metric.update_state(torch.nn.functional.one_hot(y_true[20:], 4), y_pred[20:])
    expected = sklearn.balanced_accuracy_score(y_true, y_pred.argmax(1))
    assert float(metric.result()) == pytest.approx(expected, rel=1e-6)  # float32 sums


def test_balanced_accuracy_starts_again_after_a_reset() -> None:
    metric = BalancedAccuracy()
    metric.update_state(torch.tensor([1]), torch.tensor([0.1]))
    metric.reset_state()
    assert float(metric.result()) == 0
    metric.update_state(torch.tensor([1]), torch.tensor([0.9]))
    assert float(metric.result()) == 1


def test_logits_are_shifted_in_training_only() -> None:
    layer = LogitAdjustment([3, 1], tau=2.0)
    zeros = torch.zeros(1, 2)
    torch.testing.assert_close(layer(zeros), zeros)
    torch.testing.assert_close(layer(zeros, training=True), 2 * torch.log(torch.tensor([[0.75, 0.25]])))


def test_logits_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="2 priors, but received logits of shape"):
        LogitAdjustment([3, 1])(torch.zeros(1, 3))


def test_the_bias_is_found_by_name_and_starts_at_the_prior() -> None:
    layer = keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros", bias_initializer="prior_bias")
    torch.testing.assert_close(layer(torch.ones(1, 4)).detach(), torch.tensor([[0.01]]))
    with pytest.raises(ValueError, match="prior=1"):
        PriorBias(1)


def test_a_model_trains_with_all_of_it_by_name(rare: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = rare
    model = keras.Sequential(
        [
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(2),
            LogitAdjustment([0.9, 0.1]),
            keras.layers.Activation("softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), loss="focal_tversky", metrics=["balanced_accuracy"])
    labels = np.eye(2, dtype="float32")[y[:, 0].astype(int)]
    history = model.fit(x, labels, epochs=60, batch_size=100, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    # The adjustment counts in training only, so the history says less than an evaluation.
    assert model.evaluate(x, labels, verbose=0, return_dict=True)["balanced_accuracy"] > 0.9


def test_the_loss_brings_its_annealing_into_fit(rare: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = rare
    seen = []
    watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.loss.gamma))
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", loss=FocalTversky(gamma=0.5, final_gamma=1.5))
    model.fit(x, y, epochs=3, verbose=0, callbacks=[watch])
    assert seen == [0.5, 1.0, 1.5]
    assert model.loss.gamma == 0.5


def test_annealing_refuses_a_loss_without_gamma(rare: tuple[np.ndarray, np.ndarray]) -> None:
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", loss="mse")
    with pytest.raises(ValueError, match="needs a loss with an attribute `gamma`"):
        model.fit(*rare, verbose=0, callbacks=[GammaAnnealing(1, 2)])


def test_the_layer_comes_back_from_a_config_by_its_qualified_name() -> None:
    model = keras.Sequential([keras.layers.Input((2,)), LogitAdjustment([3, 1])])
    again = keras.Sequential.from_config(model.get_config())
    assert isinstance(again.layers[-1], LogitAdjustment)
    assert again.layers[-1].priors == [3.0, 1.0]


def test_objects_come_back_from_their_configs() -> None:
    for thing in (FocalTversky(gamma=2.0, final_gamma=1.0), BalancedAccuracy(0.3), PriorBias(0.2)):
        assert type(thing).from_config(thing.get_config()).get_config() == thing.get_config()
