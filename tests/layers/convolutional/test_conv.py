"""`Conv1D`, `Conv2D`, `Conv3D`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras_compat
from tests.layers.convolutional.checks import (
    check_against_keras,
    check_channels_first,
    check_config,
    check_copies,
    check_torch_module,
    ident,
)
from torchkeras_compat import Input, Model, layers

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
]


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_outputs_gradients_and_shapes_are_those_of_keras(case: Any, real_keras: ModuleType) -> None:
    check_against_keras(case, real_keras)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_channels_first_is_the_same_on_permuted_data(case: Any) -> None:
    check_channels_first(case)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_it_survives_its_config_a_copy_and_a_file_of_torch(case: Any) -> None:
    check_copies(case)


@pytest.mark.parametrize("name", ["Conv1D", "Conv2D", "Conv3D"])
def test_configs_are_those_of_keras(name: str, real_keras: ModuleType) -> None:
    check_config(name, real_keras)


@pytest.mark.parametrize(("name", "module"), [(f"Conv{n}D", getattr(nn, f"Conv{n}d")) for n in (1, 2, 3)])
def test_it_computes_through_the_torch_module(name: str, module: type[nn.Module]) -> None:
    check_torch_module(name, module)


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


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_class_may_define_the_convolution(real_keras, padding, data_format):
    shape = (2, 5, 6, 2) if data_format == "channels_last" else (2, 2, 5, 6)

    def standardized(space):
        class Standardized(space.layers.Conv2D):
            def convolution_op(self, inputs, kernel):
                mean = space.ops.mean(kernel, axis=(0, 1, 2), keepdims=True)
                return super().convolution_op(inputs, kernel - mean)

        layer = Standardized(4, 3, padding=padding, activation="tanh", groups=2, data_format=data_format)
        layer.build(shape)
        return layer

    real, ours = standardized(real_keras), standardized(torchkeras_compat)
    real.set_weights(values := [np.random.standard_normal(v.shape).astype("float32") for v in real.weights])
    ours.set_weights(values)
    x = np.random.standard_normal(shape).astype("float32")
    torch.testing.assert_close(ours(x), real(x), atol=1e-5, rtol=1e-5)
    model = torchkeras_compat.Sequential([ours])
    model.compile("sgd", "mse")
    before = ours.kernel.numpy().copy()
    model.fit(x, np.ones(ours(x).shape), verbose=0)
    assert not np.array_equal(ours.kernel.numpy(), before)


def test_it_computes_causal_convolutions_too():
    class Doubled(layers.Conv1D):
        def convolution_op(self, inputs, kernel):
            return 2 * super().convolution_op(inputs, kernel)

    doubled, plain = (cls(4, 3, padding="causal") for cls in (Doubled, layers.Conv1D))
    x = torch.randn(2, 6, 2)
    doubled.build(x.shape)
    plain.build(x.shape)
    doubled.set_weights(plain.get_weights())
    torch.testing.assert_close(doubled(x), 2 * plain(x))
