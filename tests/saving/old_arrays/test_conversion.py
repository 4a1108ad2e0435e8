"""Every kind of layer in every layout that it had. Oracle: axes named in each version, written out as einsum here."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.legacy.layers.highway import Highway
from torchkeras_compat.saving.old_arrays.conversion import arrays_for, converted, is_converted, kind_of
from torchkeras_compat.saving.old_arrays.writers import Writer

R = np.random.RandomState(0)
TF1, TH1, TF2, TH2 = Writer(1, 2), Writer(1, 2), Writer(2, 1, "tensorflow"), Writer(2, 1, "theano")
OLDEST = Writer(0, 3, None, True)
FIRST = {"data_format": "channels_first"}


def weights(layer, shape):
    layer.build((None, *shape))
    return [v.numpy() for v in layer.weights]


def new(*shape):
    return R.normal(size=shape).astype("float32")


def conv(n):
    return [layers.Conv1D, layers.Conv2D, layers.Conv3D][n - 1]


def turned(kernel):
    """On its spatial axes, in today's layout."""
    return kernel[tuple(slice(None, None, -1) for _ in kernel.shape[:-2])]


def behind(kernel):
    """Keras 1's `(filters, channels, ...)` as `(..., channels, filters)`."""
    return np.moveaxis(kernel, (0, 1), (-1, -2))


def swapped(kernel):
    return np.swapaxes(kernel, -1, -2)


K2, K3 = new(2, 3, 4, 5), new(2, 3, 2, 4, 5)  # spatial axes, channels, filters
B = new(5)
# What is in the file, and what the layer shall have: name, layer, input, writer, names, arrays, expected.
KERNELS = {
    "conv1d 1.2": (layers.Conv1D(5, 3), (9, 4), TF1, "c_W:0", new(3, 1, 4, 5), lambda k: k[:, 0]),
    "conv1d 1.0": (layers.Conv1D(5, 3), (9, 4), TF1, "c_W:0", new(5, 4, 3, 1), lambda k: behind(k)[:, 0]),
    "conv1d 1.2 theano": (layers.Conv1D(5, 3), (9, 4), TH1, "c_W", new(3, 1, 4, 5), lambda k: k[::-1, 0]),
    "conv1d 0.3": (layers.Conv1D(5, 3), (9, 4), OLDEST, "param_0", new(5, 4, 3, 1), lambda k: behind(k)[::-1, 0]),
    "conv1d 2 theano": (layers.Conv1D(5, 3), (9, 4), TH2, "c/kernel", new(3, 4, 5), turned),
    "conv1d 2": (layers.Conv1D(5, 3), (9, 4), TF2, "c/kernel:0", new(3, 4, 5), lambda k: k),
    "conv2d 1 tf": (layers.Conv2D(5, (2, 3)), (8, 8, 4), TF1, "c_W:0", K2, lambda k: k),
    "conv2d 1 tf theano": (layers.Conv2D(5, (2, 3)), (8, 8, 4), TH1, "c_W", K2, turned),
    "conv2d 1 th": (layers.Conv2D(5, (2, 3), **FIRST), (4, 8, 8), TF1, "c_W:0", new(5, 4, 2, 3), behind),
    "conv2d 1 th theano": (
        layers.Conv2D(5, (2, 3), **FIRST),
        (4, 8, 8),
        TH1,
        "c_W",
        new(5, 4, 2, 3),
        lambda k: turned(behind(k)),
    ),
    "conv2d 1 th into channels_last": (layers.Conv2D(5, (2, 3)), (8, 8, 4), TF1, "c_W:0", new(5, 4, 2, 3), behind),
    "conv2d 1 th cube": (layers.Conv2D(3, 3, **FIRST), (3, 8, 8), TF1, "c_W:0", new(3, 3, 3, 3), behind),
    "conv2d 1 tf cube": (layers.Conv2D(3, 3), (8, 8, 3), TF1, "c_W:0", new(3, 3, 3, 3), lambda k: k),
    "conv2d 2 theano first": (layers.Conv2D(5, (2, 3), **FIRST), (4, 8, 8), TH2, "c/kernel", K2, turned),
    "conv2d 2 cntk": (layers.Conv2D(5, (2, 3)), (8, 8, 4), Writer(2, 2, "cntk"), "c/kernel", K2, lambda k: k),
    "conv3d 1 th": (
        layers.Conv3D(5, (2, 3, 2), **FIRST),
        (4, 6, 6, 6),
        TF1,
        "c_W:0",
        new(5, 4, 2, 3, 2),
        behind,
    ),
    "conv3d 1 tf theano": (layers.Conv3D(5, (2, 3, 2)), (6, 6, 6, 4), TH1, "c_W", K3, turned),
    "conv3d 2 theano": (layers.Conv3D(5, (2, 3, 2)), (6, 6, 6, 4), TH2, "c/kernel", K3, turned),
    "deconv2d 1 tf": (layers.Conv2DTranspose(5, (2, 3)), (8, 8, 4), TF1, "c_W:0", K2, swapped),
    "deconv2d 1 th": (
        layers.Conv2DTranspose(5, (2, 3), **FIRST),
        (4, 8, 8),
        TF1,
        "c_W:0",
        new(5, 4, 2, 3),
        lambda k: swapped(behind(k)),
    ),
    "deconv2d 1 th theano": (
        layers.Conv2DTranspose(5, (2, 3), **FIRST),
        (4, 8, 8),
        TH1,
        "c_W",
        new(5, 4, 2, 3),
        lambda k: turned(swapped(behind(k))),
    ),
    "deconv2d 2 theano": (layers.Conv2DTranspose(5, (2, 3)), (8, 8, 4), TH2, "c/kernel", new(2, 3, 5, 4), turned),
    "deconv3d 2 theano": (layers.Conv3DTranspose(5, 2), (4, 4, 4, 4), TH2, "c/kernel", new(2, 2, 2, 5, 4), turned),
    "depthwise 2.1 theano": (layers.DepthwiseConv2D((2, 3)), (8, 8, 5), TH2, "c/k", new(2, 3, 5, 1), turned),
    "depthwise 2.2 theano": (
        layers.DepthwiseConv2D((2, 3)),
        (8, 8, 5),
        Writer(2, 2, "theano"),
        "c/k",
        new(2, 3, 5, 1),
        lambda k: k,
    ),
}


