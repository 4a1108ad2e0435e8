"""Elements inside a pipeline, and as a user's functions see them.

Inside, a leaf is a torch tensor on the CPU, or a NumPy array of ``bytes`` for strings: those go to ``fit`` as they are.
A user's functions and loops get TensorFlow's tensors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.elements.structures import flatten, is_node, map_structure
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.ragged.making import stack as stack_rows
from torchkeras_compat.dialects.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, unwrap, wrap

Strings = np.ndarray


def absorbed(value: Any) -> Any:
    """Return what a user gave as an element: its leaves as tensors and arrays of bytes.

    Lists become tensors. Python floats become float32, ints int32; arrays keep their dtype. Datasets, ragged and sparse
    tensors stay.

    Raises:
        TypeError: a leaf that cannot become a tensor.
        ValueError: nested lists whose lengths differ.

    Example:
        >>> absorbed(([1.0, 2.0], "a"))
        (tensor([1., 2.]), array(b'a', dtype=object))
    """
    if type(value) is tuple:
        return tuple([absorbed(part) for part in value])
    return map_structure(absorbed_leaf, value) if is_node(value) else absorbed_leaf(value)


def absorbed_leaf(leaf: Any) -> Any:
    """Return one leaf as :func:`absorbed` does."""
    kind = type(leaf)
    if (
        kind is Tensor or kind is torch.Tensor
    ):  # what functions mostly return: each of these lines runs for each element
        plain: torch.Tensor = leaf if kind is torch.Tensor else unwrap(leaf)
        return _on_host(plain)
    if leaf is None or is_composite(leaf):
        return leaf
    if isinstance(leaf, np.ndarray):
        return _array(leaf)
    if isinstance(leaf, StringTensor):
        return leaf.__array__()
    found = unwrap(leaf)
    return _on_host(found) if isinstance(found, torch.Tensor) else _array(found)


def _on_host(tensor: torch.Tensor) -> torch.Tensor:
    """The values of a tensor, on the CPU and without gradients."""
    if tensor.requires_grad:
        tensor = tensor.detach()
    return tensor if tensor.device.type == "cpu" else tensor.cpu()


def is_composite(leaf: Any) -> bool:
    """Return whether a leaf is a ragged or sparse tensor, a dataset, or an optional value."""
    return type(leaf).__name__ in ("RaggedTensor", "SparseTensor", "Dataset", "Optional")


def presented(element: Any) -> Any:
    """Return an element with TensorFlow's tensors as leaves."""
    kind = type(element)
    if kind is torch.Tensor:
        return wrap(element)
    if kind is tuple:
        return tuple([presented(part) for part in element])
    return map_structure(_presented_leaf, element) if is_node(element) else _presented_leaf(element)


def as_numpy(element: Any) -> Any:
    """Return an element as arrays; scalars as those of NumPy, strings as bytes."""
    return map_structure(_as_numpy, element)


def is_strings(leaf: Any) -> bool:
    """Return whether a leaf is an array of strings."""
    return isinstance(leaf, np.ndarray) and leaf.dtype.kind == "O"


def stacked(elements: list[Any]) -> Any:
    """Return elements of one structure as a batch: each leaf with a new first axis.

    Raises:
        InvalidArgumentError: leaves of different shapes.
        ValueError: structures that differ.
    """
    first = elements[0]
    if isinstance(first, torch.Tensor):
        return _stack(0, elements)
    numbers = iter(range(len(flatten(first))))
    return map_structure(lambda *leaves: _stack(next(numbers), leaves), *elements)


def unstacked(batch: Any) -> Any:
    """Yield the samples of a batch.

    Raises:
        ValueError: a leaf without a first axis, or leaves of different lengths.
    """
    leaves = flatten(batch)
    lengths = {len(leaf) if getattr(leaf, "ndim", 1) else -1 for leaf in leaves}
    if len(lengths) != 1 or -1 in lengths:
        shapes = [tuple(getattr(leaf, "shape", ())) for leaf in leaves]
        raise ValueError(f"`unbatch` needs leaves of one length along their first axis. Received shapes {shapes}.")
    for place in range(lengths.pop()):
        yield map_structure(lambda leaf, i=place: _row(leaf, i), batch)


def _row(leaf: Any, place: int) -> Any:
    if is_strings(leaf):
        return np.asarray(leaf[place : place + 1]).reshape(leaf.shape[1:])
    return absorbed_leaf(leaf[place])


