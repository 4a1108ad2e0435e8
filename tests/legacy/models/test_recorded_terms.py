from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, layers, losses, models, utils
from torchkeras_compat.legacy.backend.elementwise import l2_normalize
from torchkeras_compat.legacy.backend.reductions import mean
from torchkeras_compat.legacy.backend.reductions import sum as sum_of
from torchkeras_compat.legacy.models.recorded_terms import (
    AddLoss,
    AddMetric,
    add_loss,
    add_loss_of_layer,
    add_losses_of_layers,
    add_metric,
)

X = np.arange(8, dtype="float32").reshape(4, 2)


def model_of_ones() -> models.Model:
    x = Input((2,))
    return models.Model(x, layers.Dense(1, use_bias=False, kernel_initializer="ones")(x))


def test_losses_and_metrics_are_those_of_keras_2() -> None:
    # tf.keras 2.15.1: loss 7.0 and s 28.0 after one step; its weights are of the sum, those of Keras 2.3 of the mean.
    for sums, weights in ((True, [[0.88], [0.84]]), (False, [[0.97], [0.96]])):
        model = model_of_ones()
        add_loss(model, sum_of(model.output, axis=-1), sums_gradients=sums)
        add_metric(model, sum_of(model.output), name="s", aggregation="mean")
        model.compile("sgd")
        history = model.fit(X, epochs=1, batch_size=4, verbose=0).history
        assert history == {"loss": [7.0], "s": [28.0]}
        np.testing.assert_allclose(model.get_weights()[0], weights, atol=1e-6)


def test_a_variational_autoencoder_trains_without_targets() -> None:
    utils.set_random_seed(0)
    x = Input((20,))
    hidden = layers.Dense(8, activation="relu")(x)
    z_mean, z_log_var = layers.Dense(2)(hidden), layers.Dense(2)(hidden)
    z = layers.Lambda(lambda a: a[0] + torch.exp(a[1] / 2) * torch.randn_like(a[0]))([z_mean, z_log_var])
    encoder = models.Model(x, [z_mean, z_log_var, z])
    code = Input((2,))
    decoder = models.Model(code, layers.Dense(20, activation="sigmoid")(code))
    outputs = decoder(encoder(x)[2])
    vae = models.Model(x, outputs)
    names = list(vae.state_dict())
    divergence = -0.5 * sum_of(1 + z_log_var - z_mean * z_mean - (z_log_var * 1.0).exp(), axis=-1)
    add_loss(vae, mean(losses.mean_squared_error(x, outputs) * 20 + divergence))
    vae.compile("adam")
    data = np.random.default_rng(0).random((256, 20)).astype("float32")
    history = vae.fit(data, epochs=15, batch_size=32, validation_data=(data, None), verbose=0).history
    assert history["loss"][-1] < 0.9 * history["loss"][0]
    assert "val_loss" in history
    assert list(vae.state_dict()) == names, "the layers of the encoder stay in it"
    assert vae.evaluate(data, verbose=0) == pytest.approx(copy.deepcopy(vae).evaluate(data, verbose=0), rel=0.05)


def test_layers_on_the_way_learn_unless_they_are_frozen() -> None:
    frozen = layers.Dense(1, name="frozen")
    model = model_of_ones()
    frozen.build((None, 2))
    frozen.trainable = False
    add_loss(model, mean(frozen(model.input)))
    assert len(model.weights) == 3 and len(model.trainable_weights) == 1
    add_loss(model, mean(layers.Dense(1, name="learning")(model.input)))
    assert len(model.trainable_weights) == 3
    assert [layer.name for layer in model.layers if layer.weights] == ["dense", "frozen", "learning"]


@pytest.mark.filterwarnings("ignore:Keras 3 has no losses")
@pytest.mark.parametrize("name", ["model.h5", "model.keras"])
def test_layers_on_the_way_are_in_files(tmp_path: Path, name: str) -> None:
    inputs = Input((2,), name="in")
    code = layers.Dense(1, name="code")(inputs)
    encoder = models.Model(inputs, code, name="encoder")
    model = models.Model(inputs, layers.Dense(2, name="decoder")(encoder(inputs)))
    add_loss(model, mean(layers.Dense(3, name="critic", trainable=False)(code)))
    assert [layer.name for layer in model.layers if layer.weights] == ["encoder", "decoder", "code", "critic"]
    model.compile("sgd")
    model.save(tmp_path / name)
    again = models.load_model(tmp_path / name)
    assert [layer.name for layer in again.layers if layer.weights] == ["encoder", "decoder", "code", "critic"]
    assert again.evaluate(X, verbose=0) == model.evaluate(X, verbose=0)
    model.save_weights(tmp_path / "w.weights.h5")
    again.load_weights(tmp_path / "w.weights.h5")


def test_the_layer_replaced_in_the_graph_is_followed() -> None:
    model = model_of_ones()
    add_loss(model, mean(model.output))
    model.dense = layers.Dense(1, kernel_initializer="zeros", use_bias=False)
    model.compile("sgd")
    assert model.evaluate(X, verbose=0) == 0.0


def test_a_sequential_model_has_losses_too() -> None:
    model = models.Sequential([Input((2,)), layers.Rescaling(2.0)])
    add_loss(model, mean(model.layers[0].output))
    model.compile("sgd")
    assert model.evaluate(X, verbose=0) == 7.0


def test_losses_of_layers_reach_the_models_that_are_compiled() -> None:
    model = model_of_ones()
    add_loss_of_layer(model.layers[1], mean(model.output), inputs=True)
    add_losses_of_layers(model)
    add_losses_of_layers(model)
    model.compile("sgd")
    assert model.evaluate(X, verbose=0) == 7.0
    layer = layers.Identity()
    add_loss_of_layer(layer, [torch.tensor([1.0, 3.0]), lambda: torch.tensor(4.0)])
    assert [float(x) for x in layer.losses] == [2.0, 4.0]


def test_what_does_not_fit_is_refused() -> None:
    model = model_of_ones()
    with pytest.raises(TypeError, match="takes recorded tensors"):
        add_loss(model, torch.tensor(1.0))
    with pytest.raises(ValueError, match="do not follow from the inputs"):
        add_loss(model, mean(Input((2,))))
    with pytest.raises(ValueError, match="Received: aggregation='sum'"):
        add_metric(model, mean(model.output), aggregation="sum")


def test_metrics_have_the_name_of_what_computes_them() -> None:
    model = model_of_ones()
    add_metric(model, l2_normalize(model.output))
    model.compile("sgd", "mse")
    assert any(m.name.startswith("l2_normalize") for m in model.metrics)


def test_configs_make_the_layers_again() -> None:
    assert AddLoss.from_config(AddLoss(True, name="a").get_config()).sums_gradients
    assert AddMetric.from_config(AddMetric("kl").get_config()).metric.name == "kl"


@pytest.mark.filterwarnings("ignore:Keras 3 has no losses")
def test_a_config_has_recorded_losses() -> None:
    model = model_of_ones()
    add_loss(model, mean(model.output))
    made = models.Model.from_config(model.get_config())
    for compiled in (model, made):
        compiled.compile("sgd", "mse")
    expected = model.evaluate(X, np.zeros((4, 1)), verbose=0)
    made.set_weights(model.get_weights())
    assert made.evaluate(X, np.zeros((4, 1)), verbose=0) == pytest.approx(expected)
