"""Choices and loops of TensorFlow: they run as Python does, one step after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.creation import constant
from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.functions import tensor_function
from torchkeras_compat.dialects.tensorflow.shells import unwrap, without_shells, wrap
from torchkeras_compat.ops import control_flow as core
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.tree import flatten, map_structure

Function = Callable[..., Any]


def _has_no_value(x: Any) -> bool:
    return isinstance(x, KerasTensor) or (isinstance(x, torch.Tensor) and x.is_meta)


def cond(pred: Any, true_fn: Function | None = None, false_fn: Function | None = None, name: str | None = None) -> Any:
    """Return ``true_fn()`` or ``false_fn()``, by a truth value.

    Args:
        pred: Scalar tensor, bool, or a KerasTensor, with which the choice is recorded.
        true_fn: Function without arguments.
        false_fn: Function without arguments.
        name: Kept for TensorFlow's signature.

    Raises:
        TypeError: one of them is not a function.

    Example:
        >>> cond(True, lambda: 1, lambda: 2)
        1
    """
    if not callable(true_fn) or not callable(false_fn):
        raise TypeError(f"`true_fn` and `false_fn` must be callable. Received: {true_fn!r} and {false_fn!r}")
    if _has_no_value(pred):
        return wrap(core.cond(without_shells(pred), true_fn, false_fn))
    return true_fn() if bool(pred) else false_fn()


def case(
    pred_fn_pairs: Any,
    default: Function | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """Return what the function of the first true predicate gives.

    Args:
        pred_fn_pairs: Pairs of a predicate and a function without arguments, in a list or dict.
        default: Called where no predicate is true; None for the last function.
        exclusive: Whether more than one true predicate is an error.
        strict: Kept for TensorFlow's signature.
        name: Kept for TensorFlow's signature.

    Raises:
        InvalidArgumentError: ``exclusive`` is set and several predicates are true.
    """
    pairs = list(pred_fn_pairs.items() if isinstance(pred_fn_pairs, Mapping) else pred_fn_pairs)
    true = [function for pred, function in pairs if bool(pred)]
    if exclusive and len(true) > 1:
        raise InvalidArgumentError(f"More than one condition of tf.case is true: {len(true)} of {len(pairs)}.")
    return (true[0] if true else default if default is not None else pairs[-1][1])()


def switch_case(branch_index: Any, branch_fns: Any, default: Function | None = None, name: str = "switch_case") -> Any:
    """Return what the function with a number gives.

    Args:
        branch_index: Integer.
        branch_fns: Functions without arguments; or pairs of a number and a function, in a list or dict.
        default: Called for other numbers; None for the function with the largest one.
        name: Kept for TensorFlow's signature.
    """
    if isinstance(branch_fns, Mapping):
        branches = dict(branch_fns)
    elif branch_fns and not callable(branch_fns[0]):
        branches = dict(branch_fns)
    else:
        branches = dict(enumerate(branch_fns))
    last = branches[max(branches)] if default is None else default
    return branches.get(int(branch_index), last)()


def _tensors(structure: Any) -> Any:
    """Return numbers and arrays, in nested structures, as tensors; other leaves as they are."""
    return map_structure(
        lambda x: constant(x) if isinstance(x, (bool, int, float, np.ndarray, np.generic)) else wrap(x), structure
    )


def while_loop(
    cond: Function,
    body: Function,
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
) -> Any:
    """Repeat ``loop_vars = body(*loop_vars)`` as long as ``cond(*loop_vars)`` is true.

    Args:
        cond: Function of the variables of the loop that returns a truth value.
        body: Function of the same that returns their next values.
        loop_vars: First values, a list or tuple of nested tensors.
        shape_invariants: Kept for TensorFlow's signature, as ``parallel_iterations``, ``back_prop``, ``swap_memory``.
        maximum_iterations: Largest number of repetitions.
        name: Kept for TensorFlow's signature.

    Example:
        >>> while_loop(lambda i: i < 10, lambda i: [i + 3], [0])
        [<tf.Tensor: shape=(), dtype=int32, numpy=12>]
    """
    values = _tensors(loop_vars)
    is_single = not isinstance(values, (list, tuple))
    values = [values] if is_single else values
    limit = None if maximum_iterations is None else int(maximum_iterations)
    done = 0
    while limit is None or done < limit:
        goes_on = cond(*values)
        is_known = not _has_no_value(goes_on)
        if is_known and not bool(goes_on):
            break
        found = body(*values)
        values = [found] if not isinstance(found, (list, tuple)) or len(found) != len(values) else found
        done += 1
        if not is_known:  # one pass builds the layers of the body, and shows the shapes
            break
    values = _tensors(values)
    if is_single or (len(values) == 1 and not isinstance(loop_vars, (list, tuple))):
        return values[0]
    return type(loop_vars)(values) if type(loop_vars) in (list, tuple) else values


def _elements(elems: Any, what: str) -> tuple[list[Any], int]:
    """Return the tensors of a structure and their common size of the first axis.

    Raises:
        ValueError: there are none, one is a scalar, or the sizes differ.
    """
    tensors = [unwrap(wrap(as_tensor(unwrap(x)))) for x in flatten(elems)]
    if not tensors or any(t.ndim == 0 for t in tensors):
        raise ValueError(f"{what} needs tensors of at least one axis. Received: {elems!r:.100}")
    sizes = {t.shape[0] for t in tensors}
    if len(sizes) > 1:
        raise ValueError(f"{what} needs tensors with equal sizes of the first axis. Received sizes {sorted(sizes)}.")
    return tensors, sizes.pop()


def _packed(elems: Any, leaves: list[Any]) -> Any:
    found = iter(leaves)
    return map_structure(lambda _: next(found), elems)


def _stacked(results: list[Any]) -> Any:
    return map_structure(lambda *parts: _stack(list(parts)), *results)


@tensor_function
def _stack(parts: Any) -> Any:
    return torch.stack([as_tensor(part) for part in parts])


def map_fn(
    fn: Function,
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """Return the results of a function of each element along the first axis, stacked.

    Args:
        fn: Function of one element, in the nesting of ``elems``.
        elems: Tensor, or nested tensors with equal sizes of the first axis.
        dtype: Dtype of the results, in their nesting; TensorFlow's older name of ``fn_output_signature``.
        parallel_iterations: Kept for TensorFlow's signature, as ``back_prop``, ``swap_memory`` and ``infer_shape``.
        name: Kept for TensorFlow's signature.
        fn_output_signature: Dtype, or `TensorSpec`, of the results; None for that of the elements.

    Raises:
        ValueError: the sizes of the first axis differ; or there are no elements, and nothing says what results are.

    Example:
        >>> map_fn(lambda x: x * x, constant([1, 2, 3]))
        <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 4, 9], dtype=int32)>
    """
    tensors, size = _elements(elems, "tf.map_fn")
    signature = fn_output_signature if fn_output_signature is not None else dtype
    if size == 0:
        return _empty(elems if signature is None else signature)
    return _stacked([fn(_packed(elems, [wrap(t[i]) for t in tensors])) for i in range(size)])


def _empty(signature: Any) -> Any:
    def one(spec: Any) -> Any:
        shape = getattr(spec, "shape", ())
        if isinstance(spec, torch.Tensor):
            return wrap(torch.empty(0, *shape[1:], dtype=unwrap(spec).dtype))
        sizes = [0 if s is None else s for s in shape]
        return wrap(torch.empty(0, *sizes, dtype=as_dtype(getattr(spec, "dtype", spec)).torch_dtype))

    return map_structure(one, signature)


def vectorized_map(
    fn: Function, elems: Any, fallback_to_while_loop: bool = True, warn: bool = True, name: str | None = None
) -> Any:
    """Return what :func:`map_fn` returns, of all elements at once where torch can (``torch.vmap``).

    Args:
        fn: Function of one element.
        elems: Tensor, or nested tensors.
        fallback_to_while_loop: Whether a function that torch cannot vectorize is called element by element.
        warn: Kept for TensorFlow's signature.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: torch cannot vectorize the function, and there is to be no fallback.
    """
    tensors, size = _elements(elems, "tf.vectorized_map")

    def one(*parts: torch.Tensor) -> Any:
        return unwrap(fn(_packed(elems, [wrap(p) for p in parts])))

    if size:
        try:
            return wrap(torch.vmap(one, randomness="different")(*tensors))
        except (RuntimeError, ValueError, TypeError) as error:
            if not fallback_to_while_loop:
                raise ValueError(f"torch cannot vectorize the function of tf.vectorized_map: {error}") from error
    return map_fn(fn, elems)


def _fold(fn: Function, elems: Any, initializer: Any, what: str, backward: bool) -> list[Any]:
    """Return every accumulated value, in the order in which they were made."""
    tensors, size = _elements(elems, what)
    order = list(range(size))[:: -1 if backward else 1]
    rows = [_packed(elems, [wrap(t[i]) for t in tensors]) for i in order]
    if initializer is None:
        if not rows:
            raise ValueError(f"{what} needs an element, or an `initializer`.")
        values, rows = [rows[0]], rows[1:]
        kept = values[:]
    else:
        values, kept = [_tensors(initializer)], []
    for row in rows:
        values.append(fn(values[-1], row))
        kept.append(values[-1])
    return kept if kept else values


def foldl(
    fn: Function,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Return the last of ``a = fn(a, element)`` along the first axis; the first ``a`` is the initializer.

    Example:
        >>> foldl(lambda a, x: a + x, constant([1, 2, 3]))
        <tf.Tensor: shape=(), dtype=int32, numpy=6>
    """
    return _tensors(_fold(fn, elems, initializer, "tf.foldl", backward=False)[-1])


