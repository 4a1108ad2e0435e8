"""torch's parametrizations and pruning on the torch modules inside layers: Keras's view of the weights follows.

The oracle is torch: what ``module.weight`` is.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune

from torchkeras_compat import Model, Sequential, layers
from torchkeras_compat.models.cloning import clone_model
from torchkeras_compat.saving.saving_and_loading import load_model

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.nn.utils.*weight_norm.*deprecated:FutureWarning")


class Doubled(nn.Module):
    def forward(self, x):
        return 2 * x

    def right_inverse(self, x):
        return x / 2


class Magnitude(nn.Module):
    def forward(self, x):
        return x.abs()


WAYS: dict[str, Any] = {
    "weight_norm": parametrizations.weight_norm,
    "spectral_norm": parametrizations.spectral_norm,
    "orthogonal": parametrizations.orthogonal,
    "own": lambda m: parametrize.register_parametrization(m, "weight", Doubled()),
    "one way": lambda m: parametrize.register_parametrization(m, "weight", Magnitude()),
    "two": lambda m: (parametrizations.weight_norm(m), parametrize.register_parametrization(m, "bias", Doubled())),
    "old weight_norm": nn.utils.weight_norm,
    "old spectral_norm": nn.utils.spectral_norm,
    "pruned": lambda m: prune.custom_from_mask(m, "weight", torch.arange(m.weight.numel()).view(m.weight.shape) % 2),
    "pruned bias": lambda m: prune.l1_unstructured(m, "bias", amount=0.5),
}


def _dense() -> Sequential:
    return Sequential([layers.Input((6,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])


def _convolution() -> Sequential:
    return Sequential([layers.Input((4, 4, 3)), layers.Conv2D(5, 3), layers.Flatten(), layers.Dense(1)])


@pytest.fixture(params=["dense", "convolution"])
def kind(request):
    return request.param


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


@pytest.fixture
def changed(kind, way):
    """A model, the torch module that was changed, its kernel in Keras's layout, and data."""
    model = _dense() if kind == "dense" else _convolution()
    module = model.layers[0].linear if kind == "dense" else model.layers[0].conv
    WAYS[way](module)

    def kernel():
        with torch.no_grad():
            model(torch.zeros(1, *model.input_shape[1:]))  # hooks compute `weight` before each forward
            weight = module.weight.detach()
        return (weight.T if kind == "dense" else weight.permute(2, 3, 1, 0)).numpy()

    return model, module, kernel, np.random.randn(8, *model.input_shape[1:]).astype("float32")


