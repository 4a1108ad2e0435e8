"""``compile`` of older Keras: what losses, metrics and optimizers meant, and what was trainable then."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from torchkeras_compat.dialects.adapters.functions import function_of
from torchkeras_compat.dialects.dialect import MIXED, TF_KERAS, WITH_TENSORS, dialect_named
from torchkeras_compat.dialects.facades import at_the_boundary, facade_of
from torchkeras_compat.dialects.in_place import changes_in_place
from torchkeras_compat.dialects.methods.log_names import name_in_logs
from torchkeras_compat.dialects.methods.shared_optimizers import shared_state
from torchkeras_compat.legacy.models import recorded_terms
from torchkeras_compat.legacy.models.recorded_losses import RecordedLoss, with_recorded_tensors
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.metrics.reduction import MeanMetricWrapper
from torchkeras_compat.models.graph_model import GraphModel
from torchkeras_compat.naming import to_snake_case
from torchkeras_compat.overrides import dialect_of
from torchkeras_compat.own_code import is_own
from torchkeras_compat.public_names import named, names_in


def compile_model(core: Callable[..., None], self: Any, **arguments: Any) -> None:
    """Compile as the core does, with the losses, metrics and optimizers that names meant in this dialect."""
    dialect = dialect_of(self) or ""
    is_mixed = dialect_named(dialect).is_mixed
    if isinstance(arguments.get("optimizer"), str) and not is_mixed:
        arguments["optimizer"] = _optimizer(arguments["optimizer"], dialect)
    recorded_terms.add_losses_of_layers(self)
    for what in ("loss", "metrics", "weighted_metrics"):
        if arguments.get(what) is not None:
            if what != "loss":
                arguments[what] = _for_each_output(self, arguments[what], is_mixed)
            arguments[what] = with_recorded_tensors(self, arguments[what])
            meant = functools.partial(_meant, what, dialect)
            arguments[what] = _mapped(meant, arguments[what])
    core(self, **arguments)
    kept = self._compile_arguments
    kept.update({what: _mapped(_original, kept[what]) for what in ("loss", "metrics", "weighted_metrics")})
    self.__dict__["_trainable_when_compiled"] = _trainable_layers(self)


def _for_each_output(model: Any, metrics: Any, is_mixed: bool) -> Any:
    """Return metrics in a list as lists of them for each of several outputs: all count for every output."""
    graph = model._find_graph() if isinstance(model, GraphModel) else None
    number = 1 if graph is None else len(graph.output_tensors)
    is_flat = isinstance(metrics, (list, tuple)) and not any(
        isinstance(m, (list, tuple, dict, type(None))) for m in metrics
    )
    if number == 1 or not is_flat or (is_mixed and len(metrics) == number):
        return metrics
    each = [[_another(metric) for metric in metrics] for _ in range(number)]
    outputs = graph.outputs if graph is not None else None
    return dict(zip(outputs, each, strict=True)) if isinstance(outputs, dict) else each


def _another(metric: Any) -> Any:
    return type(metric).from_config(metric.get_config()) if isinstance(metric, Metric) else metric


def _optimizer(name: str, dialect: str) -> Any:
    """Return an optimizer by its name, with the defaults of the dialect; the name if there is none."""
    for public in names_in("optimizers"):
        found = getattr(named("optimizers"), public)
        if public.lower() == name.lower() and isinstance(found, type):
            return facade_of(dialect, f"optimizers.{public}", found)()
    return name


def _metric_class(name: str) -> Any:
    """Return the metric class of a public name; None if there is none."""
    found = getattr(named("metrics"), name, None) if name in names_in("metrics") else None
    return found if isinstance(found, type) and issubclass(found, named("metrics.Metric")) else None


def _meant(what: str, dialect: str, leaf: Any) -> Any:
    if what != "loss" and dialect == TF_KERAS.name and isinstance(leaf, str) and _metric_class(leaf) is not None:
        # Under its own name: "AUC" is "auc" in logs.
        return facade_of(dialect, f"metrics.{leaf}", _metric_class(leaf))()
    if isinstance(leaf, str):
        name = name_in_logs(leaf, dialect) if what != "loss" else leaf
        old = function_of(dialect, "losses" if what == "loss" else "metrics", name)
        if old is None:
            return name
        return named(old) if what == "loss" else MeanMetricWrapper(named(old), name=name)  # logged as it was given
    return WithColumns(leaf, dialect) if dialect != MIXED.name and _is_function_of_user(leaf, dialect) else leaf


def _is_function_of_user(leaf: Any, dialect: str) -> bool:
    """Whether a loss or metric is a function of the user's own, or an object called as one."""
    if not callable(leaf) or isinstance(leaf, (type, torch.nn.Module, Loss)) or hasattr(leaf, "update_state"):
        return False
    if hasattr(leaf, "python_function"):  # of `tf.function`, whose class is ours
        return True
    is_users = not is_own(leaf) and not is_own(type(leaf))
    return is_users and (hasattr(leaf, "__name__") or dialect in WITH_TENSORS)