@pytest.mark.parametrize("case", KERNELS)
def test_kernels(case):
    layer, shape, writer, name, kernel, expected = KERNELS[case]
    own = weights(layer, shape)
    names, arrays = [name, "bias"], [torch.from_numpy(kernel), torch.from_numpy(B)]
    shapes = [tuple(a.shape) for a in arrays]
    if is_converted(layer, names, shapes, writer):
        arrays = converted(layer, [w.shape for w in own], names, arrays, writer)
    np.testing.assert_array_equal(arrays[0], expected(kernel))
    assert tuple(arrays[0].shape) == own[0].shape
    np.testing.assert_array_equal(arrays[1], B)


def run(layer, shape, writer, arrays, names=None):
    own = weights(layer, shape)
    leaf = getattr(layer, "cell", layer)
    expected = [w.shape for w in own]
    found = [tuple(a.shape) for a in arrays]
    names = names or ["x/kernel:0"] * len(arrays)
    assert arrays_for(leaf, expected, [*found, (1,)], writer) == len(arrays)
    tensors = [torch.from_numpy(a) for a in arrays]
    if is_converted(leaf, names, found, writer):
        tensors = converted(leaf, expected, names, tensors, writer)
    assert [tuple(t.shape) for t in tensors] == expected
    return [t.numpy() for t in tensors]


@pytest.mark.parametrize(
    ("layer", "order", "today"),
    [(layers.LSTM, "icfo", "ifco"), (layers.GRU, "zrh", "zrh")],
)
def test_gates_of_keras_1(layer, order, today):
    parts = {g: (new(2, 3), new(3, 3), new(3)) for g in order}
    made = layer(3, **({"reset_after": False} if layer is layers.GRU else {}))
    found = run(made, (4, 2), TF1, [a for g in order for a in parts[g]])
    for kind, array in enumerate(found):
        np.testing.assert_array_equal(array, np.concatenate([parts[g][kind] for g in today], axis=-1))
    joined = [np.concatenate([parts[g][kind] for g in today], axis=-1) for kind in range(3)]
    for a, b in zip(run(made, (4, 2), TF1, joined), joined, strict=True):  # as `consume_less="gpu"` kept them
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("is_theano", [False, True])
@pytest.mark.parametrize("is_first", [False, True])
def test_recurrent_convolutions_of_keras_1(is_first, is_theano):
    shape = (lambda i: (3, i, 2, 4)) if is_first else (lambda i: (2, 4, i, 3))
    parts = {g: (new(*shape(5)), new(*shape(3)), new(3)) for g in "icfo"}
    layer = layers.ConvLSTM2D(3, (2, 4), padding="same", **(FIRST if is_first else {}))
    names = [f"c_{kind}_{g}" + ("" if is_theano else ":0") for g in "icfo" for kind in "WUb"]
    arrays = [a for g in "icfo" for a in parts[g]]
    found = run(layer, (2, 5, 6, 6) if is_first else (2, 6, 6, 5), TF1, arrays, names)
    for kind, array in enumerate(found):
        expected = [behind(parts[g][kind]) if is_first and kind < 2 else parts[g][kind] for g in "ifco"]
        if is_theano and kind < 2:
            expected = [turned(e) for e in expected]
        np.testing.assert_array_equal(array, np.concatenate(expected, axis=-1))


