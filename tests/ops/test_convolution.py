"""Against real Keras, in float64 so that a difference is one of definition."""

from __future__ import annotations

import itertools

import pytest
import torch

from torchkeras_compat.ops import convolution
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

SETTINGS = [
    (size, kernel, strides, padding, dilation)
    for size, kernel, strides, padding, dilation in itertools.product(
        (6, 7), (1, 2, 3), (1, 2, 3), ("valid", "same"), (1, 2)
    )
    if strides == 1 or dilation == 1
]


def normal(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def same(ours, theirs):
    torch.testing.assert_close(ours, theirs.cpu(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_conv_as_in_keras(real_keras, axes):
    for size, kernel, strides, padding, dilation in SETTINGS:
        x, w = normal(2, *(size,) * axes, 4), normal(*(kernel,) * axes, 4, 6)
        arguments = (strides, padding, "channels_last", dilation)
        same(convolution.conv(x, w, *arguments), real_keras.ops.conv(x, w, *arguments))


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_depthwise_and_separable_conv_as_in_keras(real_keras, axes, data_format):
    for size, kernel, strides, padding, dilation in SETTINGS:
        spatial = (size,) * axes
        x = normal(2, *spatial, 3) if data_format == "channels_last" else normal(2, 3, *spatial)
        w, pointwise = normal(*(kernel,) * axes, 3, 2), normal(*(1,) * axes, 6, 4)
        arguments = (strides, padding, data_format, dilation)
        same(convolution.depthwise_conv(x, w, *arguments), real_keras.ops.depthwise_conv(x, w, *arguments))
        same(
            convolution.separable_conv(x, w, pointwise, *arguments),
            real_keras.ops.separable_conv(x, w, pointwise, *arguments),
        )


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_conv_transpose_as_in_keras(real_keras, axes):
    for size, kernel, strides, padding, dilation in SETTINGS:
        x, w = normal(2, *(size,) * axes, 3), normal(*(kernel,) * axes, 2, 3)
        for output_padding in (None, 0, 1):
            arguments = (strides, padding, output_padding, "channels_last", dilation)
            same(convolution.conv_transpose(x, w, *arguments), real_keras.ops.conv_transpose(x, w, *arguments))


def test_groups_follow_from_the_kernel():
    x, w = torch.randn(2, 5, 5, 4), torch.randn(3, 3, 2, 6)
    expected = torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1), groups=2).permute(0, 2, 3, 1)
    torch.testing.assert_close(convolution.conv(x, w), expected)


def test_windows_and_strides_of_each_axis(real_keras):
    x, w = normal(2, 7, 6, 3), normal(2, 3, 3, 4)
    same(convolution.conv(x, w, (1, 2), "same"), real_keras.ops.conv(x, w, (1, 2), "same"))


def test_an_image_tensor_is_not_copied_before_the_kernel():
    x = torch.randn(2, 8, 8, 3)
    seen = []

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            seen.append(str(func))
            return func(*args, **(kwargs or {}))

    with Watch():
        out = convolution.conv(x, torch.randn(3, 3, 3, 4), padding="same")
    assert not [name for name in seen if "clone" in name or "copy" in name or "contiguous" in name]
    assert out.is_contiguous()


@pytest.mark.parametrize("function, kernel, shape", [
    (convolution.conv, (3, 3, 4, 8), (None, 4, None, 8)),
    (convolution.depthwise_conv, (3, 3, 4, 2), (None, 4, None, 8)),
    (convolution.conv_transpose, (3, 3, 8, 4), (None, 8, None, 8)),
])  # fmt: skip
@pytest.mark.parametrize("channels", [4, None])
def test_symbolic_shapes(function, kernel, shape, channels):
    strides = 2 if function is convolution.conv_transpose else 1
    out = function(KerasTensor((None, 4, None, channels)), torch.zeros(kernel), strides=strides, padding="same")
    assert out.shape == shape


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda x: convolution.conv(x, torch.ones(3, 3, 3, 8)), "inputs with 4 channels, a kernel for 3"),
        (lambda x: convolution.depthwise_conv(x, torch.ones(3, 3, 2, 1)), "match the kernel"),
        (lambda x: convolution.conv_transpose(x, torch.ones(3, 3, 8, 3)), "a kernel for 3"),
        (lambda x: convolution.conv(x, torch.ones(3, 4, 8)), r"kernel.shape=\(3, 4, 8\)"),
        (lambda x: convolution.conv(x, torch.ones(3, 3, 4, 8), padding="full"), "Received: padding='full'"),
        (lambda x: convolution.conv(x, torch.ones(3, 3, 4, 8), strides=(1, 2, 3)), r"strides=\(1, 2, 3\)"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call(torch.ones(1, 5, 5, 4))
