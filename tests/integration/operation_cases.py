"""Calls of every function of `keras.ops` and `keras.activations` on symbolic tensors, each with settings that matter.

A call is a dict of arguments: an `In` stands for a symbolic tensor, which a function of `MAKERS` makes of the input of
the model, of shape (batch, 4, 4). `forms` turns it into the ways in which it may be written.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

SHAPE = (4, 4)
X = np.abs(np.random.RandomState(0).randn(2, *SHAPE)).astype("float32") * 0.5 + 0.1

# What is made of the input: by operations that have calls of their own below.
MAKERS: dict[str, Callable[[Any, Any], Any]] = {
    "x": lambda k, t: t,
    "y": lambda k, t: k.ops.add(t, 0.25),
    "i": lambda k, t: k.ops.cast(t * 10, "int32"),
    "few": lambda k, t: k.ops.cast(t * 2, "int32"),
    "b": lambda k, t: k.ops.greater(t, 0.5),
    "image": lambda k, t: k.ops.reshape(t, (-1, 4, 4, 1)),
    "rgb": lambda k, t: k.ops.stack([t, t * 0.5, t * 0.25], axis=-1),
    "pairs": lambda k, t: k.ops.reshape(t, (-1, 4, 2, 2)),
    "squares": lambda k, t: k.ops.matmul(t, k.ops.transpose(t, (0, 2, 1))) + k.ops.eye(4),
    "lower": lambda k, t: k.ops.tril(t) + k.ops.eye(4),
    "row": lambda k, t: k.ops.mean(t, axis=(0, 1)),
    "ends": lambda k, t: k.ops.reshape(t, (-1, 16)),
    "numbers": lambda k, t: k.ops.argmax(t, axis=-1),
    "flat": lambda k, t: k.ops.reshape(t, (-1,)),
    "flat_numbers": lambda k, t: k.ops.reshape(k.ops.cast(t, "int32"), (-1,)),
    "matrix": lambda k, t: k.ops.mean(t, axis=0),
    "cube": lambda k, t: k.ops.reshape(k.ops.mean(t, axis=0), (2, 2, 4)),
    "probabilities": lambda k, t: k.ops.softmax(t),
    "lengths": lambda k, t: k.ops.sum(k.ops.cast(t > -1, "int32"), axis=(1, 2)) // 4,
    "symbols": lambda k, t: k.ops.cast(t[:, 0, :2] * 0, "int32") + 1,
    "scalar": lambda k, t: k.ops.sum(t),
    "spectrum": lambda k, t: k.ops.rfft(t),
    "frames": lambda k, t: k.ops.stft(k.ops.reshape(t, (-1, 16)), 8, 4, 8),
    "three": lambda k, t: t[..., :3],
}


@dataclass(frozen=True)
class In:
    """A symbolic tensor among the arguments of a call."""

    maker: str = "x"


x, y, i, b = In(), In("y"), In("i"), In("b")
_Call = dict[str, Any]

_UNARY = (
    "abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil conj conjugate copy cos cosh deg2rad erf"
    " erfc erfinv exp exp2 expm1 fabs floor hard_sigmoid hard_silu hard_swish hard_tanh i0 isfinite isinf isnan"
    " isneginf isposinf isreal log log10 log1p log2 log_sigmoid logical_not negative rad2deg ravel real reciprocal relu"
    " relu6 rsqrt selu sigmoid sign signbit silu sin sinc sinh softplus softsign sparse_plus sparse_sigmoid sqrt square"
    " swish tan tanh tanh_shrink trunc fliplr flipud"
).split()
_BINARY = (
    "add arctan2 divide divide_no_nan equal floor_divide fmax fmin fmod greater greater_equal heaviside hypot less"
    " less_equal logaddexp logaddexp2 logical_and logical_or logical_xor maximum minimum mod multiply nextafter"
    " not_equal power subtract true_divide"
).split()
_REDUCTIONS = (
    "all any amax amin max mean median min prod std sum var ptp nanmax nanmean nanmedian nanmin nanprod nanstd nansum"
    " nanvar logsumexp"
).split()
_BITWISE = "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift left_shift right_shift".split()
_SEGMENTS = "segment_sum segment_max segment_min segment_prod".split()
_kernel = np.linspace(-1, 1, 3 * 3 * 3 * 2).reshape(3, 3, 3, 2).astype("float32")
_depthwise = np.linspace(-1, 1, 3 * 3 * 3).reshape(3, 3, 3, 1).astype("float32")
_pointwise = np.linspace(-1, 1, 3 * 2).reshape(1, 1, 3, 2).astype("float32")
_floats = np.arange(4, dtype="float32")


def _grids() -> dict[str, list[_Call]]:
    found: dict[str, list[_Call]] = {name: [{"x": x}] for name in _UNARY}
    found |= {name: [{"x1": x, "x2": y}, {"x1": x, "x2": 0.5}, {"x1": 2.0, "x2": y}] for name in _BINARY}
    for name in _REDUCTIONS:
        found[name] = [{"x": x}, {"x": x, "axis": 1}, {"x": x, "axis": [1, 2], "keepdims": True}]
        if name == "ptp":
            found[name][2]["axis"] = -1
    for name in ("argmax", "argmin", "nanargmax", "nanargmin"):
        found[name] = [{"x": x}, {"x": x, "axis": 1}, {"x": x, "axis": -1, "keepdims": True}]
    for name in ("cumsum", "cumprod", "nancumsum", "nancumprod"):
        found[name] = [{"x": x}, {"x": x, "axis": 1}, {"x": x, "axis": -1, "dtype": "float16"}]
    found |= {name: [{"x": i, "y": In("few")}, {"x": i, "y": 1}] for name in _BITWISE}
    for name in _SEGMENTS:
        found[name] = [
            {"data": In("flat"), "segment_ids": In("flat_numbers"), "num_segments": 3},
            {"data": In("flat"), "segment_ids": In("flat_numbers"), "num_segments": 4, "sorted": False},
        ]
    for name in ("quantile", "nanquantile"):
        found[name] = [
            {"x": x, "q": 0.25},
            {"x": x, "q": [0.25, 0.5], "axis": 1, "method": "nearest", "keepdims": True},
        ]
    for name in ("percentile", "nanpercentile"):
        found[name] = [{"x": x, "q": 25}, {"x": x, "q": 75, "axis": -1, "method": "lower", "keepdims": True}]
    for name in ("ones_like", "zeros_like"):
        found[name] = [{"x": x}, {"x": x, "dtype": "int32"}]
    for name in ("tril", "triu"):
        found[name] = [{"x": x}, {"x": x, "k": -1}]
    for name in ("average_pool", "max_pool"):
        found[name] = [
            {"inputs": In("rgb"), "pool_size": 2},
            {"inputs": In("rgb"), "pool_size": (2, 3), "strides": (1, 2), "padding": "same"},
            {"inputs": x, "pool_size": 2, "strides": 1, "padding": "valid", "data_format": "channels_first"},
        ]
    for name in ("adaptive_average_pool", "adaptive_max_pool"):
        found[name] = [
            {"inputs": In("rgb"), "output_size": 2},
            {"inputs": In("rgb"), "output_size": (2, 1), "data_format": "channels_last"},
        ]
    for name in ("add", "concatenate"):
        found.setdefault(name, [])
    return found


def _nn() -> dict[str, list[_Call]]:
    logits = {"target": In("probabilities"), "output": x, "from_logits": True}
    rgb = In("rgb")
    return {
        "batch_normalization": [
            {"x": x, "mean": _floats, "variance": _floats + 1, "axis": -1},
            {
                "x": x,
                "mean": In("row"),
                "variance": _floats + 1,
                "axis": 2,
                "offset": _floats,
                "scale": In("row"),
                "epsilon": 0.01,
            },
        ],
        "binary_crossentropy": [{"target": In("probabilities"), "output": In("probabilities")}, logits],
        "categorical_crossentropy": [
            {"target": In("probabilities"), "output": In("probabilities")},
            {**logits, "axis": 1},
        ],
        "sparse_categorical_crossentropy": [
            {"target": In("numbers"), "output": In("probabilities")},
            {"target": In("numbers"), "output": x, "from_logits": True, "axis": -1},
        ],
        "celu": [{"x": x}, {"x": x, "alpha": 0.5}],
        "elu": [{"x": x}, {"x": x, "alpha": 0.5}],
        "gelu": [{"x": x}, {"x": x, "approximate": False}],
        "glu": [{"x": x}, {"x": x, "axis": 1}],
        "hard_shrink": [{"x": x}, {"x": x, "threshold": 0.3}],
        "soft_shrink": [{"x": x}, {"x": x, "threshold": 0.3}],
        "leaky_relu": [{"x": x}, {"x": x, "negative_slope": 0.3}],
        "squareplus": [{"x": x}, {"x": x, "b": 3}],
        "threshold": [{"x": x, "threshold": 0.5, "default_value": 7.0}],
        "softmax": [{"x": x}, {"x": x, "axis": 1}, {"x": x, "axis": (1, 2)}],
        "log_softmax": [{"x": x}, {"x": x, "axis": 1}],
        "sparsemax": [{"x": x}, {"x": x, "axis": -1}],
        "conv": [
            {"inputs": rgb, "kernel": _kernel},
            {"inputs": rgb, "kernel": _kernel, "strides": (2, 1), "padding": "same", "data_format": "channels_last"},
            {"inputs": rgb, "kernel": _kernel, "padding": "same", "dilation_rate": 2},
        ],
        "conv_transpose": [
            {"inputs": rgb, "kernel": _kernel.transpose(0, 1, 3, 2)},
            {
                "inputs": rgb,
                "kernel": _kernel.transpose(0, 1, 3, 2),
                "strides": 2,
                "padding": "same",
                "output_padding": 1,
                "data_format": "channels_last",
            },
        ],
        "depthwise_conv": [
            {"inputs": rgb, "kernel": _depthwise},
            {"inputs": rgb, "kernel": _depthwise, "strides": 2, "padding": "same"},
        ],
        "separable_conv": [
            {"inputs": rgb, "depthwise_kernel": _depthwise, "pointwise_kernel": _pointwise},
            {
                "inputs": rgb,
                "depthwise_kernel": _depthwise,
                "pointwise_kernel": _pointwise,
                "strides": 1,
                "padding": "same",
                "dilation_rate": 2,
            },
        ],
        "ctc_loss": [
            {
                "target": In("symbols"),
                "output": In("probabilities"),
                "target_length": In("two_each"),
                "output_length": In("lengths"),
            },
            {
                "target": In("symbols"),
                "output": In("probabilities"),
                "target_length": In("two_each"),
                "output_length": In("lengths"),
                "mask_index": 3,
            },
        ],
        "ctc_decode": [
            {"inputs": In("probabilities"), "sequence_lengths": In("lengths")},
            {
                "inputs": In("probabilities"),
                "sequence_lengths": In("lengths"),
                "merge_repeated": False,
                "mask_index": 1,
            },
        ],
        "dot_product_attention": [
            {"query": In("pairs"), "key": In("pairs"), "value": In("pairs")},
            {"query": In("pairs"), "key": In("pairs"), "value": In("pairs"), "scale": 0.5, "is_causal": True},
        ],
        "layer_normalization": [
            {"x": x},
            {"x": x, "gamma": _floats, "beta": In("row"), "axis": -1, "epsilon": 0.1},
        ],
        "rms_normalization": [{"x": x}, {"x": x, "scale": _floats, "axis": -1, "epsilon": 0.1}],
        "moments": [{"x": x, "axes": [1]}, {"x": x, "axes": [1, 2], "keepdims": True}],
        "multi_hot": [
            {"inputs": In("numbers"), "num_classes": 4},
            {"inputs": In("numbers"), "num_classes": 4, "axis": -1, "dtype": "int32"},
        ],
        "one_hot": [
            {"x": In("numbers"), "num_classes": 4},
            {"x": In("numbers"), "num_classes": 4, "axis": 1, "dtype": "int32"},
        ],
        "normalize": [{"x": x}, {"x": x, "axis": 1, "order": 1, "epsilon": 0.1}],
        "psnr": [{"x1": x, "x2": y, "max_val": 2.0}],
        "polar": [{"abs_": x, "angle": y}],
        "unfold": [
            {"x": In("pairs"), "kernel_size": 2},
            {"x": In("pairs"), "kernel_size": (1, 2), "dilation": 1, "padding": 1, "stride": 2},
        ],
        "fold": [{"x": x, "output_size": (3, 3), "kernel_size": 2}],
        "depth_to_space": [
            {"x": In("pairs"), "block_size": 2, "data_format": "channels_first"},
        ],
        "space_to_depth": [{"x": rgb, "block_size": 2}, {"x": rgb, "block_size": 2, "data_format": "channels_last"}],
    }


def _linalg_and_math() -> dict[str, list[_Call]]:
    square, lower = In("squares"), In("lower")
    return {
        "cholesky": [{"x": square}, {"x": square, "upper": True}],
        "cholesky_inverse": [{"x": lower}, {"x": lower, "upper": False}],
        "det": [{"x": square}],
        "eig": [{"x": square}],
        "eigh": [{"x": square}],
        "inv": [{"x": square}],
        "logdet": [{"x": square}],
        "slogdet": [{"x": square}],
        "lu_factor": [{"x": square}],
        "norm": [{"x": x}, {"x": x, "axis": -1}, {"x": x, "ord": "fro", "axis": [1, 2], "keepdims": True}],
        "qr": [{"x": square}, {"x": square, "mode": "complete"}],
        "solve": [{"a": square, "b": x}],
        "solve_triangular": [{"a": lower, "b": x, "lower": True}],
        "svd": [{"x": square}, {"x": square, "full_matrices": False}, {"x": square, "compute_uv": False}],
        "lstsq": [{"a": In("matrix"), "b": In("matrix")}],
        "matrix_rank": [{"x": square}, {"x": square, "tol": 0.1}],
        "pinv": [{"x": square}, {"x": square, "rcond": 0.1}],
        "top_k": [{"x": x, "k": 2}, {"x": x, "k": 3, "sorted": False}],
        "in_top_k": [{"targets": In("flat_numbers"), "predictions": In("probabilities_of_all"), "k": 2}],
        "cdist": [{"x": x, "y": y}],
        "extract_sequences": [{"x": In("ends"), "sequence_length": 4, "sequence_stride": 2}],
        "fft": [{"x": (x, y)}],
        "fft2": [{"x": (x, y)}],
        "ifft2": [{"x": (x, y)}],
        "rfft": [{"x": x}, {"x": x, "fft_length": 6}],
        "irfft": [{"x": In("spectrum")}, {"x": In("spectrum"), "fft_length": 6}],
        "stft": [
            {"x": In("ends"), "sequence_length": 8, "sequence_stride": 4, "fft_length": 8},
            {
                "x": In("ends"),
                "sequence_length": 8,
                "sequence_stride": 4,
                "fft_length": 8,
                "window": "hamming",
                "center": False,
            },
        ],
        "istft": [
            {"x": In("frames"), "sequence_length": 8, "sequence_stride": 4, "fft_length": 8},
            {
                "x": In("frames"),
                "sequence_length": 8,
                "sequence_stride": 4,
                "fft_length": 8,
                "length": 12,
                "window": "hann",
            },
        ],
        "view_as_complex": [{"x": In("pairs")}],
        "view_as_real": [{"x": In("complex")}],
        "scatter": [{"indices": [[0], [2]], "values": In("first_rows"), "shape": (3, 4)}],
        "scatter_update": [
            {"inputs": In("matrix"), "indices": [[0], [2]], "updates": In("first_rows")},
            {"inputs": In("matrix"), "indices": [[0], [2]], "updates": In("first_rows"), "reduction": "add"},
        ],
        "slice": [{"inputs": In("matrix"), "start_indices": [0, 1], "shape": (2, 2)}],
        "slice_update": [{"inputs": In("matrix"), "start_indices": [1, 0], "updates": In("first_rows")}],
        "stop_gradient": [{"variable": x}],
        "unstack": [{"x": x, "num": 4, "axis": 1}, {"x": x, "axis": 2}],
        "cast": [{"x": x, "dtype": "float16"}, {"x": x, "dtype": "bool"}],
        "saturate_cast": [{"x": x, "dtype": "uint8"}],
        "convert_to_tensor": [{"x": x}, {"x": x, "dtype": "int32"}],
    }


def _numpy() -> dict[str, list[_Call]]:
    return {
        "allclose": [{"x1": x, "x2": y}, {"x1": x, "x2": y, "rtol": 0.1, "atol": 0.5, "equal_nan": True}],
        "append": [{"x1": x, "x2": y}, {"x1": x, "x2": y, "axis": 1}],
        "argpartition": [{"x": x, "kth": 1}, {"x": x, "kth": 2, "axis": 1}],
        "argsort": [{"x": x}, {"x": x, "axis": 1}],
        "sort": [{"x": x}, {"x": x, "axis": 1}],
        "array": [{"x": x}, {"x": x, "dtype": "int32"}],
        "view": [{"x": x}, {"x": x, "dtype": "int32"}],
        "array_split": [{"x": x, "indices_or_sections": 3, "axis": 1}],
        "split": [{"x": x, "indices_or_sections": 2, "axis": 1}, {"x": x, "indices_or_sections": [1, 3], "axis": 2}],
        "hsplit": [{"x": x, "indices_or_sections": 2}],
        "vsplit": [{"x": In("matrix"), "indices_or_sections": 2}],
        "dsplit": [{"x": x, "indices_or_sections": [1, 2]}],
        "average": [{"x": x}, {"x": x, "axis": 2, "weights": _floats}, {"x": x, "axis": 1, "weights": y}],
        "bincount": [{"x": In("flat_numbers"), "minlength": 4}, {"x": In("numbers"), "weights": None, "minlength": 5}],
        "bitwise_invert": [{"x": i}],
        "bitwise_not": [{"x": i}],
        "gcd": [{"x1": i, "x2": In("few")}, {"x1": i, "x2": 2}],
        "lcm": [{"x1": i, "x2": In("few")}],
        "ldexp": [{"x1": x, "x2": In("few")}],
        "broadcast_to": [{"x": x, "shape": (2, 4, 4)}, {"x": In("row"), "shape": (3, 4)}],
        "clip": [{"x": x, "x_min": 0.2, "x_max": 0.5}, {"x": x, "x_min": 0, "x_max": 1}],
        "concatenate": [{"xs": [x, y]}, {"xs": [x, y], "axis": -1}, {"xs": (x, y), "axis": 1}],
        "correlate": [{"x1": In("row"), "x2": In("row")}, {"x1": In("row"), "x2": In("row"), "mode": "same"}],
        "count_nonzero": [{"x": b}, {"x": b, "axis": 1}],
        "cross": [{"x1": In("three"), "x2": In("three")}, {"x1": In("three"), "x2": [1.0, 2.0, 3.0], "axis": -1}],
        "diag": [{"x": In("row")}, {"x": In("matrix"), "k": 1}],
        "diagflat": [{"x": In("row")}, {"x": In("row"), "k": -1}],
        "diagonal": [{"x": x}, {"x": x, "offset": 1, "axis1": 1, "axis2": 2}],
        "trace": [{"x": x}, {"x": x, "offset": 1, "axis1": 1, "axis2": 2}],
        "diff": [{"a": x}, {"a": x, "n": 2, "axis": 1}],
        "digitize": [{"x": x, "bins": [0.2, 0.5]}, {"x": x, "bins": np.array([0.3])}],
        "dot": [{"x1": In("matrix"), "x2": In("row")}, {"x1": x, "x2": In("matrix")}],
        "dstack": [{"xs": [x, y]}],
        "hstack": [{"xs": [x, y]}],
        "vstack": [{"xs": [x, y]}],
        "stack": [{"x": [x, y]}, {"x": [x, y], "axis": -1}],
        "einsum": [
            {"subscripts": "bij->bji", "operands": (x,)},
            {"subscripts": "bij,bjk->bik", "operands": (x, y)},
            {"subscripts": "bij,jk->bik", "operands": (x, In("matrix"))},
        ],
        "expand_dims": [{"x": x, "axis": 1}, {"x": x, "axis": (1, -1)}],
        "flip": [{"x": x}, {"x": x, "axis": 1}],
        "full": [{"shape": (2, 3), "fill_value": In("scalar")}],
        "full_like": [{"x": x, "fill_value": 2}, {"x": x, "fill_value": In("scalar"), "dtype": "int32"}],
        "get_item": [{"x": x, "key": (slice(None), 0)}, {"x": x, "key": (Ellipsis, slice(1, None, 2))}],
        "histogram": [{"x": In("flat")}, {"x": In("flat"), "bins": 5, "range": (0.0, 2.0)}],
        "inner": [{"x1": x, "x2": In("row")}],
        "isclose": [{"x1": x, "x2": y}, {"x1": x, "x2": y, "rtol": 0.1, "atol": 0.5, "equal_nan": True}],
        "isin": [{"x1": i, "x2": [1, 2, 3]}, {"x1": i, "x2": In("few"), "assume_unique": False, "invert": True}],
        "kron": [{"x1": In("matrix"), "x2": In("matrix")}],
        "linspace": [
            {"start": x, "stop": y, "num": 3},
            {"start": 0.0, "stop": y, "num": 4, "endpoint": False, "axis": -1},
        ],
        "logspace": [
            {"start": x, "stop": y, "num": 3},
            {"start": x, "stop": y, "num": 4, "base": 2, "dtype": "float32"},
        ],
        "geomspace": [{"start": x, "stop": y, "num": 3}, {"start": x, "stop": y, "num": 4, "axis": -1}],
        "matmul": [{"x1": x, "x2": y}, {"x1": x, "x2": np.eye(4, dtype="float32")}],
        "meshgrid": [{"x": (In("row"), In("row"))}, {"x": (In("row"), In("row")), "indexing": "ij"}],
        "moveaxis": [{"x": x, "source": 1, "destination": 2}, {"x": x, "source": [1, 2], "destination": [2, 1]}],
        "swapaxes": [{"x": x, "axis1": 1, "axis2": 2}],
        "nan_to_num": [{"x": x}, {"x": x, "nan": 1.0, "posinf": 2.0, "neginf": 3.0}],
        "corrcoef": [{"x": In("matrix")}],
        "imag": [{"x": In("complex")}],
        "outer": [{"x1": In("row"), "x2": In("row")}],
        "vdot": [{"x1": In("row"), "x2": In("row")}],
        "pad": [
            {"x": x, "pad_width": ((0, 0), (1, 1), (2, 0))},
            {"x": x, "pad_width": [[0, 0], [1, 0], [0, 1]], "mode": "constant", "constant_values": 3.0},
            {"x": x, "pad_width": ((0, 0), (1, 1), (1, 1)), "mode": "reflect"},
            {"x": x, "pad_width": 1},
        ],
        "rearrange": [
            {"tensor": x, "pattern": "b h w -> b (h w)"},
            {"tensor": x, "pattern": "b (h k) w -> b h k w", "k": 2},
        ],
        "repeat": [
            {"x": x, "repeats": 2},
            {"x": x, "repeats": 3, "axis": 1},
            {"x": x, "repeats": [1, 2, 0, 1], "axis": 2},
        ],
        "reshape": [{"x": x, "newshape": (-1, 8)}, {"x": x, "newshape": [-1, 2, 8]}],
        "roll": [{"x": x, "shift": 1}, {"x": x, "shift": 2, "axis": 1}, {"x": x, "shift": (1, 2), "axis": (1, 2)}],
        "rot90": [{"array": x}, {"array": x, "k": 2, "axes": (1, 2)}],
        "round": [{"x": x}, {"x": x, "decimals": 1}],
        "searchsorted": [
            {"sorted_sequence": In("row"), "values": In("row")},
            {"sorted_sequence": _floats, "values": In("row"), "side": "right"},
        ],
        "select": [
            {"condlist": [b], "choicelist": [x]},
            {"condlist": [b, b], "choicelist": [x, y], "default": 7.0},
        ],
        "size": [{"x": In("matrix")}],
        "squeeze": [{"x": In("image")}, {"x": In("image"), "axis": -1}],
        "take": [
            {"x": x, "indices": 1, "axis": 1},
            {"x": x, "indices": [0, 2], "axis": -1},
            {"x": In("row"), "indices": In("numbers")},
            {"x": x, "indices": np.array([1, 1]), "axis": 1},
        ],
        "take_along_axis": [{"x": x, "indices": In("order"), "axis": -1}],
        "tensordot": [
            {"x1": In("matrix"), "x2": In("matrix")},
            {"x1": x, "x2": In("matrix"), "axes": 1},
            {"x1": x, "x2": In("matrix"), "axes": [[2], [0]]},
        ],
        "tile": [{"x": x, "repeats": 2}, {"x": x, "repeats": (1, 2, 1)}],
        "transpose": [{"x": x}, {"x": x, "axes": (0, 2, 1)}],
        "trapezoid": [{"y": x}, {"y": x, "dx": 0.5, "axis": 1}, {"y": x, "x": [0.0, 1.0, 3.0, 4.0]}],
        "unique": [{"x": i}, {"x": i, "return_counts": True, "size": 20, "fill_value": 0}],
        "unravel_index": [{"indices": In("few"), "shape": (4, 4)}],
        "vander": [{"x": In("row")}, {"x": In("row"), "N": 3, "increasing": True}],
        "where": [
            {"condition": b, "x1": x, "x2": y},
            {"condition": b, "x1": x, "x2": 0.0},
            {"condition": b, "x1": 1, "x2": y},
        ],
    }


def _image() -> dict[str, list[_Call]]:
    rgb = In("rgb")
    affine = np.array([1.0, 0.1, 0.0, 0.0, 1.0, 0.2, 0.0, 0.0], "float32")
    corners = np.array([[[0.0, 0.0], [0.0, 3.0], [3.0, 0.0], [3.0, 3.0]]] * 2, "float32")
    return {
        "affine_transform": [
            {"images": rgb, "transform": affine[None].repeat(2, 0)},
            {"images": rgb, "transform": affine[None].repeat(2, 0), "interpolation": "nearest", "fill_mode": "wrap"},
        ],
        "crop_images": [
            {"images": rgb, "top_cropping": 1, "left_cropping": 1, "bottom_cropping": 0, "right_cropping": 1},
            {"images": rgb, "top_cropping": 1, "left_cropping": 0, "target_height": 2, "target_width": 3},
        ],
        "pad_images": [
            {"images": rgb, "top_padding": 1, "left_padding": 2, "bottom_padding": 0, "right_padding": 1},
            {"images": rgb, "top_padding": 1, "left_padding": 0, "target_height": 6, "target_width": 7},
        ],
        "elastic_transform": [
            {"images": rgb, "alpha": 0.0, "seed": 1},
            {"images": rgb, "alpha": 0.0, "fill_mode": "wrap"},
        ],
        "extract_patches_3d": [{"volumes": In("volume"), "size": 2}, {"volumes": In("volume"), "size": (2, 1, 2)}],
        "sobel_edges": [{"images": rgb}],
        "extract_patches": [
            {"images": rgb, "size": 2},
            {"images": rgb, "size": (2, 1), "strides": 1, "dilation_rate": 1, "padding": "same"},
        ],
        "gaussian_blur": [{"images": rgb}, {"images": rgb, "kernel_size": (3, 1), "sigma": (0.5, 2.0)}],
        "hsv_to_rgb": [{"images": In("unit_rgb")}],
        "rgb_to_hsv": [{"images": In("unit_rgb")}],
        "rgb_to_grayscale": [{"images": rgb}, {"images": rgb, "data_format": "channels_last"}],
        "map_coordinates": [
            {"inputs": In("matrix"), "coordinates": np.array([[0.5, 1.5], [1.0, 2.5]], "float32"), "order": 1},
            {
                "inputs": In("matrix"),
                "coordinates": np.array([[0.5, 5.5], [1.0, 2.5]], "float32"),
                "order": 0,
                "fill_mode": "nearest",
            },
        ],
        "perspective_transform": [
            {"images": rgb, "start_points": corners, "end_points": corners + 0.5},
            {"images": rgb, "start_points": corners, "end_points": corners + 1, "interpolation": "nearest"},
        ],
        "resize": [
            {"images": rgb, "size": (2, 3)},
            {"images": rgb, "size": (6, 6), "interpolation": "nearest"},
            {"images": rgb, "size": (6, 3), "antialias": True, "crop_to_aspect_ratio": True},
        ],
        "scale_and_translate": [
            {
                "images": rgb,
                "output_shape": (2, 5, 5, 3),
                "scale": np.array([1.2, 0.8], "float32"),
                "translation": np.array([0.1, 0.2], "float32"),
                "spatial_dims": (1, 2),
                "method": "linear",
            }
        ],
        "ssim": [
            {"image1": In("wide"), "image2": In("wide_too"), "max_val": 1.0},
            {"image1": In("wide"), "image2": In("wide_too"), "max_val": 2.0, "filter_size": 3, "k1": 0.02},
        ],
    }


MAKERS |= {
    "unit_rgb": lambda k, t: k.ops.clip(k.ops.stack([t, t * 0.5, t * 0.25], axis=-1), 0, 1),
    "wide": lambda k, t: k.ops.reshape(k.ops.tile(t, (1, 3, 3)), (-1, 12, 12, 1)),
    "wide_too": lambda k, t: k.ops.reshape(k.ops.tile(t * t, (1, 3, 3)), (-1, 12, 12, 1)),
    "volume": lambda k, t: k.ops.stack([k.ops.stack([t, t], axis=-1)] * 2, axis=-1),
    "two_each": lambda k, t: k.ops.sum(k.ops.cast(t[:, 0, :2] > -1, "int32"), axis=1),
    "probabilities_of_all": lambda k, t: k.ops.softmax(k.ops.reshape(k.ops.repeat(t, 4, axis=1), (-1, 4))),
    "complex": lambda k, t: k.ops.view_as_complex(k.ops.reshape(t, (-1, 4, 2, 2))),
    "first_rows": lambda k, t: k.ops.mean(t, axis=0)[:2, :],
    "order": lambda k, t: k.ops.argsort(t, axis=-1),
}
CALLS: dict[str, list[_Call]] = {**_grids(), **_nn(), **_linalg_and_math(), **_numpy()}
IMAGES = _image()
ACTIVATIONS: dict[str, list[_Call]] = {
    **{
        name: CALLS[name]
        for name in "celu elu glu hard_shrink soft_shrink leaky_relu squareplus threshold softmax".split()
    },
    **{name: CALLS[name] for name in "log_softmax hard_sigmoid hard_tanh log_sigmoid relu6 selu sigmoid silu".split()},
    **{name: CALLS[name] for name in "softplus softsign sparse_plus sparse_sigmoid swish tanh tanh_shrink".split()},
    "gelu": [{"x": x}, {"x": x, "approximate": True}],
    "exponential": [{"x": x}],
    "linear": [{"x": x}],
    "mish": [{"x": x}],
    "hard_silu": [{"x": x}],
    "hard_swish": [{"x": x}],
    "sparsemax": [{"x": x}, {"x": x, "axis": -1}],
    "relu": [
        {"x": x},
        {"x": x, "negative_slope": 0.1},
        {"x": x, "max_value": 0.4},
        {"x": x, "negative_slope": 0.1, "max_value": 0.6, "threshold": 0.3},
    ],
}


def made(k: Any, value: Any, t: Any) -> Any:
    """Return an argument with what its `In` stand for, of the input of a model."""
    if isinstance(value, In):
        return MAKERS[value.maker](k, t)
    if isinstance(value, (list, tuple)):
        return type(value)(made(k, v, t) for v in value)
    return value


def forms(function: Callable[..., Any], call: _Call) -> Iterator[tuple[str, tuple[Any, ...], _Call]]:
    """Yield the ways to write a call: all arguments by name, all by position, and the first alone by position."""
    signature = inspect.signature(function)
    kinds = {name: p.kind for name, p in signature.parameters.items()}
    several = next((name for name, kind in kinds.items() if kind is inspect.Parameter.VAR_POSITIONAL), None)
    if several is not None:
        before = [call[name] for name in list(kinds)[: list(kinds).index(several)]]
        named = {name: value for name, value in call.items() if name != several and kinds[name].name == "KEYWORD_ONLY"}
        yield "by position", (*before, *call[several]), named
        return
    yield "by name", (), dict(call)
    first = next(iter(kinds))
    if first in call:
        yield "first by position", (call[first],), {name: value for name, value in call.items() if name != first}
    rest = dict(call)
    names = [name for name, kind in kinds.items() if kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    last = max(names.index(name) for name in call if name in names)
    ordered = [rest.pop(name, signature.parameters[name].default) for name in names[: last + 1]]
    yield "by position", tuple(ordered), rest


_row = np.arange(4, dtype="float32")
# What Python's operators and indices record, with constants on both sides.
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "t + 1": lambda k, t: t + 1,
    "1 + t": lambda k, t: 1 + t,
    "t - 0.5": lambda k, t: t - 0.5,
    "1 - t": lambda k, t: 1 - t,
    "t * t": lambda k, t: t * t,
    "2 * t": lambda k, t: 2 * t,
    "t / 2": lambda k, t: t / 2,
    "2 / t": lambda k, t: 2 / t,
    "t // 0.3": lambda k, t: t // 0.3,
    "2 // t": lambda k, t: 2 // t,
    "t % 0.3": lambda k, t: t % 0.3,
    "2 % t": lambda k, t: 2 % t,
    "t ** 2": lambda k, t: t**2,
    "2 ** t": lambda k, t: 2**t,
    "t @ t": lambda k, t: t @ t,
    "t @ array": lambda k, t: t @ np.eye(4, dtype="float32"),
    "-t": lambda k, t: -t,
    "abs(t)": lambda k, t: abs(t),
    "~(t > 0.5)": lambda k, t: ~(t > 0.5),
    "and or xor": lambda k, t: ((t > 0.2) & (t < 0.9)) | ((t > 1) ^ (t < 2)),
    "comparisons": lambda k, t: [t > 0.5, t >= 0.5, t < 0.5, t <= 0.5, t != 0.5, 0.5 > t],
    "t + array": lambda k, t: t + _row,
    "t * an integer array": lambda k, t: t * np.arange(4),
    "t * a NumPy number": lambda k, t: t * np.float32(0.5),
    "t[:, 0]": lambda k, t: t[:, 0],
    "t[:, -1]": lambda k, t: t[:, -1],
    "t[:, 1:3, ::2]": lambda k, t: t[:, 1:3, ::2],
    "t[..., -1:]": lambda k, t: t[..., -1:],
    "t[:, None]": lambda k, t: t[:, None],
    "t[:, None, ..., 2]": lambda k, t: t[:, None, ..., 2],
    "t[0]": lambda k, t: t[0],
    "t[1:, 0]": lambda k, t: t[1:, 0],
    "batch size": lambda k, t: k.ops.cast(k.ops.shape(t)[1], "float32") * t,
    "tensors on the left": lambda k, t: [
        k.ops.ones((4,)) + t,
        k.ops.ones((4,)) - t,
        k.ops.ones((4,)) * t,
        k.ops.ones((4,)) / t,
        k.ops.eye(4) @ t,
        k.ops.ones((4,)) * 2 // t,
        k.ops.ones((4,)) * 2 % t,
        k.ops.ones((4,)) * 2**t,
        k.ops.ones((4,)) > t,
        k.ops.ones((4,)) >= t,
        k.ops.ones((4,)) < t,
        k.ops.ones((4,)) <= t,
        k.ops.ones((4,)) != t,
    ],
}
