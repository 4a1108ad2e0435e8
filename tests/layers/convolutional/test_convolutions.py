"""Convolutions beside real Keras: outputs, gradients, weights, shapes; and what they compute through."""

from __future__ import annotations

import copy
import pickle
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import Input, Model, layers

SHAPES = {1: (2, 9, 4), 2: (2, 9, 8, 4), 3: (2, 5, 6, 5, 4)}
ODD = {1: 3, 2: (3, 2), 3: (2, 3, 2)}

CASES: list[tuple[str, dict[str, Any]]] = [
    *((f"Conv{n}D", {"filters": 6, "kernel_size": 3}) for n in (1, 2, 3)),
    *((f"Conv{n}D", {"filters": 6, "kernel_size": 3, "padding": "same", "strides": 2}) for n in (1, 2, 3)),
    *((f"Conv{n}D", {"filters": 6, "kernel_size": ODD[n], "padding": "same"}) for n in (1, 2, 3)),
    *((f"Conv{n}D", {"filters": 6, "kernel_size": 2, "groups": 2, "use_bias": False}) for n in (1, 2, 3)),
    *((f"Conv{n}D", {"filters": 6, "kernel_size": 2, "dilation_rate": 2, "activation": "tanh"}) for n in (1, 2, 3)),
    ("Conv1D", {"filters": 5, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}),
    ("Conv1D", {"filters": 5, "kernel_size": 3, "padding": "causal", "strides": 2}),
    ("Conv2D", {"filters": 5, "kernel_size": 3, "padding": "same", "dilation_rate": (2, 1)}),
    ("Conv2D", {"filters": 5, "kernel_size": 1, "padding": "same", "strides": (3, 2)}),
    *((f"DepthwiseConv{n}D", {"kernel_size": 3, "depth_multiplier": 2}) for n in (1, 2)),
    *((f"DepthwiseConv{n}D", {"kernel_size": 3, "padding": "same", "strides": 2}) for n in (1, 2)),
    *((f"DepthwiseConv{n}D", {"kernel_size": 2, "dilation_rate": 2, "use_bias": False}) for n in (1, 2)),
    *((f"SeparableConv{n}D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2}) for n in (1, 2)),
    *((f"SeparableConv{n}D", {"filters": 5, "kernel_size": 3, "padding": "same", "strides": 2}) for n in (1, 2)),
    ("SeparableConv2D", {"filters": 5, "kernel_size": 2, "activation": "relu", "use_bias": False}),
    *((f"Conv{n}DTranspose", {"filters": 5, "kernel_size": 3}) for n in (1, 2, 3)),
    *((f"Conv{n}DTranspose", {"filters": 5, "kernel_size": 3, "padding": "same", "strides": 2}) for n in (1, 2, 3)),
    *((f"Conv{n}DTranspose", {"filters": 5, "kernel_size": 2, "strides": 3}) for n in (1, 2, 3)),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "relu"}),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 3, "strides": 2, "output_padding": 1}),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 0}),
]


def ident(case: Any) -> str | None:
    return "-".join([case[0], *(f"{k}={v}" for k, v in case[1].items())]) if isinstance(case, tuple) else None


def rank_of(name: str) -> int:
    return int(name[name.index("D") - 1 if name[0] != "D" else name.index("D", 1) - 1])


