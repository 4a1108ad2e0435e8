"""Loss and metric functions that use recorded tensors of the model beside their arguments, as Keras 1 and 2 allow.

``def vae_loss(x, decoded): return mse(x, decoded) - 0.5 * K.mean(1 + z_log_var - ...)`` uses ``z_log_var`` of the
graph. Such a function is called once, on recorded tensors, as Keras 1 and 2 call all of them; each run of the model
then keeps the values of what it uses, and the recorded expression is computed from these.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from torchkeras_compat.legacy.backend.graph.evaluation import Plan, calls_between
from torchkeras_compat.legacy.backend.graph.nodes import GradientCall
from torchkeras_compat.losses.base import Loss, LossFunctionWrapper
from torchkeras_compat.models.graph import Graph
from torchkeras_compat.models.graph_model import GraphModel
from torchkeras_compat.own_code import is_own
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic
from torchkeras_compat.symbolic.operation import Operation

_DEEPEST = 4  # functions that call functions


class KeepValue(Operation):
    """Keeps the value of its input in a run of the model, and returns it.

    Attributes:
        kept: The value in the last run.

    Example:
        >>> operation = KeepValue()
        >>> operation(torch.tensor(2.0)), operation.kept
        (tensor(2.), tensor(2.))
    """

    kept: Any = None

    def call(self, x: Any) -> Any:
        if not x.is_meta:
            self.kept = x
        return x

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in ("kept", "_inbound_nodes", "_arguments")}


class RecordedLoss:
    """The recorded expression of a loss function, computed from targets, outputs and kept values of a run.

    Args:
        function: The function, of whom it takes the name.
        plan: From what is fed to the value.
        sources: What each fed value is: ``"y_true"``, ``"y_pred"``, or where it is kept.
        rank: Number of axes of the output.
    """

    def __init__(self, function: Any, plan: Plan, sources: Sequence[Any], rank: int) -> None:
        self.function = function
        self.rank = rank
        self.plan = plan
        self.sources = list(sources)
        self.__name__ = str(getattr(function, "__name__", None) or getattr(function, "name", "loss"))

    def __call__(self, y_true: Any, y_pred: Any) -> torch.Tensor:
        """Return the value for a batch, of which the model has been run just before."""
        if getattr(y_true, "ndim", 0) == 1 and self.rank == 2:
            y_true = y_true[:, None]  # labels come in a column, as Keras 1 and 2 give them
        given = {"y_true": y_true, "y_pred": y_pred}
        values = [given[s] if isinstance(s, str) else s.kept for s in self.sources]
        if self.plan.needs_gradients:  # what inference mode made has none
            values = [v.clone() if isinstance(v, torch.Tensor) and v.is_inference() else v for v in values]
            with torch.inference_mode(False):
                return self.plan.run_inside(values)[0]
        return self.plan.run_inside(values)[0]


def with_recorded_tensors(model: Any, functions: Any) -> Any:
    """Return what ``compile`` is given as losses or metrics, functions that use recorded tensors replaced.

    Args:
        model: The model that is compiled. If it is not one of a graph, everything stays as it is.
        functions: A loss or metric, or lists and dicts of them by output.

    Raises:
        ValueError: a function uses a recorded tensor that does not follow from the inputs of the model.

    Example:
        >>> from torchkeras_compat import layers, models
        >>> x = layers.Input((2,))
        >>> hidden = x * 3
        >>> model = models.Model(x, hidden + 1)
        >>> model.compile("sgd", with_recorded_tensors(model, lambda y_true, y_pred: y_true * 0 + hidden))
        >>> model.evaluate(torch.ones(2, 2), torch.ones(2, 2), verbose=0)
        3.0
    """
    graph = model._find_graph() if isinstance(model, GraphModel) else None
    if graph is None or functions is None:
        return functions
    outputs = graph.output_tensors
    if isinstance(functions, dict):
        by_name = dict(zip(graph.output_names, outputs, strict=False))
        return {k: _replaced(model, graph, f, by_name.get(k, outputs[0])) for k, f in functions.items()}
    if isinstance(functions, (list, tuple)):
        if len(outputs) > 1 and len(functions) == len(outputs):
            return [_replaced(model, graph, f, y) for f, y in zip(functions, outputs, strict=True)]
        return [_replaced(model, graph, f, outputs[0]) for f in functions]
    if len(outputs) > 1 and uses_recorded_tensors(functions):
        return [_replaced(model, graph, functions, y) for y in outputs]
    return _replaced(model, graph, functions, outputs[0])


def _replaced(model: Any, graph: Graph, function: Any, output: KerasTensor) -> Any:
    if isinstance(function, (list, tuple)):
        return [_replaced(model, graph, f, output) for f in function]
    if isinstance(function, Loss):
        made = _replaced(model, graph, function.call, output)
        if made is function.call or not isinstance(made, RecordedLoss):
            return function
        return LossFunctionWrapper(made, reduction=function.reduction, name=function.name)
    if not uses_recorded_tensors(function):
        return function
    y_true = KerasTensor(output.shape, output.dtype, name="y_true")
    value = function(y_true, output)
    if not isinstance(value, KerasTensor):
        return function
    fed = _starts(graph, value, y_true, output)
    sources = ["y_true" if t is y_true else "y_pred" if t is output else _keeper(model, t) for t in fed]
    plan = Plan(fed, [value])
    for node in plan.nodes:
        if isinstance(node.operation, GradientCall):
            node.operation.is_differentiated = True  # training differentiates the loss
    return RecordedLoss(function, plan, sources, output.ndim)


def _keeper(model: GraphModel, tensor: KerasTensor) -> KeepValue:
    """Return what keeps the values of a tensor in the runs of a model, the same for all losses."""
    keepers: dict[int, KeepValue] = model.__dict__.setdefault("_kept_values", {})
    if id(tensor) not in keepers:
        keeper = KeepValue()
        model._compute_beside([keeper(tensor)])
        keepers[id(tensor)] = keeper
    return keepers[id(tensor)]


def _starts(graph: Graph, value: KerasTensor, y_true: KerasTensor, output: KerasTensor) -> list[KerasTensor]:
    """Return the tensors from whose values a loss is computed: those of the graph where it leaves it.

    What a gradient in the loss leads through is computed again from what it is by: in the run of the model, the values
    are not connected to it.
    """
    computed = {id(t): t for node in graph.nodes for t in node.output_tensors}
    computed.update((id(t), t) for t in graph.input_tensors)
    nodes = calls_between([*graph.input_tensors, y_true], [value])
    own = [node for node in nodes if node not in graph.nodes]
    by = {id(t) for node in own if isinstance(node.operation, GradientCall) for t in node.operation.symbolic_variables}
    behind: set[int] = set()
    for node in nodes:
        if any(id(t) in by or id(t) in behind for t in node.inputs):
            behind |= {id(t) for t in node.output_tensors}
    fed: dict[int, KerasTensor] = {}
    stack, seen = [value], set()
    while stack:
        t = stack.pop()
        if id(t) in seen:
            continue
        seen.add(id(t))
        is_known = t is y_true or t is output or id(t) in computed or id(t) in by
        if is_known and id(t) not in behind:
            fed[id(t)] = t
        elif t.node is not None:
            stack.extend(t.node.inputs)
    return list(fed.values())


def uses_recorded_tensors(function: Any) -> bool:
    """Return whether a function, or one that it calls, uses a KerasTensor beside its arguments.

    Example:
        >>> x = KerasTensor((2,))
        >>> uses_recorded_tensors(lambda y_true, y_pred: y_pred + x), uses_recorded_tensors(abs)
        (True, False)
    """
    return _uses(function, set(), 0)


def _uses(function: Any, seen: set[int], depth: int) -> bool:
    if id(function) in seen or depth > _DEEPEST or isinstance(function, str):
        return False
    seen.add(id(function))
    for value in _reachable(function):
        if isinstance(value, KerasTensor) or (isinstance(value, (list, tuple, dict)) and any_symbolic((value,))):
            return True
        is_code = isinstance(value, (types.FunctionType, types.MethodType, functools.partial))
        if is_code and not is_own(value) and _uses(value, seen, depth + 1):
            return True
    return False


def _reachable(function: Any) -> Iterator[Any]:
    """Yield the values that a function names: defaults, variables around it, globals, attributes of ``self``."""
    if isinstance(function, functools.partial):
        yield from (*function.args, *function.keywords.values(), function.func)
        return
    owner = getattr(function, "__self__", None)
    if callable(function) and not hasattr(function, "__code__") and owner is None:
        if isinstance(vars(type(function)).get("__call__"), types.FunctionType):
            yield function.__call__
        return
    plain = inspect.unwrap(getattr(function, "__func__", function))
    code = getattr(plain, "__code__", None)
    if code is None:
        return
    yield from (*(plain.__defaults__ or ()), *(plain.__kwdefaults__ or {}).values())
    for cell in plain.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # empty before its variable is set
            continue
    for name in _names(code):
        if name in plain.__globals__:
            yield plain.__globals__[name]
        if owner is not None and (name in vars(type(owner)) or name in getattr(owner, "__dict__", {})):
            yield inspect.getattr_static(owner, name) if name in owner.__dict__ else getattr(owner, name, None)


def _names(code: types.CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names(constant)
    return names
