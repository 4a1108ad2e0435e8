"""Convolutions of one-element windows with strides, beside a plain matrix product.

In a child process: torch 2.13's weight gradient of them writes past its memory on CPUs with AVX512.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from torchkeras_compat import layers, ops

SWEEP = """
import torch
from torchkeras_compat import layers, ops

def check(y, expected, x, weights):
    torch.testing.assert_close(y, expected, rtol=1e-4, atol=1e-4)
    up = torch.randn_like(y)
    wanted = [t for t in (x, *weights) if t.requires_grad]
    ours, plain = (torch.autograd.grad(out, wanted, up, retain_graph=True) for out in (y, expected))
    for a, b in zip(ours, plain):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-3)

torch.manual_seed(0)
for channels in (1, 3, 8, 12, 15, 16, 17):
    for size in ((56, 56), (28, 57)):
        for down, right in ((2, 2), (2, 1), (1, 2)):
            for needs_gradient in (False, True):
                x = torch.randn(3, *size, channels).requires_grad_(needs_gradient)
                conv = layers.Conv2D(8, 1, strides=(down, right), padding="same", bias_initializer="normal")
                y = conv(x)
                weight, bias = conv.conv.weight, conv.conv.bias
                plain = x[:, ::down, ::right] @ weight[:, :, 0, 0].T
                check(y, plain + bias, x, (weight, bias))
                kernel = conv.kernel.value
                check(ops.conv(x, kernel, strides=(down, right)), plain, x, (weight,))
print("alive")
"""


def test_numbers_and_gradients_are_those_of_a_matrix_product_and_the_process_lives_on():
    done = subprocess.run([sys.executable, "-c", SWEEP], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr[-2000:]


@pytest.mark.parametrize("channels", [8, 16])
def test_it_stays_a_torch_convolution_with_its_strides(channels):
    conv = layers.Conv2D(4, 1, strides=2)
    conv.build((None, 9, 9, channels))
    assert isinstance(conv.conv, nn.Conv2d)
    assert conv.conv.stride == (2, 2)
    x = torch.randn(2, 9, 9, channels)
    with torch.no_grad():
        expected = nn.functional.conv2d(x.permute(0, 3, 1, 2), conv.conv.weight, conv.conv.bias, stride=2)
        torch.testing.assert_close(conv(x), expected.permute(0, 2, 3, 1))
        torch.testing.assert_close(ops.conv(x, conv.kernel.value, strides=2), expected.permute(0, 2, 3, 1))
