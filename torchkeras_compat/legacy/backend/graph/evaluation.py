"""Recorded expressions evaluated: what ``K.function``, ``K.eval`` and ``Session.run`` do with them."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.modes import Modes, switch
from torchkeras_compat.legacy.backend.graph.nodes import Effect, GradientCall
from torchkeras_compat.legacy.backend.learning_phase import LearningPhase, phase_scope, set_phase
from torchkeras_compat.ops.conversion import convert_to_numpy, convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node
from torchkeras_compat.symbolic.operation import FunctionCall
from torchkeras_compat.symbolic.program import bare
from torchkeras_compat.variables import Variable

_PLANS_KEPT = 32


class Plan:
    """The calls that lead from tensors that are fed to those that are fetched, worked out once.

    Args:
        fed: KerasTensors whose values are given: inputs, placeholders, or computed ones to begin there.
        fetched: KerasTensors whose values are wanted.

    Raises:
        ValueError: a value is needed that neither is fed nor follows from what is.
    """

    def __init__(self, fed: Sequence[KerasTensor], fetched: Sequence[KerasTensor]) -> None:
        self.fed = list(fed)
        self.fetched = list(fetched)
        self.nodes = calls_between(self.fed, self.fetched)
        gradients = [node.operation for node in self.nodes if isinstance(node.operation, GradientCall)]
        self.watched = {id(x) for call in gradients for x in call.symbolic_variables}
        self.weights = [v for call in gradients for v in call.weights]
        self.needs_gradients = bool(gradients)
        if len(gradients) > 1:
            for node in self.nodes:
                if isinstance(node.operation, GradientCall) and any(
                    isinstance(below.operation, GradientCall) for below in calls_between(self.fed, node.inputs)
                ):
                    for call in gradients:  # a gradient of a gradient
                        call.is_differentiated = True
        modules = {id(n.operation): n.operation for n in self.nodes if isinstance(n.operation, nn.Module)}
        self.modules: list[Any] = list(modules.values())

    def run(self, values: Sequence[Any], training: bool) -> list[torch.Tensor]:
        """Return the values of what is fetched.

        Args:
            values: Of what is fed, in order.
            training: The learning phase: the mode of layers, and of ``in_train_phase``.
        """
        known: dict[int, Any] = {}
        with contextlib.ExitStack() as stack:
            stack.enter_context(torch.set_grad_enabled(self.needs_gradients))
            stack.enter_context(phase_scope(training))
            stack.enter_context(_modes(self.modules, training))
            if self.weights:
                stack.enter_context(_requiring_gradients(self.weights))
            for symbol, value in zip(self.fed, values, strict=True):
                known[id(symbol)] = self._noted(symbol, fed_value(symbol, value))
            for node in self.nodes:
                self._call(node, known)
            return [known[id(symbol)] for symbol in self.fetched]

    def run_inside(self, values: Sequence[Any]) -> list[torch.Tensor]:
        """Return the values of what is fetched, as a part of a run that is under way: its modes and gradients hold.

        Args:
            values: Tensors for what is fed, in order.
        """
        known: dict[int, Any] = {}
        with torch.set_grad_enabled(self.needs_gradients or torch.is_grad_enabled()):
            for symbol, value in zip(self.fed, values, strict=True):
                known[id(symbol)] = self._noted(symbol, value)
            for node in self.nodes:
                self._call(node, known)
        return [known[id(symbol)] for symbol in self.fetched]

    def _call(self, node: Node, known: dict[int, Any]) -> None:
        args, kwargs = pytree.tree_map(
            lambda x: known[id(x)] if isinstance(x, KerasTensor) else x, (node.args, {**node.kwargs, **node.implied})
        )
        operation = node.operation
        if isinstance(operation, FunctionCall):
            result = operation.function(*args, **kwargs)
        elif isinstance(operation, nn.Module):
            result = operation(*args, **kwargs)
        else:
            result = operation.call(*args, **kwargs)
        outputs = bare(node.outputs) if operation._unwraps_single_output else node.outputs
        if isinstance(outputs, KerasTensor):
            known[id(outputs)] = self._noted(outputs, result)
        else:
            for symbol, value in _matched(outputs, result):
                known[id(symbol)] = self._noted(symbol, value)

    def _noted(self, symbol: KerasTensor, value: Any) -> Any:
        """Return a value, made a start of gradients where some are asked for and nothing before it has any."""
        if id(symbol) in self.watched and isinstance(value, torch.Tensor) and not value.requires_grad:
            return value.detach().requires_grad_() if value.is_floating_point() else value
        return value


def _matched(outputs: Any, result: Any) -> Iterator[tuple[KerasTensor, Any]]:
    if isinstance(outputs, KerasTensor):
        yield outputs, result
    elif isinstance(outputs, dict):
        for key, part in outputs.items():
            yield from _matched(part, result[key])
    elif isinstance(outputs, (list, tuple)):
        for i, part in enumerate(outputs):
            yield from _matched(part, result[i])


def calls_between(fed: Sequence[KerasTensor], fetched: Sequence[KerasTensor]) -> list[Node]:
    """Return the calls that are needed, each after those it needs."""
    known = {id(t) for t in fed}
    order: list[Node] = []
    done: set[int] = set()
    stack: list[tuple[Any, bool]] = [(t, False) for t in reversed(fetched)]
    while stack:
        item, is_expanded = stack.pop()
        if isinstance(item, KerasTensor):
            if id(item) in known:
                continue
            node = item.node
            if node is None or not (node.inputs or isinstance(node.operation, (FunctionCall, GradientCall))):
                raise ValueError(
                    f"You must feed a value for {item.name!r}, of shape {item.shape} and dtype {item.dtype}: what is "
                    f"evaluated depends on it. Fed are {[t.name for t in fed]}. Add it to the inputs of"
                    " `K.function`, or "
                    "to `feed_dict`."
                )
            stack.append((node, False))
        elif is_expanded:
            if id(item) not in done:
                done.add(id(item))
                order.append(item)
        elif id(item) not in done:
            stack.append((item, True))
            stack.extend((t, False) for t in reversed(item.inputs))
    return order


def fed_value(symbol: KerasTensor, value: Any) -> Any:
    """Return what is fed for a symbolic tensor as a tensor of its dtype.

    Raises:
        ValueError: the shape does not fit.
    """
    if symbol.dtype == "string":
        return value
    fed: torch.Tensor = convert_to_tensor(value, to_torch_dtype(symbol.dtype)).detach()
    shape = tuple(fed.shape)
    if len(shape) != len(symbol.shape) or any(s not in (None, n) for s, n in zip(symbol.shape, shape, strict=True)):
        raise ValueError(
            f"Cannot feed a value of shape {shape} for {symbol.name!r}, which has shape {symbol.shape}. Reshape the"
            " array."
        )
    return fed


@contextlib.contextmanager
def _modes(modules: Sequence[Any], training: bool) -> Iterator[None]:
    """Put layers into a mode; what a run in training mode changes in their statistics and states is put back.

    In the graph of Keras 1 and 2 these change by updates only, which a function runs if it is given them.
    """
    different = [m for m in modules if any(part.training is not training for part in m.modules())]
    before = [Modes(module) for module in different]
    kept: list[tuple[Any, torch.Tensor]] = []
    if training:
        variables = {id(v): v for m in modules for v in getattr(m, "non_trainable_variables", ())}
        trained = {id(v) for m in modules for v in getattr(m, "non_trainable_weights", ())}
        kept = [(v, v.value.detach().clone()) for key, v in variables.items() if key in trained]
    try:
        for module in different:
            switch(module, training)
        yield
    finally:
        for modes in reversed(before):
            for part, mode in modes.before:
                part.__dict__["training"] = mode
        for variable, values in kept:
            variable.assign(values)


@contextlib.contextmanager
def _requiring_gradients(weights: Sequence[Variable]) -> Iterator[None]:
    """Let frozen weights have gradients for as long as they are asked for."""
    frozen = [t for v in weights for t in v.parameters if t.is_floating_point() and not t.requires_grad]
    for parameter in frozen:
        parameter.requires_grad_(True)
    try:
        yield
    finally:
        for parameter in frozen:
            parameter.requires_grad_(False)


_plans: OrderedDict[tuple[tuple[int, ...], tuple[int, ...]], Plan] = OrderedDict()  # which keeps its tensors alive


def plan_for(fed: Sequence[KerasTensor], fetched: Sequence[KerasTensor]) -> Plan:
    """Return the plan for these tensors, the same one for the next run of them."""
    key = tuple(map(id, fed)), tuple(map(id, fetched))
    plan = _plans.get(key)
    if plan is None:
        plan = _plans[key] = Plan(fed, fetched)
        if len(_plans) > _PLANS_KEPT:
            _plans.popitem(last=False)
    else:
        _plans.move_to_end(key)
    return plan


def forget_plans() -> None:
    """Let go of the tensors that plans keep alive."""
    _plans.clear()


def evaluate(fetches: Any, feed_dict: Mapping[Any, Any] | None = None) -> Any:
    """Return the values of recorded tensors, in the nesting in which they are asked for.

    Args:
        fetches: KerasTensors, Variables, tensors, updates, numbers, None, or a nesting of them. Updates are made after
            everything else was computed; the value of one is the new value of its variable.
        feed_dict: Value of each input, placeholder or other recorded tensor; ``K.learning_phase()`` among the keys
            says whether layers train, else they do not.

    Returns:
        NumPy arrays, and NumPy numbers where there are no axes.

    Raises:
        ValueError: a value is missing, or one does not fit.
        TypeError: something cannot be fetched or fed.

    Example:
        >>> from torchkeras_compat.legacy.backend.placeholders import placeholder
        >>> x = placeholder((None, 2))
        >>> evaluate(x * 2, {x: [[1.0, 2.0]]}).tolist()
        [[2.0, 4.0]]
    """
    training = bool(set_phase() or 0)
    fed: dict[int, tuple[KerasTensor, Any]] = {}
    for symbol, value in (feed_dict or {}).items():
        if isinstance(symbol, LearningPhase):
            training = bool(np.asarray(value))
        elif isinstance(symbol, KerasTensor):
            fed[id(symbol)] = (symbol, value)
        else:
            raise TypeError(
                f"`feed_dict` has placeholders and other recorded tensors as keys. Received: {symbol!r}. To change a "
                "variable use `K.set_value(variable, value)`."
            )
    leaves, structure = pytree.tree_flatten(fetches)
    values = run(leaves, [s for s, _ in fed.values()], [v for _, v in fed.values()], training)
    return pytree.tree_unflatten(values, structure)


def run(leaves: Sequence[Any], fed: Sequence[KerasTensor], values: Sequence[Any], training: bool) -> list[Any]:
    """Return the value of each leaf as :func:`evaluate` does, given what is fed and the learning phase."""
    effects = [leaf for leaf in leaves if isinstance(leaf, Effect)]
    symbols = {
        id(t): t for x in leaves for t in (x.needs if isinstance(x, Effect) else [x]) if isinstance(t, KerasTensor)
    }
    fetched = list(symbols.values())
    found: dict[int, Any] = {}
    if fetched:
        plan = plan_for(fed, fetched)
        found = dict(zip(symbols, plan.run(values, training), strict=True))
    results = [None if isinstance(leaf, Effect) else _result(leaf, found) for leaf in leaves]
    computed = [effect.compute(found) for effect in effects]
    for effect, new in zip(effects, computed, strict=True):
        effect.apply(new)
    return [leaf.value() if isinstance(leaf, Effect) else result for leaf, result in zip(leaves, results, strict=True)]


def _result(leaf: Any, found: dict[int, Any]) -> Any:
    if isinstance(leaf, KerasTensor):
        return array_of(found[id(leaf)])
    if isinstance(leaf, LearningPhase):
        return int(leaf)
    if leaf is None or isinstance(leaf, (str, bytes)):
        if leaf is None:
            return None
        raise TypeError(f"A tensor is fetched by itself, not by its name. Received: {leaf!r}.")
    return array_of(leaf)


def array_of(value: Any) -> Any:
    """Return a value as a NumPy array of its own memory; as a NumPy number if it has no axes."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(array_of, value))
    array = np.array(convert_to_numpy(value))
    return array if array.ndim else array[()]