def _stack(component: int, leaves: Any) -> Any:
    first = leaves[0]
    if first is None:
        return None
    if type(first).__name__ == "Dataset":
        raise TypeError(
            "`batch` got elements that are datasets themselves, as those of `window` are. Turn each of them into a "
            "tensor first: `flat_map(lambda window: window.batch(size))`."
        )
    if is_composite(first):
        return _stacked_composites(leaves)
    for number, leaf in enumerate(leaves):
        if leaf.shape != first.shape:
            raise InvalidArgumentError(
                f"Cannot batch tensors with different shapes in component {component}. First element had shape "
                f"{list(first.shape)} and element {number} had shape {list(leaf.shape)}. Use `padded_batch` or "
                "`ragged_batch`, or give them one shape first."
            )
        if leaf.dtype != first.dtype:
            raise InvalidArgumentError(
                f"Cannot batch tensors with different dtypes in component {component}: {first.dtype} and {leaf.dtype}."
            )
    return torch.stack(list(leaves)) if isinstance(first, torch.Tensor) else np.stack(leaves)


def _stacked_composites(leaves: Any) -> Any:
    if not isinstance(leaves[0], RaggedTensor):
        raise TypeError(
            f"`batch` cannot put elements of type {type(leaves[0]).__name__} together. Make them dense first."
        )
    return stack_rows(list(leaves))


def _presented_leaf(leaf: Any) -> Any:
    if isinstance(leaf, torch.Tensor):
        return wrap(leaf)
    return StringTensor(leaf) if isinstance(leaf, np.ndarray) else leaf


def _as_numpy(leaf: Any) -> Any:
    if isinstance(leaf, torch.Tensor):
        return leaf.detach().cpu().float().numpy()[()] if leaf.dtype == torch.bfloat16 else leaf.detach().numpy()[()]
    if is_strings(leaf):
        return leaf[()]
    if type(leaf).__name__ == "Dataset":
        return leaf.as_numpy_iterator()
    return leaf.numpy() if isinstance(leaf, RaggedTensor) else leaf


def _array(value: Any) -> Any:
    """A tensor, or an array of bytes, of a Python or NumPy value, a pandas column or a list."""
    if isinstance(value, (list, tuple)) and any(
        isinstance(p, (torch.Tensor, StringTensor)) or is_strings(p) for p in value
    ):
        return stacked([absorbed_leaf(part) for part in value])
    try:
        array = np.array(value, dtype=object) if _begins_with_text(value) else np.asarray(value)
    except ValueError as error:
        raise ValueError(f"Can't convert non-rectangular Python sequence to Tensor: {error}.") from error
    if array.dtype.kind in "USOT":
        return _bytes_of(array, value)
    if array.dtype.kind in "mM" or array.dtype.kind == "V":
        raise TypeError(f"Values of dtype {array.dtype} cannot become a tensor. Turn them into numbers first.")
    if not isinstance(value, (np.ndarray, np.generic)) and type(value).__module__.partition(".")[0] != "pandas":
        array = (
            array.astype({"f": np.float32, "i": np.int32, "c": np.complex128}.get(array.dtype.kind, array.dtype))
            if (_fits(array))
            else array
        )
    if not array.flags.writeable or not array.flags.c_contiguous or array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("=")).copy(order="C")
    return torch.from_numpy(array) if array.ndim else torch.as_tensor(array.copy())


def _begins_with_text(value: Any) -> bool:
    """Whether it is text in no array: NumPy's own dtype for bytes would drop zeros at their end."""
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return isinstance(value, (str, bytes))


def _fits(array: np.ndarray) -> bool:
    if array.dtype.kind != "i" or not array.size:
        return True
    return bool(array.max() < 2**31 and array.min() >= -(2**31))


def _bytes_of(array: np.ndarray, value: Any) -> Any:
    flat = array.astype(object).reshape(-1).tolist()
    kinds = set(map(type, flat))
    if kinds <= {int, float, bool} or all(issubclass(kind, (np.number, np.bool_, int, float)) for kind in kinds):
        if flat:
            return torch.as_tensor(np.asarray(flat).reshape(array.shape))
    result = np.empty(len(flat), dtype=object)
    for place, text in enumerate(flat):
        if not isinstance(text, (str, bytes)):
            raise TypeError(
                f"A value of type {type(text).__name__} cannot become a tensor. Received, within "
                f"{type(value).__name__}: {text!r:.80}"
            )
        result[place] = text.encode() if isinstance(text, str) else bytes(text)
    return result.reshape(array.shape)
