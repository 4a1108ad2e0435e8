"""Gradients: stopped, replaced, and pushed forward."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.variable_base import VariableBase


@operation
def stop_gradient(variable: Any) -> torch.Tensor:
    """Return the value as a constant: no gradient flows back through it.

    Example:
        >>> stop_gradient(torch.ones(1, requires_grad=True)).requires_grad
        False
    """
    return convert_to_tensor(variable).detach()


def custom_gradient(f: Callable[..., tuple[Any, Callable[..., Any]]]) -> Callable[..., Any]:
    """Give a function its own gradient.

    Args:
        f: Takes tensors, returns the result and a function of the gradient of the loss with respect to the result
            (one for each result) which returns that with respect to each argument. The latter may take the gradient
            as the keyword ``upstream`` instead.

    Example:
        >>> @custom_gradient
        ... def doubled_backwards(x):
        ...     return x + 0, lambda upstream: 2 * upstream
        >>> x = torch.ones(1, requires_grad=True)
        >>> doubled_backwards(x).sum().backward()
        >>> x.grad
        tensor([2.])

    Source: ``torch.autograd.Function``.
    """

    class CustomGradient(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *args: Any) -> Any:
            result, ctx.gradient = f(*args)
            ctx.arguments = len(args)
            return tuple(result) if isinstance(result, list) else result

        @staticmethod
        def backward(ctx: Any, *upstream: torch.Tensor) -> Any:
            if _needs_keyword(ctx.gradient):
                gradients = ctx.gradient(upstream=upstream[0] if len(upstream) == 1 else upstream)
            else:
                gradients = ctx.gradient(*upstream)
            gradients = tuple(gradients) if isinstance(gradients, (list, tuple)) else (gradients,)
            return gradients + (None,) * (ctx.arguments - len(gradients))

    @functools.wraps(f)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            bound = inspect.signature(f).bind(*args, **kwargs)
            bound.apply_defaults()
            args = bound.args
        return CustomGradient.apply(*(x.value if isinstance(x, VariableBase) else x for x in args))

    return operation(wrapper)


def _needs_keyword(gradient: Callable) -> bool:
    parameter = inspect.signature(gradient).parameters.get("upstream")
    return parameter is not None and parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty


def jvp(fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """Return ``fun(*primals)`` and its derivative in the direction of ``tangents``.

    Args:
        fun: Function of tensors.
        primals: Where to differentiate, one for each argument.
        tangents: Directions, of the shapes of ``primals``.
        has_aux: Whether ``fun`` returns a pair, of which only the first part is differentiated.

    Returns:
        The value and the derivative, and the second part of the pair if there is one.

    Raises:
        ValueError: there are more or fewer tangents than primals.

    Example:
        >>> jvp(torch.square, (torch.tensor(3.0),), (torch.tensor(1.0),))
        (tensor(9.), tensor(6.))

    Source: ``torch.func.jvp``.
    """
    if len(primals) != len(tangents):
        raise ValueError(
            f"`jvp` needs one tangent for each primal. Received: {len(primals)} primals, {len(tangents)} tangents"
        )
    return _jvp(fun, tuple(primals), tuple(tangents), has_aux)


@operation
def _jvp(fun: Callable[..., Any], primals: tuple, tangents: tuple, has_aux: bool) -> Any:
    points = tuple(map(convert_to_tensor, primals))
    return torch.func.jvp(
        fun, points, tuple(convert_to_tensor(t).to(p.dtype) for t, p in zip(tangents, points)), has_aux=has_aux
    )


_jvp.__name__ = "jvp"
