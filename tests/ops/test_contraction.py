"""Products that sum over axes, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

RNG = np.random.default_rng(0)
A, B, M, V = (RNG.normal(size=shape).astype("float32") for shape in ((2, 3, 4), (2, 4, 5), (4, 3), (4,)))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("matmul", (A, B)),
        ("matmul", (A, V)),
        ("matmul", (V, B)),
        ("dot", (A, M)),
        ("dot", (A, V)),
        ("dot", (A, 2.0)),
        ("inner", (A, V)),
        ("inner", (M, A[0].T)),
        ("outer", (A, V)),
        ("vdot", (V, V + 1)),
        ("kron", (M, V[None])),
        ("tensordot", (A, M, 1)),
        ("tensordot", (A, B, ([0, 2], [0, 1]))),
        ("tensordot", (A, V, 0)),
        ("cross", (A[..., :3], M[:3])),
        ("cross", (A[..., :2], A[..., 1:])),
        ("cross", (A[..., :2], A[..., 2:])),
    ],
    ids=lambda x: x if isinstance(x, str) else None,
)
@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors:DeprecationWarning")
def test_products_follow_numpy(name, args):
    expected = getattr(np, name)(*args)
    got = getattr(ops, name)(*args)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-6)
    symbolic = getattr(ops, name)(*(KerasTensor(x.shape, "float32") if isinstance(x, np.ndarray) else x for x in args))
    assert symbolic.shape == expected.shape


@pytest.mark.parametrize(
    ("subscripts", "operands"),
    [
        ("ijk,ikl->ijl", (A, B)),
        ("...ij,jk", (A, M)),
        ("i...,...j->i...j", (A[0], V[None])),
        ("ijk->k", (A,)),
        (",ijk", (5.0, A)),
        ("ij,jk,k->i", (M.T, M, M[0])),
        ("ii->i", (M[:3],)),
    ],
)
def test_einsum_follows_numpy(subscripts, operands):
    expected = np.einsum(subscripts, *operands)
    np.testing.assert_allclose(ops.einsum(subscripts, *operands), expected, rtol=1e-4, atol=1e-6)
    symbolic = [KerasTensor(x.shape) if isinstance(x, np.ndarray) else x for x in operands]
    assert ops.einsum(subscripts, *symbolic).shape == expected.shape


def test_unknown_sizes():
    assert ops.matmul(KerasTensor((None, 3, 4)), KerasTensor((3, None, 4, 5))).shape == (3, None, 3, 5)
    assert ops.dot(KerasTensor((None, 3)), KerasTensor((None, None, 2))).shape == (None, None, 2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ops.matmul(KerasTensor((None, 3)), KerasTensor((4, 5))), r"x1.shape=\(None, 3\), x2.shape=\(4, 5\)"),
        (lambda: ops.dot(KerasTensor((None, 3)), KerasTensor((4, 5))), r"x2.shape=\(4, 5\)"),
        (lambda: ops.inner(KerasTensor((3,)), KerasTensor((4,))), "last dimension"),
        (lambda: ops.tensordot(KerasTensor((2, 3)), KerasTensor((2, 3)), 1), "axes=1"),
        (lambda: ops.cross(np.zeros(4), np.zeros(3)), r"x1.shape=\(4,\)"),
    ],
)
def test_sizes_that_do_not_fit_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_integers_multiply_and_bytes_widen():
    x = np.full((2, 100), 100, "int8")
    assert ops.matmul(x, x.T).dtype is torch.int32
    assert int(ops.matmul(x, x.T)[0, 0]) == 1_000_000
    assert ops.einsum("ij,kj->ik", x, x).dtype is torch.int32
    assert ops.matmul(x > 0, x.T > 0).dtype is torch.bool


def test_einsum_refuses_unknown_options():
    with pytest.raises(TypeError, match="'order'"):
        ops.einsum("i->", V, order="C")
