from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import normalization
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = torch.randn(4, 3, 5, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("axes", [[0], [0, 2], [-1], [0, 1, 2]])
@pytest.mark.parametrize("keepdims", [False, True])
def test_moments_as_in_keras(real_keras, axes, keepdims):
    ours, theirs = normalization.moments(X, axes, keepdims), real_keras.ops.moments(X, axes, keepdims)
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a, b.cpu())


def test_moments_of_half_precision_do_not_overflow():
    x = np.array([-741.0, 353.2, 1099.0, -1807.0], dtype="float16")
    mean, variance = normalization.moments(x, [0])
    assert mean.dtype is variance.dtype is torch.float16
    assert variance == torch.finfo(torch.float16).max


@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("offset", [False, True])
def test_batch_normalization_as_in_keras(real_keras, axis, scale, offset):
    size = X.shape[axis]
    vectors = [torch.rand(size) for _ in range(4)]
    arguments = {"axis": axis, "offset": vectors[2] if offset else None, "scale": vectors[3] if scale else None}
    ours = normalization.batch_normalization(X, *vectors[:2], **arguments)
    torch.testing.assert_close(ours, real_keras.ops.batch_normalization(X, *vectors[:2], **arguments).cpu())


@pytest.mark.parametrize("axis", [-1, (1, 2), (-1, -2)])
def test_layer_normalization_is_torchs(axis):
    shape = X.shape[1:] if isinstance(axis, tuple) else X.shape[2:]
    gamma, beta = torch.rand(shape), torch.rand(shape)
    expected = torch.nn.functional.layer_norm(X, shape, gamma, beta, 1e-7)
    torch.testing.assert_close(normalization.layer_normalization(X, gamma, beta, axis), expected)


@pytest.mark.parametrize("function", [normalization.layer_normalization, normalization.rms_normalization])
def test_normalization_over_an_inner_axis_is_that_of_the_last(function):
    scale = torch.rand(3)
    moved = function(X.movedim(1, -1), scale).movedim(-1, 1)
    torch.testing.assert_close(function(X, scale, axis=1), moved)


def test_rms_normalization_as_in_keras(real_keras):
    scale = torch.rand(5)
    torch.testing.assert_close(
        normalization.rms_normalization(X, scale), real_keras.ops.rms_normalization(X, scale).cpu()
    )


@pytest.mark.parametrize("axis", [-1, 0, (0, 1), None])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_normalize_divides_by_the_norm(axis, order):
    norm = X.abs().pow(order).sum(dim=axis, keepdim=True).pow(1 / order)
    torch.testing.assert_close(normalization.normalize(X, axis, order), X / norm)


def test_normalize_divides_small_vectors_by_epsilon():
    assert normalization.normalize([1e-6, 0.0], epsilon=1e-5).tolist() == pytest.approx([0.1, 0.0])


def test_symbolic_shapes():
    x = KerasTensor((None, 3, 5), "float16")
    assert normalization.layer_normalization(x).dtype == "float16"
    assert [m.shape for m in normalization.moments(x, [1])] == [(None, 5)] * 2
    assert normalization.normalize(x).shape == (None, 3, 5)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: normalization.batch_normalization(X, torch.ones(5), torch.ones(5), -1, offset=torch.ones(3)),
         r"`offset` must be a vector of length 5, the size of axis 2 of x. Received: offset.shape=\(3,\)"),
        (lambda: normalization.normalize(X, order=0), "order=0"),
        (lambda: normalization.normalize(X, axis=10), "axis 10 is out of bounds"),
        (lambda: normalization.moments(X, [0], synchronized=True), "BatchNormalization"),
        (lambda: normalization.layer_normalization(X, foo=1), r"\['foo'\]"),
    ],
)  # fmt: skip
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_rms_scaling_is_deprecated():
    with pytest.warns(UserWarning, match="rms_scaling=True"):
        torch.testing.assert_close(
            normalization.layer_normalization(X, rms_scaling=True), normalization.rms_normalization(X)
        )
