"""A function of scalars or small arrays, made one of arrays."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation

_TERM = r"\([\w\s,]*\)"


def vectorize(
    pyfunc: Callable, *, excluded: Collection[int | str] | None = None, signature: str | None = None
) -> Callable:
    """Return a function that applies ``pyfunc`` along leading axes, which broadcast; through ``torch.vmap``.

    Args:
        pyfunc: Function of tensors, without branches that depend on their values.
        excluded: Positions and names of arguments that are passed on as they are.
        signature: Axes that ``pyfunc`` itself takes and gives, as ``"(n,m),(m)->(n)"``; None for scalars.

    Raises:
        TypeError: ``pyfunc`` is not callable.
        ValueError: the signature cannot be read, or fits another number of arguments.

    Example:
        >>> vectorize(torch.dot, signature="(n),(n)->()")(torch.ones(2, 3), torch.ones(3))
        tensor([3., 3.])
    """
    if not callable(pyfunc):
        raise TypeError(f"Expected `pyfunc` to be callable. Received: pyfunc={pyfunc!r}")
    left_out = frozenset(excluded or ())
    core_counts = None if signature is None else _core_counts(signature)

    @functools.wraps(pyfunc)
    def vectorized(*args: Any, **kwargs: Any) -> Any:
        positions = [i for i in range(len(args)) if i not in left_out]
        names = [name for name in kwargs if name not in left_out]
        operands = [convert_to_tensor(args[i]) for i in positions] + [convert_to_tensor(kwargs[name]) for name in names]
        cores = [0] * len(operands) if core_counts is None else core_counts
        if len(cores) != len(operands):
            raise ValueError(
                f"The signature {signature!r} is for {len(cores)} arguments, but received {len(operands)}."
            )

        def call(*parts: torch.Tensor) -> Any:
            filled = list(args)
            for i, part in zip(positions, parts, strict=False):
                filled[i] = part
            return pyfunc(*filled, **{**kwargs, **dict(zip(names, parts[len(positions) :], strict=True))})

        return _map_over_leading_axes(call, operands, cores)

    return operation(vectorized)


def _core_counts(signature: str) -> list[int]:
    """Return the number of axes of each argument, as the signature says."""
    text = re.sub(r"\s+", "", signature)
    if not re.fullmatch(rf"{_TERM}(,{_TERM})*->{_TERM}(,{_TERM})*", text):
        raise ValueError(f"Not a valid signature: {signature!r}. Write it as '(n,m),(m)->(n)'.")
    terms = re.findall(_TERM, text.split("->")[0])
    return [len([name for name in term.strip("()").split(",") if name]) for term in terms]


def _map_over_leading_axes(function: Callable, operands: list[torch.Tensor], cores: list[int]) -> Any:
    leading = torch.broadcast_shapes(*(x.shape[: x.ndim - core] for x, core in zip(operands, cores, strict=True)))
    if not leading:
        return function(*operands)
    flat = [
        x.expand(leading + x.shape[x.ndim - core :]).reshape((-1, *x.shape[x.ndim - core :]))
        for x, core in zip(operands, cores, strict=True)
    ]
    return pytree.tree_map(lambda y: y.reshape(leading + y.shape[1:]), torch.vmap(function)(*flat))
