"""Calls of functions of old dialects as calls of `ops`, where these mean the same: so that Keras 3 reads such models.

Functions of `saved_functions` on the left, by their path; on the right what Keras 3 has for them.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat import public_names
from torchkeras_compat.dialects.saved_functions import function_at, path_of
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

Arguments = dict[str, Any]
# A name below `ops`, positional arguments, and others.
Call = tuple[str, tuple[Any, ...], Arguments]
# Arguments that mean nothing here, or whose value is checked by what is taken of the others.
_WITHOUT_MEANING = frozenset(("name", "validate_indices"))


@dataclass(frozen=True)
class Same:
    """A function of `ops` that means the same.

    Args:
        function: Its name below ``ops``.
        renamed: Its arguments by those of the old function; an argument that is not among them must have its default.
        any_dtype: Whether this holds for integers and booleans too.
    """

    function: str
    renamed: dict[str, str]
    any_dtype: bool = False

    def call(self, given: Arguments, defaults: Arguments) -> Call | None:
        """Return the call of the function; None where it would mean something else."""
        if not self.any_dtype and not all(x.dtype.startswith(("float", "bfloat")) for x in _symbolic(given)):
            return None
        left_out = given.keys() - self.renamed.keys() - _WITHOUT_MEANING
        if any(given[name] is not defaults[name] and given[name] != defaults[name] for name in left_out):
            return None
        return self.function, (), {new: given[old] for old, new in self.renamed.items()}


def _renamed(pairs: str) -> dict[str, str]:
    """``"a:x1 axis"`` as the names of arguments and what they become."""
    found = (pair.partition(":") for pair in pairs.split())
    return {old: new or old for old, _, new in found}


def _same(text: str, any_dtype: bool = False) -> dict[str, Same]:
    """Rows of ``path(old:new ...) function``, a line each."""
    found = {}
    for line in text.strip().splitlines():
        path, _, rest = line.strip().partition("(")
        pairs, _, function = rest.partition(")")
        found[path] = Same(function.strip() or path.rpartition(".")[2], _renamed(pairs), any_dtype)
    return found


_ROWS: dict[str, Same] = {
    **_same(
        """
        tf.nn.relu(features:x)
        tf.nn.relu6(features:x)
        tf.nn.softplus(features:x)
        tf.nn.softsign(features:x)
        tf.nn.elu(features:x)
        tf.nn.selu(features:x)
        tf.nn.silu(features:x)
        tf.nn.swish(features:x) silu
        tf.nn.gelu(features:x approximate)
        tf.nn.leaky_relu(features:x alpha:negative_slope)
        tf.nn.sigmoid(x)
        tf.nn.tanh(x)
        tf.sigmoid(x)
        tf.tanh(x)
        tf.square(x)
        tf.sqrt(x)
        tf.exp(x)
        tf.abs(x) absolute
        tf.sin(x)
        tf.cos(x)
        tf.tan(x)
        tf.asin(x) arcsin
        tf.acos(x) arccos
        tf.atan(x) arctan
        tf.sinh(x)
        tf.cosh(x)
        tf.sign(x)
        tf.round(x)
        tf.floor(x)
        tf.negative(x)
        tf.math.log(x)
        tf.math.log1p(x)
        tf.math.expm1(x)
        tf.math.ceil(x)
        tf.math.rsqrt(x)
        tf.math.erf(x)
        tf.math.reciprocal(x)
        tf.math.log_sigmoid(x)
        tf.add(x:x1 y:x2)
        tf.subtract(x:x1 y:x2)
        tf.multiply(x:x1 y:x2)
        tf.divide(x:x1 y:x2) true_divide
        tf.truediv(x:x1 y:x2) true_divide
        tf.floordiv(x:x1 y:x2) floor_divide
        tf.math.floormod(x:x1 y:x2) mod
        tf.maximum(x:x1 y:x2)
        tf.minimum(x:x1 y:x2)
        tf.pow(x:x1 y:x2) power
        tf.reduce_sum(input_tensor:x axis keepdims) sum
        tf.reduce_mean(input_tensor:x axis keepdims) mean
        tf.reduce_max(input_tensor:x axis keepdims) max
        tf.reduce_min(input_tensor:x axis keepdims) min
        tf.reduce_prod(input_tensor:x axis keepdims) prod
        tf.reduce_logsumexp(input_tensor:x axis keepdims) logsumexp
        tf.math.reduce_std(input_tensor:x axis keepdims) std
        tf.math.reduce_variance(input_tensor:x axis keepdims) var
        keras.backend.maximum(x:x1 y:x2)
        keras.backend.minimum(x:x1 y:x2)
        keras.backend.pow(x:x1 a:x2) power
        """
    ),
    **_same(
        """
        tf.concat(values:xs axis) concatenate
        tf.identity(x) copy
        tf.stack(values:x axis)
        tf.unstack(value:x num axis)
        tf.expand_dims(input:x axis)
        tf.squeeze(input:x axis)
        tf.stop_gradient(input:variable)
        tf.cast(x dtype)
        tf.equal(x:x1 y:x2)
        tf.not_equal(x:x1 y:x2)
        tf.less(x:x1 y:x2)
        tf.less_equal(x:x1 y:x2)
        tf.greater(x:x1 y:x2)
        tf.greater_equal(x:x1 y:x2)
        tf.logical_and(x:x1 y:x2)
        tf.logical_or(x:x1 y:x2)
        tf.logical_not(x)
        keras.backend.concatenate(tensors:xs axis) concatenate
        keras.backend.stack(x axis)
        keras.backend.permute_dimensions(x pattern:axes) transpose
        keras.backend.expand_dims(x axis)
        keras.backend.squeeze(x axis)
        keras.backend.stop_gradient(variables:variable)
        keras.backend.equal(x:x1 y:x2)
        keras.backend.not_equal(x:x1 y:x2)
        keras.backend.less(x:x1 y:x2)
        keras.backend.less_equal(x:x1 y:x2)
        keras.backend.greater(x:x1 y:x2)
        keras.backend.greater_equal(x:x1 y:x2)
        """,
        any_dtype=True,
    ),
}


def _reshape(given: Arguments, target: str) -> Call | None:
    """``reshape`` to sizes that are numbers, or of which only the first is of the data: that of the batch."""
    x, shape = given[target], given["shape"]
    if not isinstance(x, KerasTensor) or isinstance(shape, KerasTensor):
        return None
    sizes = list(shape.tolist() if isinstance(shape, torch.Tensor) else shape)
    if all(isinstance(size, int) for size in sizes):
        return "reshape", (), {"x": x, "newshape": sizes}
    if not all(isinstance(size, int) for size in sizes[1:]) or not _is_batch_of(x, sizes[0]) or None in x.shape[1:]:
        return None
    if -1 in sizes:
        rest = math.prod(size for size in sizes[1:] if size != -1)
        if rest == 0 or math.prod(x.shape[1:]) % rest:
            return None
        sizes[sizes.index(-1)] = math.prod(x.shape[1:]) // rest
    if math.prod(sizes[1:]) != math.prod(x.shape[1:]):
        return None
    return "reshape", (), {"x": x, "newshape": [-1, *sizes[1:]]}


def _is_batch_of(x: KerasTensor, size: Any) -> bool:
    """Whether a recorded number is the first size of a tensor: ``tf.shape(x)[0]``."""
    get = getattr(size, "node", None)
    if get is None or getattr(getattr(get.operation, "function", None), "__name__", "") != "get_item":
        return False
    vector, key = get.args
    shape = getattr(vector, "node", None)
    if key != 0 or shape is None or getattr(shape.operation, "function", None) is None:
        return False
    is_shape = shape.operation.function.__name__ in ("shape", "shape_vector")
    of = shape.args[0] if shape.args else None
    return is_shape and isinstance(of, KerasTensor) and (of is x or _keeps_batch(of, x))


def _keeps_batch(of: KerasTensor, x: KerasTensor) -> bool:
    """Whether both are of the batch of one model, whose layers keep it."""
    return bool(of.shape) and bool(x.shape) and of.shape[0] is None and x.shape[0] is None


def _tf_reshape(given: Arguments) -> Call | None:
    return _reshape(given, "tensor")


def _k_reshape(given: Arguments) -> Call | None:
    return _reshape(given, "x")


def _batch_flatten(given: Arguments) -> Call | None:
    sizes = given["x"].shape[1:]
    if None in sizes or not sizes:
        return None
    return "reshape", (), {"x": given["x"], "newshape": [-1, math.prod(sizes)]}


def _softmax(name: str) -> Callable[[Arguments], Call | None]:
    def call(given: Arguments) -> Call | None:
        if not given["logits"].dtype.startswith(("float", "bfloat")) or given.get("dim") is not None:
            return None
        return name, (), {"x": given["logits"], "axis": -1 if given["axis"] is None else given["axis"]}

    return call


def _transpose(given: Arguments) -> Call | None:
    if given["conjugate"] or isinstance(given["perm"], (KerasTensor, torch.Tensor)):
        return None
    return "transpose", (), {"x": given["a"], "axes": given["perm"]}


def _where(given: Arguments) -> Call | None:
    x, y = given["x"], given["y"]
    if not all(isinstance(part, KerasTensor) for part in (given["condition"], x, y)) or x.dtype != y.dtype:
        return None
    return "where", (), {"condition": given["condition"], "x1": x, "x2": y}


def _split(given: Arguments) -> Call | None:
    parts = given["num_or_size_splits"]
    if not isinstance(given["value"], KerasTensor) or not isinstance(given["axis"], int) or given["num"] is not None:
        return None
    if isinstance(parts, int):
        return "split", (), {"x": given["value"], "indices_or_sections": parts, "axis": given["axis"]}
    return None


def _one_hot(given: Arguments) -> Call | None:
    if given["on_value"] is not None or given["off_value"] is not None or not isinstance(given["depth"], int):
        return None
    dtype = "float32" if given["dtype"] is None else standardize_dtype(given["dtype"])
    axis = -1 if given["axis"] is None else given["axis"]
    return "one_hot", (), {"x": given["indices"], "num_classes": given["depth"], "axis": axis, "dtype": dtype}


def _k_cast(given: Arguments) -> Call | None:
    return "cast", (), {"x": given["x"], "dtype": given["dtype"]}


def _resize(given: Arguments) -> Call | None:
    size = given["size"]
    is_plain = isinstance(size, (list, tuple)) and all(isinstance(s, int) for s in size)
    is_float = isinstance(given["images"], KerasTensor) and given["images"].dtype == "float32"
    if not is_plain or not is_float or str(given["method"]).lower() != "bilinear":
        return None
    if given["preserve_aspect_ratio"] or given["antialias"]:
        return None
    fixed = {"interpolation": "bilinear", "antialias": False, "data_format": "channels_last"}
    return "image.resize", (), {"images": given["images"], "size": list(size), **fixed}


def _matmul(given: Arguments) -> Call | None:
    a, b = given["a"], given["b"]
    first, second = (given[f"transpose_{x}"] or given[f"adjoint_{x}"] for x in "ab")
    if not isinstance(a, KerasTensor) or not isinstance(b, KerasTensor) or given["output_type"] is not None:
        return None
    if not (first or second):
        return "matmul", (), {"x1": a, "x2": b}
    if a.dtype.startswith("complex") or b.dtype.startswith("complex") or min(len(a.shape), len(b.shape)) < 2:
        return None
    equation = f"...{'ji' if first else 'ij'},...{'kj' if second else 'jk'}->...ik"
    return "einsum", (equation, a, b), {}


def _einsum(given: Arguments) -> Call | None:
    is_plain = isinstance(given["equation"], str) and not given.get("kwargs")
    return ("einsum", (given["equation"], *given["inputs"]), {}) if is_plain else None


def _l2_normalize(given: Arguments) -> Call | None:
    """``x / sqrt(max(sum(x**2), epsilon))``, where `ops.normalize` takes the root of epsilon."""
    x, axis, epsilon = given["x"], given["axis"], given.get("epsilon", 1e-12)
    if not isinstance(x, KerasTensor) or not x.dtype.startswith(("float", "bfloat")) or given.get("dim") is not None:
        return None
    if not isinstance(axis, int) or not epsilon > 0:
        return None
    return "normalize", (), {"x": x, "axis": axis, "order": 2, "epsilon": math.sqrt(epsilon)}


def _k_relu(given: Arguments) -> Call | None:
    if not isinstance(given["x"], KerasTensor) or not given["x"].dtype.startswith(("float", "bfloat")):
        return None
    if given["threshold"] or given["max_value"] is not None:
        return None
    if given["alpha"]:
        return "leaky_relu", (), {"x": given["x"], "negative_slope": float(given["alpha"])}
    return "relu", (), {"x": given["x"]}


def _k_switch(given: Arguments) -> Call | None:
    condition, x, y = given.values()
    if not all(isinstance(part, KerasTensor) for part in (condition, x, y)) or condition.dtype != "bool":
        return None
    is_alike = condition.shape == x.shape == y.shape and x.dtype == y.dtype
    return ("where", (), {"condition": condition, "x1": x, "x2": y}) if is_alike else None


def _batch_dot(given: Arguments) -> Call | None:
    """An `einsum` of all axes but those that are summed over; of tensors of more than two axes."""
    x, y, axes = given["x"], given["y"], given["axes"]
    if not (isinstance(x, KerasTensor) and isinstance(y, KerasTensor)) or not isinstance(axes, (int, list, tuple)):
        return None
    ranks = len(x.shape), len(y.shape)
    pair = (axes, axes) if isinstance(axes, int) else tuple(axes)
    if len(pair) != 2 or not all(isinstance(axis, int) for axis in pair) or min(ranks) < 2 or sum(ranks) < 5:
        return None
    first, second = (axis % rank for axis, rank in zip(pair, ranks, strict=True))
    letters = iter("abcdefghijklmnopqrstuvw")
    of_x = ["x", *(next(letters) for _ in x.shape[1:])]
    of_y = ["x", *(next(letters) for _ in y.shape[1:])]
    if 0 in (first, second) or len({x.dtype, y.dtype}) > 1:
        return None
    of_x[first] = of_y[second] = "z"
    left = "".join(letter for letter in of_x + of_y[1:] if letter != "z")
    return "einsum", (f"{''.join(of_x)},{''.join(of_y)}->{left}", x, y), {}


def _clip(x: str, least: str, most: str) -> Callable[[Arguments], Call | None]:
    """The limits are settings in Keras 3, and no tensors."""

    def call(given: Arguments) -> Call | None:
        limits = {"x_min": given[least], "x_max": given[most]}
        is_plain = all(isinstance(limit, (int, float)) for limit in limits.values())
        if not is_plain or not isinstance(given[x], KerasTensor) or not given[x].dtype.startswith(("float", "bfloat")):
            return None
        return "clip", (), {"x": given[x], **limits}

    return call


def _bias_add(given: Arguments) -> Call | None:
    """A bias along the last axis."""
    value, bias = given["value"], given["bias"]
    is_last = given["data_format"] is None or not str(given["data_format"]).upper().startswith("NC")
    if not is_last or not isinstance(value, KerasTensor) or not value.dtype.startswith(("float", "bfloat")):
        return None
    if not isinstance(bias, (KerasTensor, torch.Tensor)):
        bias = torch.tensor(bias, dtype=to_torch_dtype(value.dtype))
    return "add", (), {"x1": value, "x2": bias}


def _pad(given: Arguments) -> Call | None:
    paddings, mode = given["paddings"], str(given["mode"]).lower()
    paddings = paddings.tolist() if isinstance(paddings, torch.Tensor) else paddings
    is_plain = isinstance(paddings, (list, tuple)) and all(
        isinstance(pair, (list, tuple)) and all(isinstance(n, int) for n in pair) for pair in paddings
    )
    if not is_plain or not isinstance(given["tensor"], KerasTensor) or mode not in ("constant", "reflect", "symmetric"):
        return None
    fill = given["constant_values"]
    if mode == "constant" and not isinstance(fill, (int, float)):
        return None
    settings = {"pad_width": [list(pair) for pair in paddings], "mode": mode}
    return "pad", (), {"x": given["tensor"], **settings, **({"constant_values": fill} if mode == "constant" else {})}


def _gather(given: Arguments) -> Call | None:
    axis = 0 if given["axis"] is None else given["axis"]
    if not isinstance(axis, int) or given["batch_dims"] or not isinstance(given["params"], KerasTensor):
        return None
    return "take", (), {"x": given["params"], "indices": given["indices"], "axis": axis}


def _reverse(given: Arguments) -> Call | None:
    axis = given["axis"]
    if not isinstance(axis, (list, tuple)) or not all(isinstance(a, int) for a in axis):
        return None
    return "flip", (), {"x": given["tensor"], "axis": list(axis)}


def _cumsum(given: Arguments) -> Call | None:
    is_plain = not (given["exclusive"] or given["reverse"]) and isinstance(given["axis"], int)
    is_float = isinstance(given["x"], KerasTensor) and given["x"].dtype.startswith(("float", "bfloat"))
    return ("cumsum", (), {"x": given["x"], "axis": given["axis"]}) if is_plain and is_float else None


def _tile(given: Arguments, name: str = "multiples", of: str = "input") -> Call | None:
    number = given[name]
    if not isinstance(number, (list, tuple)) or not all(isinstance(n, int) for n in number):
        return None
    return "tile", (), {"x": given[of], "repeats": list(number)}


_MADE: dict[str, Callable[[Arguments], Call | None]] = {
    "tf.reshape": _tf_reshape,
    "keras.backend.reshape": _k_reshape,
    "keras.backend.batch_flatten": _batch_flatten,
    "keras.backend.cast": _k_cast,
    "tf.nn.softmax": _softmax("softmax"),
    "tf.nn.log_softmax": _softmax("log_softmax"),
    "tf.clip_by_value": _clip("t", "clip_value_min", "clip_value_max"),
    "keras.backend.clip": _clip("x", "min_value", "max_value"),
    "tf.nn.bias_add": _bias_add,
    "tf.pad": _pad,
    "tf.transpose": _transpose,
    "tf.matmul": _matmul,
    "tf.einsum": _einsum,
    "tf.gather": _gather,
    "tf.reverse": _reverse,
    "tf.cumsum": _cumsum,
    "tf.tile": _tile,
    "tf.math.l2_normalize": _l2_normalize,
    "tf.nn.l2_normalize": _l2_normalize,
    "keras.backend.l2_normalize": _l2_normalize,
    "keras.backend.relu": _k_relu,
    "keras.backend.switch": _k_switch,
    "keras.backend.batch_dot": _batch_dot,
    "tf.where": _where,
    "tf.split": _split,
    "tf.one_hot": _one_hot,
    "tf.image.resize": _resize,
}


@functools.cache
def _known() -> dict[str, tuple[Same | None, Callable[[Arguments], Call | None] | None]]:
    """What is known of each function, by the path that files have for it: it may have several."""
    paths = {*_ROWS, *_MADE}
    return {str(path_of(function_at(path)[0])): (_ROWS.get(path), _MADE.get(path)) for path in paths}


def core_call(
    path: str, function: Callable[..., Any], args: Any, kwargs: Any
) -> tuple[Any, tuple[Any, ...], Arguments] | None:
    """Return the function of `ops` that a call means, and its arguments; None where there is none.

    Args:
        path: Of the function, as in `saved_functions`.
        function: The function, whose signature tells the names of the arguments.
        args: Arguments of the recorded call.
        kwargs: The same, by name.

    Example:
        >>> from torchkeras_compat.dialects.saved_functions import function_at
        >>> path = "tf.reduce_mean"
        >>> found = core_call(path, function_at(path)[0], (KerasTensor((None, 3)), 1), {})
        >>> found[0].__name__, sorted(found[2])
        ('mean', ['axis', 'keepdims', 'x'])
    """
    row, make = _known().get(path, (None, None))
    if row is None and make is None:
        return None
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    defaults = {name: parameter.default for name, parameter in signature.parameters.items()}
    given = dict(bound.arguments)
    dtypes = {x.dtype for x in _symbolic(given)}
    if not all(_is_of(x, dtypes) for x in pytree.tree_leaves(given)):
        return None
    found = row.call(given, defaults) if row is not None else make(given) if make is not None else None
    return None if found is None else (public_names.named(f"ops.{found[0]}"), *found[1:])


def _symbolic(given: Arguments) -> list[KerasTensor]:
    return [x for x in pytree.tree_leaves(given) if isinstance(x, KerasTensor)]


def _is_of(x: Any, dtypes: set[str]) -> bool:
    """Whether a value means the same in both: constants of another dtype are cast by one and change it in the other."""
    if isinstance(x, torch.Tensor):
        return standardize_dtype(x.dtype) in dtypes
    return x is None or isinstance(x, (KerasTensor, bool, int, float, str, torch.dtype))