def test_weights_show_what_torch_computes_with(changed):
    model, module, kernel, _ = changed
    own = model.layers[0]
    assert [v.name for v in own.weights] == ["kernel", "bias"]
    np.testing.assert_allclose(model.get_weights()[0], kernel(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(own.bias.numpy(), module.bias.detach())
    assert own.kernel.shape == kernel().shape and own.kernel.dtype == "float32"
    assert model.count_params() == sum(w.size for w in model.get_weights())
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    assert f"Total params: {model.count_params()}" in "\n".join(lines)


def test_looking_at_weights_changes_nothing(changed):
    model, *_ = changed
    model.train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    model.get_weights()
    for key, value in model.state_dict().items():
        assert torch.equal(value, before[key])


def test_training_reaches_the_tensors_behind(changed):
    model, _, _, x = changed
    model.compile("adam", "mse")
    before = {key: value.clone() for key, value in model.named_parameters()}
    model.fit(x, np.ones((8, 1)), epochs=2, verbose=0)
    assert {key for key, value in model.named_parameters() if not torch.equal(value, before[key])} == set(before)
    held = {id(t) for v in model.trainable_variables for t in v.parameters}
    assert held == {id(p) for p in model.parameters()}


def test_training_is_that_of_torch(kind, way):
    first, second = (_dense() if kind == "dense" else _convolution() for _ in range(2))
    for model in (first, second):
        WAYS[way](model.layers[0].linear if kind == "dense" else model.layers[0].conv)
    second.load_state_dict(first.state_dict())
    x = torch.randn(8, *first.input_shape[1:])

    def steps(train, model):
        train(model, x, torch.ones(8, 1))
        return model.predict(x.numpy(), verbose=0)

    def ours(model, x, y):
        model.compile("sgd", "mse")
        model.fit(x.numpy(), y.numpy(), batch_size=8, epochs=3, verbose=0)

    def plain(model, x, y):
        model.train()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(3):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
        model.eval()

    np.testing.assert_allclose(steps(ours, first), steps(plain, second), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("form", ["keras", "h5"])
@pytest.mark.filterwarnings("ignore:The state of optimizer:UserWarning", "ignore:Skipping variable loading:UserWarning")
def test_files_hold_the_weights_that_torch_computes_with(changed, form, tmp_path):
    model, _, _, x = changed
    model.compile("adam", "mse")
    model.fit(x, np.ones((8, 1)), verbose=0)
    model.save(tmp_path / f"model.{form}")
    loaded = load_model(tmp_path / f"model.{form}")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-4, atol=1e-5)


def test_the_state_of_an_optimizer_that_fits_no_weight_is_left_out(tmp_path):
    model = _dense()
    parametrizations.weight_norm(model.layers[0].linear)
    model.compile("adam", "mse")
    model.fit(np.ones((2, 6)), np.ones((2, 1)), verbose=0)
    with pytest.warns(UserWarning, match="state of optimizer 'adam' is not saved: a parametrization"):
        model.save(tmp_path / "model.keras")


def test_weights_can_be_set(changed, way):
    model, _, kernel, _ = changed
    wanted = np.linspace(-1, 1, kernel().size, dtype="float32").reshape(kernel().shape)
    if way == "one way":
        with pytest.raises(ValueError, match="computed by Magnitude, which has no method `right_inverse`"):
            model.layers[0].kernel.assign(wanted)
        return
    if "orthogonal" in way:
        wanted = kernel()[..., ::-1].copy()
    if "pruned" in way:  # what was taken away stays away
        model.layers[0].set_weights([wanted, np.ones(kernel().shape[-1], "float32")])
        assert (model.get_weights()[0] == 0).mean() == pytest.approx(0.5, abs=0.02) or way == "pruned bias"
        return
    scale = 1.0
    if "spectral" in way:
        matrix = wanted.T if wanted.ndim == 2 else wanted.transpose(3, 2, 0, 1).reshape(wanted.shape[-1], -1)
        scale = np.linalg.norm(matrix, 2)
    model.layers[0].kernel.assign(wanted)
    np.testing.assert_allclose(model.get_weights()[0], wanted / scale, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(kernel(), wanted / scale, rtol=1e-3, atol=1e-4)


def test_freezing_and_copies(changed):
    model, _, _, x = changed
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(copy.deepcopy(model).predict(x, verbose=0), expected, rtol=1e-5)
    twin = clone_model(model)
    assert [w.shape for w in twin.get_weights()] == [w.shape for w in model.get_weights()]
    state = model.state_dict()
    model.load_state_dict(state)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5)
    model.trainable = False
    assert not any(p.requires_grad for p in model.parameters()) and model.trainable_weights == []
    model.trainable = True
    assert all(p.requires_grad for p in model.parameters())


def test_what_was_removed_is_a_plain_weight_again():
    model = _dense()
    module = model.layers[0].linear
    prune.l1_unstructured(module, "weight", amount=0.5)
    assert (model.get_weights()[0] == 0).mean() == 0.5
    prune.remove(module, "weight")
    parametrizations.spectral_norm(module)
    parametrize.remove_parametrizations(module, "weight")
    assert model.layers[0].kernel.parameter is module.weight
    np.testing.assert_array_equal(model.get_weights()[0], module.weight.detach().T)


def test_cells_compute_with_what_torch_computes():
    layer = layers.LSTM(3, activation="relu")  # of no fused kernel
    x = torch.randn(2, 5, 4)
    layer(x)
    module = next(m for m in layer.modules() if "weight_ih" in "".join(m._parameters))
    key = next(key for key in module._parameters if key.startswith("weight_ih"))
    before = layer(x)
    prune.random_unstructured(module, key, amount=0.9)
    kernel = layer.weights[0].numpy()
    assert (kernel == 0).mean() == pytest.approx(0.9, abs=0.05)
    assert not torch.allclose(layer(x), before)
    twin = layers.LSTM(3, activation="relu")
    twin(x)
    twin.set_weights(layer.get_weights())
    torch.testing.assert_close(layer(x), twin(x))


def test_what_cannot_be_done_is_said():
    model = _dense()
    prune.l1_unstructured(model.layers[0].linear, "weight", amount=0.5)
    trainable, other = [v.value for v in model.trainable_variables], []
    with pytest.raises(ValueError, match=r"kernel' is computed by a parametrization or by pruning"):
        model.stateless_call(trainable, other, torch.zeros(1, 6))
    del model.layers[0].linear.weight_orig
    with pytest.raises(ValueError, match="'weight' is no longer in Linear"):
        model.get_weights()


def test_regularizers_see_what_torch_computes_with():
    x = layers.Input((6,))
    model = Model(x, layers.Dense(4, kernel_regularizer="l2")(x))
    module = model.layers[1].linear
    parametrize.register_parametrization(module, "weight", Doubled())
    torch.testing.assert_close(model.losses[0], 0.01 * module.weight.square().sum())
    model.losses[0].backward()
    assert module.parametrizations.weight.original.grad is not None


def test_a_weight_of_a_layer_itself_can_be_pruned():
    class Scales(layers.Layer):
        def __init__(self):
            super().__init__()
            self.scales = [self.add_weight(shape=(4,), initializer="ones") for _ in range(2)]

        def call(self, inputs):
            return inputs * self.scales[0] * self.scales[1]

    layer = Scales()
    key = next(name for name, _ in layer.named_parameters())
    prune.l1_unstructured(layer, key, amount=2)
    assert float(layer(torch.ones(1, 4)).detach().sum()) == 2.0
    assert sorted(layer.get_weights()[0].tolist()) == [0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize("norm", [parametrizations.spectral_norm, torch.nn.utils.spectral_norm])
@pytest.mark.filterwarnings("ignore:.*spectral_norm.*:FutureWarning")
def test_what_was_read_is_set_again_as_it_was_while_the_norm_is_only_estimated(norm, tmp_path):
    torch.manual_seed(0)
    model = _dense()
    norm(model.layers[0].linear)
    x = np.random.RandomState(0).normal(size=(8, 6)).astype("float32")
    model.compile("adam", "mse")
    model.fit(x, np.ones((8, model.output_shape[-1])), epochs=3, verbose=0)
    model.eval()
    expected = model.predict(x, verbose=0)
    model.set_weights(model.get_weights())
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)
    model.save_weights(tmp_path / "model.weights.h5")
    model.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)
