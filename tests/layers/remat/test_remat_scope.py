from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import layers, ops
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.remat_scopes import OPEN_SCOPES
from torchkeras_compat.layers.remat.remat_scope import RematScope, remat
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential

RUNS = {"call": 0, "activation": 0}


def counted(x: torch.Tensor) -> torch.Tensor:
    RUNS["activation"] += 1
    return torch.tanh(x)


class Counted(Layer):
    """Counts its runs and those of its activation."""

    def __init__(self, size: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size
        self.activation = counted

    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight(shape=(input_shape[-1],), name="scale")

    def call(self, x: torch.Tensor) -> torch.Tensor:
        RUNS["call"] += 1
        return self.activation(x * self.scale.value).repeat(1, self.size)


def runs(layer: Any, x: torch.Tensor) -> tuple[int, int]:
    """Return how often `call` and the activation run in one forward and backward pass."""
    layer(x)
    RUNS.update(call=0, activation=0)
    layer(x).sum().backward()
    return RUNS["call"], RUNS["activation"]


def bytes_kept(layer: Any, x: torch.Tensor) -> int:
    """Return the size of what a forward pass keeps for the backward pass."""
    layer(x)
    kept: dict[int, int] = {}

    def pack(t: torch.Tensor) -> torch.Tensor:
        kept[t.data_ptr()] = t.numel() * t.element_size()
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        y = layer(x)
    weights = {p.data_ptr() for p in layer.parameters()}
    del y
    return sum(size for pointer, size in kept.items() if pointer not in weights)


SCOPES = {
    "none at all": (None, (1, 1)),
    "full": (RematScope(), (2, 2)),
    "None": (RematScope(None), (1, 1)),
    "activations": (RematScope("activations"), (1, 2)),
    "larger": (RematScope("larger_than", output_size_threshold=23), (2, 2)),
    "not larger": (RematScope("larger_than", output_size_threshold=24), (1, 1)),
    "by name": (RematScope("list_of_layers", layer_names=["block"]), (2, 2)),
    "other names": (RematScope("list_of_layers", layer_names=["other"]), (1, 1)),
}


@pytest.mark.parametrize(("scope", "expected"), SCOPES.values(), ids=list(SCOPES))
def test_each_mode_recomputes_what_it_says(scope, expected):
    if scope is None:
        layer = Counted(2, name="block")
    else:
        with scope:
            layer = Counted(2, name="block")
    assert runs(layer, torch.randn(4, 3)) == expected


def test_sizes_of_outputs_are_decided_for_each_shape_of_the_inputs():
    with RematScope("larger_than", output_size_threshold=30):
        layer = Counted(2)
    assert [runs(layer, torch.randn(n, 3))[0] for n in (5, 6, 5, 6)] == [1, 2, 1, 2]


def test_only_layers_made_inside_count():
    layer = Counted()
    with RematScope():
        assert runs(layer, torch.ones(2, 3)) == (1, 1)
        with RematScope(None):
            inner = Counted()
        layer = Counted()
    assert OPEN_SCOPES == []
    assert runs(inner, torch.ones(2, 3)) == (1, 1)
    assert runs(layer, torch.ones(2, 3)) == (2, 2)


def test_less_is_kept():
    def make() -> Model:
        inputs = layers.Input((64,))
        x = inputs
        for _ in range(4):
            x = layers.Dense(64, activation="gelu")(x)
            x = layers.LayerNormalization()(x)
        return Model(inputs, x)

    x = torch.randn(32, 64)
    plain = bytes_kept(make(), x)
    with RematScope():
        full = make()
    with RematScope("activations"):
        activations = make()
    assert bytes_kept(full, x) <= 8 * x.numel() * 4 < plain
    assert bytes_kept(activations, x) <= plain


def test_what_lies_inside_is_recomputed_once():
    with RematScope():
        inner = Counted()
        outer = Sequential([layers.Dense(3), layers.TimeDistributed(inner)])
    assert runs(outer, torch.ones(2, 4, 3)) == (2, 2)


def test_a_model_is_recomputed_only_by_name():
    class Own(Model):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.block = Counted()
            self.runs = 0

        def call(self, x: torch.Tensor) -> torch.Tensor:
            self.runs += 1
            return self.block(x)

    for scope, expected in ((RematScope(), 1), (RematScope("list_of_layers", layer_names=["own"]), 2)):
        with scope:
            model = Own(name="own")
        model(torch.ones(2, 3))
        model.runs = 0
        model(torch.ones(2, 3)).sum().backward()
        assert model.runs == expected
        assert runs(model, torch.ones(2, 3)) == (2, 2)


def model_of(scope: RematScope) -> Model:
    with scope:
        inputs = layers.Input((4,))
        x = layers.Dense(8, activation="relu", kernel_initializer="ones")(inputs)
        x = layers.BatchNormalization()(x)
        x = layers.Dropout(0.5, seed=3)(x)
        x = Sequential([layers.Dense(5, activation="tanh", kernel_initializer="ones"), layers.Dropout(0.2, seed=4)])(x)
        return Model(inputs, layers.Dense(1, kernel_initializer="ones")(x))


@pytest.mark.parametrize("mode", ["full", "activations", "larger_than"])
@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_fit_learns_the_same(mode, policy):
    x, y = np.random.rand(12, 4).astype("float32"), np.random.rand(12, 1).astype("float32")
    found = []
    for scope in (RematScope(None), RematScope(mode, output_size_threshold=16)):
        torchkeras_compat.config.set_dtype_policy(policy)
        try:
            model = model_of(scope)
        finally:
            torchkeras_compat.config.set_dtype_policy("float32")
        model.compile("sgd", "mse", metrics=["mae"])
        history = model.fit(x, y, batch_size=4, epochs=2, verbose=0, shuffle=False).history
        found.append([history, model.get_weights(), model.predict(x, verbose=0)])
    torch.testing.assert_close(found[1], found[0])


@pytest.mark.parametrize("mode", ["full", "activations"])
def test_torch_compile_gives_the_same_gradients(mode):
    x, y = np.random.rand(8, 4).astype("float32"), np.random.rand(8, 1).astype("float32")
    found = []
    for scope in (RematScope(None), RematScope(mode)):
        with scope:
            model = Sequential(
                [layers.Input((4,)), layers.Dense(8, activation="tanh", kernel_initializer="ones"), layers.Dense(1)]
            )
        model.layers[-1].kernel.assign(torch.ones(8, 1))
        run = torch.compile(model, backend="aot_eager")
        loss = ((run(torch.tensor(x)) - torch.tensor(y)) ** 2).mean()
        loss.backward()
        found.append([p.grad for p in model.parameters()])
    torch.testing.assert_close(found[1], found[0])


def test_copies_are_recomputed_and_clones_are_not():
    with RematScope():
        layer = Counted()
    x = torch.ones(2, 3)
    layer(x)
    for twin in (copy.deepcopy(layer), copy.copy(layer), pickle.loads(pickle.dumps(layer))):
        assert runs(twin, x) == (2, 2)
        assert twin.call.__self__ is twin
    assert runs(Counted.from_config(layer.get_config()), x) == (1, 1)


def test_activations_are_the_users_again_after_the_call():
    with RematScope("activations"):
        dense = layers.Dense(3, activation=counted)
        module = layers.Activation(torch.nn.Tanh())
    assert runs(dense, torch.ones(2, 3)) == (0, 2)
    assert dense.activation is counted
    assert isinstance(module.activation, torch.nn.Tanh)
    module(torch.ones(2, requires_grad=True)).sum().backward()
    assert "activation" not in module.__dict__


def test_quantized_and_adapted_layers_are_recomputed():
    x = torch.randn(4, 6)
    with RematScope():
        layer = layers.Dense(5, activation=counted)
    layer(x)
    layer.quantize("int8")
    layer.enable_lora(2)
    assert runs(layer, x)[1] == 2


def test_a_layer_outside_any_scope_has_no_trace_of_it():
    layer = layers.Dense(2)
    assert "call" not in layer.__dict__
    call = layer.call
    assert layer.rematerialized_call(call) is call


def test_remat_of_a_function_with_keywords():
    def scaled(x: torch.Tensor, scale: float = 1.0, offset: float = 0.0) -> torch.Tensor:
        RUNS["call"] += 1
        return ops.exp(x * scale) + offset

    function = remat(scaled)
    assert function.__name__ == "scaled"
    x = torch.ones(2, requires_grad=True)
    RUNS["call"] = 0
    function(x, scale=2.0).sum().backward()
    assert RUNS["call"] == 2
    torch.testing.assert_close(x.grad, 2 * torch.exp(torch.tensor([2.0, 2.0])))
    assert torch.equal(function(np.ones(2), offset=1.0), scaled(np.ones(2), offset=1.0))


def test_remat_in_a_functional_model():
    inputs = layers.Input((3,))
    x = layers.Lambda(remat(counted))(inputs)
    model = Model(inputs, layers.Dense(2)(x))
    RUNS["activation"] = 0
    model(torch.ones(2, 3, requires_grad=True)).sum().backward()
    assert RUNS["activation"] == 2
    dense = layers.Dense(2)
    model = Model(inputs, remat(dense)(inputs))
    assert dense in model.layers


def test_random_numbers_are_those_of_the_first_run():
    function = remat(lambda x: x * layers.Dropout(0.5, seed=1)(torch.ones(100), training=True))
    x = torch.ones(100, requires_grad=True)
    y = function(x)
    y.sum().backward()
    torch.testing.assert_close(x.grad, y.detach())


@pytest.mark.parametrize("mode", ["bad", 5, True])
def test_an_unknown_mode_is_refused_as_keras_does(real_keras, mode):
    for scope in (RematScope, real_keras.RematScope):
        with pytest.raises(ValueError, match=r"Invalid mode .*Supported modes are: 'full', 'activations'"):
            scope(mode=mode)


def test_bad_arguments_are_refused():
    with pytest.raises(TypeError, match="`output_size_threshold` is a number of values. Received: .*'x'"):
        RematScope("larger_than", output_size_threshold="x")
    with pytest.raises(TypeError, match="`layer_names` is a list of names of layers. Received: layer_names='dense'"):
        RematScope("list_of_layers", layer_names="dense")
    with pytest.raises(TypeError, match="`remat` takes a function or a layer. Received: f=5"):
        remat(5)
