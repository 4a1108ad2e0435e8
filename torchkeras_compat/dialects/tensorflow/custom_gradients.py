"""Gradients that a function brings itself, and forward computations that are done again: `tf.custom_gradient`, ..."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from torchkeras_compat.dialects.tensorflow.functions import run, tensor_function
from torchkeras_compat.dialects.tensorflow.recording import differentiated_by_the_core
from torchkeras_compat.dialects.tensorflow.shells import unwrap, wrap
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor
from torchkeras_compat.ops.gradients import custom_gradient as core_custom_gradient

Function = Callable[..., Any]


def custom_gradient(f: Function | None = None) -> Function:
    """Give a function its own gradient.

    Args:
        f: Takes tensors; returns the result, and a function of the gradient with respect to the result (one for each
            result) which returns that with respect to each argument.

    Raises:
        TypeError: the gradient function takes ``variables``: variables that ``f`` reads are not arguments here.

    Example:
        >>> @custom_gradient
        ... def clipped(x):
        ...     return x * 1, lambda upstream: upstream * 0.5
        >>> clipped(torch.ones(1))
        <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>

    Source: ``torch.autograd.Function``.
    """
    if f is None:
        return custom_gradient
    decorated = f

    def of_plain(*args: Any) -> Any:
        result, gradient = decorated(*[wrap(x) for x in args])

        def backward(*upstream: Any) -> Any:
            with differentiated_by_the_core():
                return unwrap(gradient(*[wrap(u) for u in upstream]))

        return unwrap(result), backward

    differentiable = core_custom_gradient(of_plain)

    @functools.wraps(decorated)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise TypeError(
                f"Arguments of a function with a custom gradient are given by position. Received: {sorted(kwargs)}"
            )
        plain = [as_tensor(unwrap(x)) if isinstance(x, (float, list)) else unwrap(x) for x in args]
        return wrap(run(differentiable, tuple(plain), {}))

    return call


def recompute_grad(f: Function) -> Function:
    """Make a function compute again in the backward pass what it would have kept for it.

    Args:
        f: Function of tensors.

    Source: ``torch.utils.checkpoint``.
    """

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        def of_plain(*plain: Any) -> Any:
            with differentiated_by_the_core():
                return unwrap(f(*[wrap(x) for x in plain], **kwargs))

        if not torch.is_grad_enabled():
            return wrap(of_plain(*unwrap(args)))
        return wrap(run(functools.partial(checkpoint, of_plain, use_reentrant=False), unwrap(args), {}))

    return call


def grad_pass_through(f: Function) -> Function:
    """Make a function whose gradient is that of the identity.

    Args:
        f: Function of one tensor, with a result of its shape.

    Example:
        >>> grad_pass_through(torch.round)(torch.tensor([1.4]))
        <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """

    @functools.wraps(f)
    def call(x: Any, *args: Any, **kwargs: Any) -> Any:
        return _passed(x, f(x, *args, **kwargs))

    return call


@tensor_function
def _passed(x: Any, result: Any) -> Any:
    return x + (result - x).detach()
