"""``K.gradients``: recorded where the value is, computed at once where it is a tensor."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.legacy.backend.graph.nodes import GradientCall, gradients_of
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node
from torchkeras_compat.symbolic.recording import record
from torchkeras_compat.variables import Variable


def gradients(loss: Any, variables: Any) -> list[Any]:
    """Return the gradients of a loss by variables.

    Args:
        loss: Recorded tensor or torch tensor; its elements are summed. Several in a list are, too.
        variables: One or a list: recorded tensors (inputs, placeholders, outputs of layers) and Variables; of a torch
            tensor ``loss`` also torch tensors.

    Returns:
        A list with the gradient by each, of its shape: recorded if ``loss`` is. None by a recorded tensor, or by a
        tensor or Variable beside a torch tensor, that the loss does not depend on.

    Raises:
        TypeError: a variable is neither.

    Example:
        >>> from torchkeras_compat.legacy.backend.graph.function import function
        >>> from torchkeras_compat.legacy.backend.placeholders import placeholder
        >>> x = placeholder((2,))
        >>> function([x], gradients(x * x, [x]))([[1.0, 2.0]])[0].tolist()
        [2.0, 4.0]

    Source: Keras 2.3 API, backend.gradients.
    """
    return gradients_with_factors(loss, variables, None)


def gradients_with_factors(loss: Any, variables: Any, factors: Any) -> list[Any]:
    """Return the gradients of ``sum(factors * loss)``: ``tf.gradients`` with ``grad_ys``.

    Args:
        loss: As in :func:`gradients`.
        variables: As in :func:`gradients`.
        factors: A tensor, recorded or not, that broadcasts to the loss; None for ones.
    """
    wanted = list(variables) if isinstance(variables, (list, tuple)) else [variables]
    for variable in wanted:
        if not isinstance(variable, (KerasTensor, Variable, torch.Tensor)):
            raise TypeError(f"Gradients are by recorded tensors and Variables. Received: {variable!r}")
    if isinstance(loss, (list, tuple)):
        totals = [gradients_with_factors(one, wanted, factors) for one in loss]
        return [_sum([part for part in parts if part is not None]) for parts in zip(*totals, strict=True)]
    if isinstance(loss, Variable):
        loss = loss.value
    if not isinstance(loss, KerasTensor):
        return _at_once(loss, wanted, factors)
    return _recorded(loss, wanted, factors)


def _sum(parts: list[Any]) -> Any:
    total = parts[0] if parts else None
    for part in parts[1:]:
        total = total + part
    return total


def _at_once(loss: Any, wanted: list[Any], factors: Any) -> list[Any]:
    if not isinstance(loss, torch.Tensor):
        raise TypeError(f"Gradients are of recorded tensors or torch tensors. Received: {loss!r}")
    by = [v.parameters if isinstance(v, Variable) else (v,) for v in wanted]
    if loss.is_meta:
        return [torch.empty_like(v.value if isinstance(v, Variable) else v, device="meta") for v in wanted]
    found: list[Any] = []
    for variable, tensors in zip(wanted, by, strict=True):
        if isinstance(variable, KerasTensor):
            raise TypeError(f"A torch tensor has no gradient by the recorded {variable.name!r}. Record the loss, too.")
        try:
            found += gradients_of(loss, factors, [variable], [tensors], True, True)
        except ValueError:
            found.append(None)
    return found


def _recorded(loss: KerasTensor, wanted: list[Any], factors: Any) -> list[Any]:
    for variable in wanted:
        if isinstance(variable, torch.Tensor):
            raise TypeError(
                "A recorded loss has gradients by recorded tensors and Variables. Received: a torch tensor."
            )
    above = ancestors(loss)
    known = [v for v in wanted if not isinstance(v, KerasTensor) or id(v) in above]
    if not known:
        return [None] * len(wanted)
    call = GradientCall(known)
    outputs = [KerasTensor(v.shape, v.dtype) for v in known]
    record(call, (loss, factors, *call.symbolic_variables), {}, outputs)
    made = iter(outputs)
    return [next(made) if not isinstance(v, KerasTensor) or id(v) in above else None for v in wanted]


def ancestors(tensor: KerasTensor) -> set[int]:
    """Return the ``id`` of every recorded tensor that leads to one, itself among them."""
    found = {id(tensor)}
    stack: list[Node | None] = [tensor.node]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        for t in node.inputs:
            found.add(id(t))
            stack.append(t.node)
    return found