def foldr(
    fn: Function,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Return what :func:`foldl` returns, from the last element to the first."""
    return _tensors(_fold(fn, elems, initializer, "tf.foldr", backward=True)[-1])


def scan(
    fn: Function,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """Return every value of ``a = fn(a, element)`` along the first axis, stacked.

    Args:
        fn: Function of the value so far and an element.
        elems: Tensor, or nested tensors with equal sizes of the first axis.
        initializer: First value; None for the first element, which then is the first result, too.
        parallel_iterations: Kept for TensorFlow's signature, as ``back_prop``, ``swap_memory`` and ``infer_shape``.
        reverse: Whether the last element comes first; the results stay in the order of the elements.
        name: Kept for TensorFlow's signature.

    Example:
        >>> scan(lambda a, x: a + x, constant([1, 2, 3]))
        <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 3, 6], dtype=int32)>
    """
    kept = _fold(fn, elems, initializer, "tf.scan", backward=reverse)
    return _stacked(kept[::-1] if reverse else kept)


def _called(results: Any, types: Any, what: str) -> Any:
    """Return results as tensors of the dtypes that were promised.

    Raises:
        ValueError: their number differs.
    """
    if isinstance(types, (list, tuple)):
        given = list(results) if isinstance(results, (list, tuple)) else [] if results is None else [results]
        if len(given) != len(types):
            raise ValueError(f"{what} promised {len(types)} results of dtypes {types}. Received: {len(given)}.")
        return [_typed(x, t) for x, t in zip(given, types, strict=True)]
    return None if types is None or results is None else _typed(results, types)


def _typed(x: Any, dtype: Any) -> Any:
    wanted = as_dtype(dtype)
    if wanted == "string" or not isinstance(x, (torch.Tensor, np.ndarray, np.generic, int, float, bool, list)):
        return constant(x)
    return wrap(as_tensor(unwrap(x)).to(wanted.torch_dtype))


def py_function(
    func: Function | None = None, inp: Sequence[Any] | None = None, Tout: Any = None, name: str | None = None
) -> Any:
    """Return ``func(*inp)`` as tensors of dtypes ``Tout``: a function of tensors.

    Args:
        func: Function.
        inp: Its arguments.
        Tout: Dtype of the result, or a list of dtypes; None or ``[]`` for no result.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: there are more or fewer results.
    """
    if func is None:
        raise TypeError("tf.py_function needs a function: `tf.py_function(func, inp, Tout)`.")
    return _called(func(*[_tensors(x) for x in inp or ()]), Tout, "tf.py_function")


def numpy_function(
    func: Function | None = None,
    inp: Sequence[Any] | None = None,
    Tout: Any = None,
    stateful: bool = True,
    name: str | None = None,
) -> Any:
    """Return ``func(*inp)`` as tensors of dtypes ``Tout``: a function of NumPy arrays, through which no gradient goes.

    Args:
        func: Function.
        inp: Its arguments.
        Tout: Dtype of the result, or a list of dtypes.
        stateful: Kept for TensorFlow's signature.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: there are more or fewer results.
    """
    if func is None:
        raise TypeError("tf.numpy_function needs a function: `tf.numpy_function(func, inp, Tout)`.")
    arrays = [x.numpy() if hasattr(x, "numpy") else np.asarray(x) for x in (_tensors(x) for x in inp or ())]
    found = _called(func(*arrays), Tout, "tf.numpy_function")
    return found[0] if isinstance(found, list) and len(found) == 1 else found
