"""Kernels of locally connected layers. Oracle: the product with the whole matrix that `implementation=2` describes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from torchkeras_compat.legacy.layers.locally_connected import LocallyConnected1D, LocallyConnected2D
from torchkeras_compat.saving.old_arrays.local_kernels import by_windows

R = np.random.RandomState(0)
CASES = [
    (LocallyConnected1D, (7,), kind)
    for kind in ({"kernel_size": 3, "strides": 2}, {"kernel_size": 2}, {"kernel_size": 4, "strides": 3})
] + [
    (LocallyConnected2D, (5, 6), {"kernel_size": (3, 2), "strides": (2, 3)}),
    (LocallyConnected2D, (4, 4), {"kernel_size": 1}),
]


def connected(layer, sizes, places):
    """Which input each output meets: pairs of positions."""
    for out in itertools.product(*map(range, places)):
        ticks = []
        for o, n, k, s in zip(out, sizes, layer.kernel_size, layer.strides, strict=True):
            start = o * s - (k // 2 if layer.padding == "same" else 0)
            ticks.append(range(max(0, start), min(n, start + k)))
        for position in itertools.product(*ticks):
            yield position, out


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("cls", "sizes", "arguments"), CASES)
def test_all_three_kernels_compute_the_same(cls, sizes, arguments, padding, data_format):
    layer = cls(3, padding=padding, data_format=data_format, implementation=2, use_bias=False, **arguments)
    is_first = data_format == "channels_first"
    shape = (2, *sizes) if is_first else (*sizes, 2)
    layer.build((None, *shape))
    places = layer._places((None, *shape))
    whole = np.zeros((2, *sizes, 3, *places) if is_first else (*sizes, 2, *places, 3), "float32")
    entries = {}
    for position, out in connected(layer, sizes, places):
        for c, f in itertools.product(range(2), range(3)):
            source, target = ((c, *position), (f, *out)) if is_first else ((*position, c), (*out, f))
            entries[target, source] = whole[(*source, *target)] = R.normal()
    row = np.array([entries[key] for key in sorted(entries)], "float32")  # by output, then by input
    x = R.normal(size=(4, *shape)).astype("float32")
    expected = np.tensordot(x, whole, axes=len(shape))
    for kernel in (whole + (whole == 0), row):  # what is outside of the windows is masked
        found = by_windows(layer, torch.from_numpy(kernel), tuple(layer.kernel.shape))
        layer.kernel.assign(found)
        np.testing.assert_allclose(layer(torch.from_numpy(x)).detach(), expected, rtol=1e-4, atol=1e-5)
        meta = by_windows(layer, torch.empty(kernel.shape, device="meta"), tuple(layer.kernel.shape))
        assert meta.shape == found.shape and meta.device.type == "meta"


@pytest.mark.parametrize("shape", [(7,), (7, 2, 3, 4), (10**9, 2, 3, 3), ()])
def test_other_shapes_are_refused(shape):
    layer = LocallyConnected1D(3, 3, strides=2, implementation=2)
    layer.build((None, 7, 2))
    with pytest.raises(ValueError, match=r"expected the shape \(.*received"):
        by_windows(layer, torch.empty(shape, device="meta"), tuple(layer.kernel.shape))