class WithColumns:
    """A loss or metric of the user, whose targets of shape ``(n,)`` come as ``(n, 1)``, as older Keras gave them."""

    def __init__(self, function: Callable[..., Any], dialect: str) -> None:
        functools.update_wrapper(self, function)
        self.__name__ = getattr(function, "__name__", None) or to_snake_case(type(function).__name__)
        self.function = function
        self.dialect = dialect
        self.makes_columns = not dialect_named(dialect).is_mixed
        has_tensors = dialect in WITH_TENSORS or changes_in_place(function)
        self.called = at_the_boundary("with_tensors")(function) if has_tensors else function

    def __reduce__(self) -> Any:
        return WithColumns, (self.function, self.dialect)

    def __call__(self, y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> Any:
        if self.makes_columns and getattr(y_true, "ndim", 0) == 1:
            y_true = y_true[:, None]
            if y_pred.ndim == 1:
                y_pred = y_pred[:, None]
        return self.called(y_true, y_pred, *args, **kwargs)


def _original(leaf: Any) -> Any:
    return leaf.function if isinstance(leaf, (WithColumns, RecordedLoss)) else leaf


def _mapped(function: Callable[[Any], Any], structure: Any) -> Any:
    if isinstance(structure, dict) and "class_name" not in structure:
        return {key: _mapped(function, part) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)(_mapped(function, part) for part in structure)
    return function(structure)


def _trainable_layers(model: Any) -> list[tuple[Any, bool]]:
    """Return which layers train, now."""
    return [(layer, layer.trainable) for layer in model._flatten_layers()]


def _frozen_normalizations(model: Any) -> list[tuple[Any, float]]:
    """Return the frozen batch normalizations, with their momentum, of a version in which they take the batch's moments.

    In Keras 1 and 2 a frozen one still normalized by the batch while training, and left its moving averages alone.
    """
    if dialect_of(model) not in ("keras1", "keras2"):
        return []
    kind = named("layers.BatchNormalization")
    found = [layer for layer in model._flatten_layers() if isinstance(layer, kind) and not layer.trainable]
    return [(layer, layer.momentum) for layer in found]


@contextmanager
def as_compiled(model: Any) -> Iterator[None]:
    """Have the layers of a model train as they did when it was compiled, and afterwards as before.

    So a discriminator learns by its own `train_on_batch`, although it has been frozen for the model around it.
    """
    then = model.__dict__.get("_trainable_when_compiled") or ()
    if then and dialect_named(dialect_of(model) or "").is_mixed and model.trainable_weights:
        then = ()  # as in Keras 3; a model of which nothing is left to train is the discriminator of an older one
    changed = [(layer, trainable) for layer, trainable in then if layer.trainable is not trainable]
    now = [(layer, layer.trainable, [(v, v.trainable) for v in layer._variables]) for layer, _ in changed]
    for layer, trainable in changed:
        layer.__dict__["_trainable"] = trainable
        for v in layer._variables:
            if v.is_parameter:
                v.trainable = trainable
    frozen = _frozen_normalizations(model)
    for layer, _ in frozen:
        layer.__dict__["_trainable"], layer.momentum = True, 1.0
    shared = shared_state(model)
    if shared is not None:
        shared.before(model.optimizer)
    try:
        yield
    finally:
        if shared is not None:
            shared.after(model.optimizer)
        for layer, momentum in frozen:
            layer.__dict__["_trainable"], layer.momentum = False, momentum
        for layer, trainable, variables in now:
            layer.__dict__["_trainable"] = trainable
            for v, its in variables:
                if v.trainable is not its:
                    v.trainable = its
