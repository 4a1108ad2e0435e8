"""Functions of old dialects against the functions of `ops` that files name in their place."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.dialects import core_calls
from torchkeras_compat.dialects.core_calls import core_call
from torchkeras_compat.dialects.saved_functions import function_at, path_of
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = torch.tensor([[[0.3, -1.2, 0.5], [0.9, 0.1, -0.4]], [[1.5, -0.2, 0.7], [-0.6, 0.8, 0.2]]])
FLAT = X[:, 0]


def agree(path, *args, **kwargs):
    """Call a function, and what `ops` has for a recorded call of it, on the same tensors."""
    function = function_at(path)[0]
    symbols = {}

    def recorded(x):
        if isinstance(x, torch.Tensor):
            symbol = KerasTensor((None, *x.shape[1:]), str(x.dtype).removeprefix("torch."))
            symbols[id(symbol)] = x
            return symbol
        return [recorded(part) for part in x] if isinstance(x, list) else x

    def real(x):
        if isinstance(x, KerasTensor):
            return symbols[id(x)]
        return [real(part) for part in x] if isinstance(x, list) else x

    given, named = [recorded(x) for x in args], {k: recorded(v) for k, v in kwargs.items()}
    found = core_call(path_of(function), function, given, named)
    assert found is not None, path
    core, positional, settings = found
    actual = core(*map(real, positional), **{k: real(v) for k, v in settings.items()})
    expected = function(*args, **kwargs)
    torch.testing.assert_close(actual, expected)


_UNARY = [
    path
    for path, row in core_calls._ROWS.items()
    if len(row.renamed) == 1 and not path.startswith("tf.logical") and path not in ("tf.stack", "tf.squeeze")
]
_BINARY = [path for path, row in core_calls._ROWS.items() if set(row.renamed.values()) == {"x1", "x2"}]


@pytest.mark.parametrize("path", _UNARY)
def test_a_function_of_one_tensor_is_that_of_ops(path):
    agree(path, X.abs() + 0.1 if any(part in path for part in ("log", "sqrt")) else X * 0.5)


@pytest.mark.parametrize("path", [path for path in _BINARY if "logical" not in path])
def test_a_function_of_two_tensors_is_that_of_ops(path):
    agree(path, X.abs(), X.abs() + 0.2)
    agree(path, X.abs(), 2.0)


@pytest.mark.parametrize("name", "sum mean max min prod logsumexp std variance".split())
def test_reductions_are_those_of_ops(name):
    path = f"tf.math.reduce_{name}" if name in ("std", "variance") else f"tf.reduce_{name}"
    agree(path, X, 1)
    agree(path, X, axis=[1, 2], keepdims=True)
    agree(path, X)


@pytest.mark.parametrize(
    ("path", "args", "kwargs"),
    [
        ("tf.concat", ([X, X], -1), {}),
        ("tf.stack", ([X, X],), {"axis": 1}),
        ("tf.split", (X, 3), {"axis": -1}),
        ("tf.unstack", (X,), {"axis": 1}),
        ("tf.expand_dims", (X, 1), {}),
        ("tf.transpose", (X, [0, 2, 1]), {}),
        ("tf.tile", (X, [1, 2, 1]), {}),
        ("tf.reverse", (X, [1]), {}),
        ("tf.cumsum", (X, 1), {}),
        ("tf.reshape", (X, [-1, 6]), {}),
        ("tf.matmul", (X, X), {"transpose_b": True}),
        ("tf.matmul", (X, X), {"transpose_a": True}),
        ("tf.einsum", ("bij,bkj->bik", X, X), {}),
        ("tf.nn.softmax", (X,), {}),
        ("tf.nn.log_softmax", (X, 1), {}),
        ("tf.nn.leaky_relu", (X, 0.3), {}),
        ("tf.nn.gelu", (X, True), {}),
        ("tf.clip_by_value", (X, -0.5, 0.5), {}),
        ("tf.math.l2_normalize", (X, -1), {}),
        ("tf.nn.l2_normalize", (X * 1e-9, -1), {}),
        ("keras.backend.l2_normalize", (X,), {"axis": 1}),
        ("keras.backend.batch_dot", (X, X), {"axes": 2}),
        ("keras.backend.batch_dot", (X, FLAT), {"axes": [2, 1]}),
        ("keras.backend.batch_flatten", (X,), {}),
        ("keras.backend.relu", (X,), {"alpha": 0.1}),
        ("keras.backend.permute_dimensions", (X, (0, 2, 1)), {}),
        ("keras.backend.concatenate", ([X, X],), {}),
        ("keras.backend.clip", (X, -0.5, 0.5), {}),
    ],
)
def test_calls_mean_the_same(path, args, kwargs):
    agree(path, *args, **kwargs)


@pytest.mark.parametrize(
    ("path", "args", "kwargs"),
    [
        ("tf.reduce_sum", (KerasTensor((None, 3), "int32"),), {}),  # whose dtype Keras may change
        ("tf.divide", (KerasTensor((None,), "int32"), 2), {}),
        ("tf.add", (KerasTensor((None, 3)), torch.ones(3, dtype=torch.float64)), {}),
        ("tf.math.l2_normalize", (KerasTensor((None, 3)),), {}),
        ("tf.cumsum", (KerasTensor((None, 3)), 1, True), {}),
        ("tf.nn.silu", (KerasTensor((None, 3)), 2.0), {}),
        ("tf.reshape", (KerasTensor((None, 3)), KerasTensor((2,), "int32")), {}),
        ("tf.image.resize", (KerasTensor((None, 4, 4, 3)), (8, 8), "nearest"), {}),
        ("keras.backend.relu", (KerasTensor((None, 3)), 0.0, 6.0), {}),
        ("keras.backend.batch_dot", (KerasTensor((None, 3)), KerasTensor((None, 3)), 1), {}),
    ],
)
def test_calls_that_mean_something_else_have_none(path, args, kwargs):
    assert core_call(path, function_at(path)[0], args, kwargs) is None


def test_every_row_is_of_a_function_as_files_name_it():
    for path in [*core_calls._ROWS, *core_calls._MADE]:
        assert path_of(function_at(path)[0]) in core_calls._known(), path