def test_recurrent_convolutions_of_keras_2_on_theano():
    layer = layers.ConvLSTM2D(3, 2)
    own = weights(layer, (2, 6, 6, 5))
    arrays = [new(*w.shape) for w in own]
    found = run(layer, (2, 6, 6, 5), TH2, arrays)
    for a, b in zip(found, [turned(arrays[0]), turned(arrays[1]), arrays[2]], strict=True):
        np.testing.assert_array_equal(a, b)


def test_separable_convolutions_of_keras_1():
    depthwise, pointwise = new(2, 4, 3, 5), new(6, 8, 1, 1)  # multiplier, channels, ...; filters, channels, 1, 1
    layer = layers.SeparableConv2D(6, (3, 5), depth_multiplier=2, **FIRST)
    found = run(layer, (4, 9, 9), TF1, [depthwise, pointwise, new(6)])
    np.testing.assert_array_equal(found[0], np.moveaxis(depthwise, (0, 1), (-1, -2)))
    np.testing.assert_array_equal(found[1], np.moveaxis(pointwise, (0, 1), (-1, -2)))


def test_standard_deviations_become_variances():
    layer = layers.BatchNormalization(epsilon=1e-2)
    std = np.array([0.5, 2.0], "float32")
    arrays = [new(2), new(2), new(2), std]
    found = run(layer, (2,), OLDEST, arrays)
    np.testing.assert_allclose(np.sqrt(found[3] + 1e-2), std + 1e-2, rtol=1e-6)
    np.testing.assert_array_equal(run(layer, (2,), TF1, arrays)[3], std)  # from 1.0 on it was the variance already


def test_which_layers_have_older_layouts():
    class Mine(layers.Conv2D):
        pass

    assert kind_of(Mine(2, 3)) == "Conv2D" and kind_of(layers.Dense(2)) is None
    assert kind_of(layers.LSTM(2).cell) == "LSTMCell"
    for layer in (layers.Dense(2), layers.Embedding(3, 2), layers.Conv2D(2, 3)):
        assert not is_converted(layer, ["c/kernel"], [(3, 3, 1, 2)], Writer(3, 0, "torch"))


def test_what_cannot_be_is_an_error_of_shapes():
    layer = layers.Conv2D(5, 3)
    weights(layer, (8, 8, 4))
    with pytest.raises((RuntimeError, IndexError)):
        converted(layer, [(3, 3, 4, 5), (5,)], ["c_W:0", "c_b:0"], [torch.zeros(()), torch.zeros(5)], TF1)


def test_biases_of_a_highway_lay_behind_their_matrices():
    layer = Highway()
    expected = [tuple(w.shape) for w in weights(layer, (3,))]
    names = [f"h_{part}" for part in ("W", "b", "W_carry", "b_carry")]
    arrays = [torch.from_numpy(new(*shape)) for shape in ((3, 3), (3,), (3, 3), (3,))]
    writer = Writer(1, 1)
    assert is_converted(layer, names, [tuple(a.shape) for a in arrays], writer)
    found = converted(layer, expected, names, arrays, writer)
    assert [v.name for v in layer.weights] == ["W", "W_carry", "b", "b_carry"]
    assert all(a is b for a, b in zip(found, [arrays[0], arrays[2], arrays[1], arrays[3]], strict=True))
    assert not is_converted(layer, names, expected, Writer(1, 2))