def fill(layer: Any) -> None:
    random = np.random.RandomState(0)
    layer.set_weights([random.normal(size=w.shape).astype("float32") for w in layer.weights])


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_outputs_gradients_and_shapes_are_those_of_keras(case: Any, real_keras: ModuleType) -> None:
    name, arguments = case
    shape = SHAPES[rank_of(name)]
    ours, theirs = getattr(layers, name)(**arguments), getattr(real_keras.layers, name)(**arguments)
    ours.build(shape)
    theirs.build(shape)
    assert [(w.name, w.shape) for w in ours.weights] == [(w.name, tuple(w.shape)) for w in theirs.weights]
    fill(ours)
    fill(theirs)
    x = np.random.RandomState(1).normal(size=shape).astype("float32")
    mine, other = (torch.tensor(x, requires_grad=True) for _ in range(2))
    found, expected = ours(mine), theirs(other)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    assert ours.compute_output_shape((None, *shape[1:])) == (None, *found.shape[1:])
    assert ours.compute_output_shape(shape) == tuple(found.shape)
    found.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(mine.grad, other.grad, rtol=1e-3, atol=1e-3)
    for a, b in zip(ours.trainable_weights, theirs.trainable_weights, strict=True):
        torch.testing.assert_close(a.value.grad, b.value.grad, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_channels_first_is_the_same_on_permuted_data(case: Any) -> None:
    name, arguments = case
    shape = SHAPES[rank_of(name)]
    last = getattr(layers, name)(**arguments)
    last.build(shape)
    fill(last)
    first = getattr(layers, name)(**arguments, data_format="channels_first")
    first.build((shape[0], shape[-1], *shape[1:-1]))
    first.set_weights(last.get_weights())
    x = torch.randn(shape)
    torch.testing.assert_close(first(x.movedim(-1, 1)), last(x).movedim(-1, 1), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_it_survives_its_config_a_copy_and_a_file_of_torch(case: Any) -> None:
    name, arguments = case
    layer = getattr(layers, name)(**arguments)
    layer.build(SHAPES[rank_of(name)])
    x = torch.randn(SHAPES[rank_of(name)])
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    again.build(x.shape)
    again.load_state_dict(layer.state_dict())
    for copied in (again, copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(copied(x), layer(x))


@pytest.mark.parametrize(
    "name", ["Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "SeparableConv1D", "Conv2DTranspose"]
)
def test_configs_are_those_of_keras(name: str, real_keras: ModuleType) -> None:
    arguments = {"kernel_size": 3, "padding": "same", "activation": "relu"}
    if not name.startswith("Depthwise"):
        arguments["filters"] = 4
    ours = getattr(layers, name)(**arguments, name="x").get_config()
    theirs = getattr(real_keras.layers, name)(**arguments, name="x").get_config()
    theirs.pop("groups", None), ours.pop("groups", None)
    assert {k: v for k, v in ours.items() if "initializer" not in k and k != "dtype"} == {
        k: theirs.get(k) for k in ours if "initializer" not in k and k != "dtype"
    }


@pytest.mark.parametrize(
    ("name", "module"),
    [(f"Conv{n}D", getattr(nn, f"Conv{n}d")) for n in (1, 2, 3)]
    + [(f"Conv{n}DTranspose", getattr(nn, f"ConvTranspose{n}d")) for n in (1, 2, 3)],
)
def test_it_computes_through_the_torch_module(name: str, module: type[nn.Module]) -> None:
    layer = getattr(layers, name)(3, 2)
    layer.build(SHAPES[rank_of(name)])
    runs: list[int] = []
    assert isinstance(layer.conv, module)
    layer.conv.register_forward_hook(lambda *args: runs.append(1))
    layer(torch.zeros(SHAPES[rank_of(name)]))
    assert runs == [1]


def test_images_pass_without_a_copy_of_the_input() -> None:
    layer = layers.Conv2D(4, 3)
    layer.build((2, 8, 8, 3))
    seen: list[torch.Tensor] = []
    layer.conv.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    x = torch.randn(2, 8, 8, 3)
    output = layer(x)
    assert seen[0].data_ptr() == x.data_ptr() and seen[0].is_contiguous(memory_format=torch.channels_last)
    assert output.is_contiguous()


def test_sizes_may_be_unknown() -> None:
    inputs = Input((None, None, 3))
    outputs = layers.Conv2D(4, 3, strides=2, padding="same")(inputs)
    assert outputs.shape == (None, None, None, 4)
    model = Model(inputs, layers.GlobalAveragePooling2D()(outputs))
    assert model(torch.zeros(2, 9, 7, 3)).shape == (2, 4) and model(torch.zeros(1, 4, 4, 3)).shape == (1, 4)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "bfloat16", "float64"])
def test_other_dtypes(dtype: str) -> None:
    layer = layers.Conv2D(4, 3, dtype=dtype)
    output = layer(np.ones((1, 5, 5, 2), "float32"))
    assert str(output.dtype) == "torch." + dtype.removeprefix("mixed_")
    assert layer.kernel.dtype == ("float32" if dtype.startswith("mixed") else dtype)


def test_penalties_reach_the_losses() -> None:
    layer = layers.Conv2D(2, 3, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l1")
    layer(torch.ones(1, 5, 5, 1))
    assert len(layer.losses) == 3


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("Conv2D", {"filters": 0, "kernel_size": 3}, "filters"),
        ("Conv2D", {"filters": 3, "kernel_size": (3, 3, 3)}, "kernel_size"),
        ("Conv2D", {"filters": 3, "kernel_size": 0}, "kernel_size"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "strides": 0}, "strides"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "padding": "causal"}, "padding"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "strides": 2, "dilation_rate": 2}, "dilation_rate"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "groups": 2}, "groups=2, filters=3"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "data_format": "last"}, "last"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "activation": "rellu"}, "relu"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "unknown": 1}, "unknown"),
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 0}, "depth_multiplier"),
        ("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "output_padding": 2}, "output_padding"),
    ],
)
def test_bad_arguments_are_refused(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(layers, name)(**arguments)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 8, 8), "ndim=4"),
        ((2, 2, 2, 3), "negative"),
        ((2, 8, 8, None), "channel"),
        ((2, 8, 8, 5), "groups=3"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(shape: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layer = layers.Conv2D(6, 3, groups=3)
        layer(Input(shape[1:], batch_size=shape[0]))


def test_a_built_layer_names_what_it_expects() -> None:
    layer = layers.Conv2D(2, 3, name="edges")
    layer.build((None, 8, 8, 3))
    with pytest.raises(ValueError, match=r"edges.*axis -1.*3.*\(1, 8, 8, 4\)"):
        layer(torch.zeros(1, 8, 8, 4))
