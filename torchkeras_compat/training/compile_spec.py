"""What `compile` was told, matched to the outputs of the model: losses, weights, metrics."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import losses as losses_namespace
from torchkeras_compat.errors import nearest
from torchkeras_compat.losses.base import Loss, LossFunctionWrapper
from torchkeras_compat.losses.names import get as get_loss
from torchkeras_compat.losses.reduction import fit_leading_axes
from torchkeras_compat.metrics.names import from_anything
from torchkeras_compat.metrics.names import get as get_metric
from torchkeras_compat.metrics.reduction import Mean


class OutputSpec:
    """Loss and metrics of one output.

    Attributes:
        name: Name of the output; empty for the only one.
        loss: Callable ``(y_true, y_pred, sample_weight)`` or None.
        weight: Factor of the loss in the total.
        tracker: Mean of the loss over batches, where there are several outputs.
        metrics: Metric objects, and those updated with the sample weights.
    """

    def __init__(self, name: str, loss: Any, weight: float, metrics: Sequence[Any], weighted: Sequence[Any]) -> None:
        self.name = name
        self.loss = loss_function(loss)
        self.weight = weight
        self.tracker = Mean(name=f"{name}_loss") if name and self.loss is not None else None
        self._given = (list(metrics), list(weighted))
        self.metrics: list[Any] = []
        self.weighted_metrics: list[Any] = []
        self.is_ready = False

    def make_metrics(self, y_true: Any, y_pred: Any) -> None:
        """Make the metric objects, now that shapes are known."""
        taken: set[str] = set()
        for given, made in zip(self._given, (self.metrics, self.weighted_metrics), strict=True):
            for metric in given:
                found = from_anything(metric, tuple(y_true.shape), tuple(y_pred.shape))
                found.name = unique(found.name, taken)
                made.append(found)
        self.is_ready = True

    def reset_state(self) -> None:
        """Start all metrics anew."""
        for metric in [*self.metrics, *self.weighted_metrics, *([self.tracker] if self.tracker else [])]:
            metric.reset_state()


class CompileSpec:
    """Losses and metrics of all outputs.

    Args:
        loss: Loss, or list or dict of losses.
        loss_weights: Factor of each loss, in a list or dict.
        metrics: Metrics, or one list of them for each output, in a list or dict.
        weighted_metrics: The same, updated with the sample weights.
        output_names: Names of the outputs, where the model knows them.

    Raises:
        ValueError: a name is unknown, or a structure does not fit the outputs.
    """

    def __init__(
        self, loss: Any, loss_weights: Any, metrics: Any, weighted_metrics: Any, output_names: Sequence[str] | None
    ) -> None:
        self.given = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        self.output_names = list(output_names) if output_names else None
        self.outputs: list[OutputSpec] = []
        self.keys: list[Any] | None = None
        self.loss_tracker = Mean(name="loss")
        for what in _leaves(loss):
            loss_function(what)
        for what in (*_leaves(metrics), *_leaves(weighted_metrics)):
            if not (isinstance(what, str) and what.lower() in ("accuracy", "acc")):
                get_metric(what)

    def match(self, y_true: Any, y_pred: Any) -> None:
        """Give every output its loss and metrics; done once, with the first batch.

        Raises:
            ValueError: targets, losses or metrics do not fit the outputs.
        """
        if isinstance(y_pred, dict):
            self.keys = list(y_pred)
        elif isinstance(y_pred, (list, tuple)):
            self.keys = list(range(len(y_pred)))
        names = [str(k) for k in self.keys or [""]]
        if self.keys is not None and isinstance(y_pred, (list, tuple)):
            known = self.output_names
            names = list(known) if known and len(known) == len(names) else [f"output_{i}" for i in self.keys]
            names = _all_unique(names)
        n = len(names)
        wanted = {what: _spread(what, given, names) for what, given in self.given.items()}
        if n == 1 and self.keys is None:
            names = [""]
        self.outputs = [
            OutputSpec(
                names[i],
                wanted["loss"][i],
                1.0 if wanted["loss_weights"][i] is None else float(wanted["loss_weights"][i]),
                _as_list(wanted["metrics"][i]),
                _as_list(wanted["weighted_metrics"][i]),
            )
            for i in range(n)
        ]

    def pairs(self, y_true: Any, y_pred: Any, sample_weight: Any) -> list[tuple[OutputSpec, Any, Any, Any]]:
        """Return each output's spec with its target, prediction and weight."""
        if not self.outputs:
            self.match(y_true, y_pred)
        if self.keys is None:
            if isinstance(y_true, (list, tuple)) and len(y_true) == 1:
                y_true = y_true[0]
            return [(self.outputs[0], y_true, y_pred, sample_weight)]
        names = [o.name for o in self.outputs]
        targets = _pick(y_true, self.keys, names, "y")
        weights = _pick(sample_weight, self.keys, names, "sample_weight")
        return [(o, t, y_pred[k], w) for o, t, k, w in zip(self.outputs, targets, self.keys, weights, strict=True)]

    @property
    def metrics(self) -> list[Any]:
        """The loss tracker, those of several outputs, and the metric objects, in the order of the logs."""
        trackers = [o.tracker for o in self.outputs if o.tracker is not None] if len(self.outputs) > 1 else []
        return [self.loss_tracker, *trackers, *(m for o in self.outputs for m in (*o.metrics, *o.weighted_metrics))]

    def reset_state(self) -> None:
        """Start all metrics anew."""
        self.loss_tracker.reset_state()
        for output in self.outputs:
            output.reset_state()

    def compute(self, y_true: Any, y_pred: Any, sample_weight: Any) -> torch.Tensor | None:
        """Return the weighted sum of the losses of all outputs."""
        total = None
        several = len(self.outputs) > 1 or not self.outputs
        for output, target, prediction, weight in self.pairs(y_true, y_pred, sample_weight):
            if output.loss is None or target is None:
                continue
            value = output.loss(target, prediction, weight)
            if several and len(self.outputs) > 1 and output.tracker is not None:
                output.tracker._add(output.tracker.total, value.detach() * len(prediction))
                output.tracker._store_count(value, len(prediction))
            value = value if output.weight == 1.0 else value * output.weight
            total = value if total is None else total + value
        return total

    def update_metrics(self, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Take one batch into all metrics."""
        for output, target, prediction, weight in self.pairs(y_true, y_pred, sample_weight):
            if target is None:
                continue
            if not output.is_ready:
                output.make_metrics(target, prediction)
            for metric in output.metrics:
                metric.update_state(target, prediction)
            for metric in output.weighted_metrics:
                metric.update_state(target, prediction, sample_weight=weight)

    def results(self) -> dict[str, torch.Tensor]:
        """Return the values so far, by the keys of the logs, losses first; tensors that nobody has waited for."""
        logs: dict[str, Any] = {"loss": self.loss_tracker.result()}
        if len(self.outputs) > 1:
            logs.update({o.tracker.name: o.tracker.result() for o in self.outputs if o.tracker is not None})
        for output in self.outputs:
            prefix = f"{output.name}_" if output.name and len(self.outputs) > 1 else ""
            for metric in (*output.metrics, *output.weighted_metrics):
                value = metric.result()
                if isinstance(value, dict):
                    logs.update({f"{prefix}{k}": v for k, v in value.items()})
                else:
                    logs[f"{prefix}{metric.name}"] = value
        return logs


def loss_function(loss: Any) -> Callable | None:
    """Return a callable ``(y_true, y_pred, sample_weight)`` for what ``compile(loss=...)`` takes; None for None.

    Raises:
        ValueError: nothing has this name, or it is no loss.
    """
    if loss is None:
        return None
    found: Any = get_loss(loss)
    if isinstance(found, Loss):
        return found
    if isinstance(found, nn.Module):
        return _torch_loss(found)
    if isinstance(loss, str) or getattr(losses_namespace, getattr(found, "__name__", ""), None) is found:
        # The class behind a built-in function: the same numbers, and a shorter way through.
        camel = "".join(part.capitalize() for part in found.__name__.split("_"))
        cls = {"KlDivergence": "KLDivergence"}.get(camel, camel)
        if cls in dir(losses_namespace):
            return getattr(losses_namespace, cls)()
    if inspect.isclass(found):
        made: Any = found
        return made()
    return LossFunctionWrapper(found, name=getattr(found, "__name__", "loss"))


def _torch_loss(module: nn.Module) -> Callable:
    """A `torch.nn` loss, called as torch does: prediction first."""

    def call(y_true: torch.Tensor, y_pred: torch.Tensor, sample_weight: Any = None) -> torch.Tensor:
        if sample_weight is not None:
            if getattr(module, "reduction", None) != "none":
                raise ValueError(
                    f"{type(module).__name__} reduces by itself, so sample weights need it with reduction='none'."
                )
            values = module(y_pred, y_true)
            return (values * fit_leading_axes(sample_weight, values, "sample_weight")).mean()
        value = module(y_pred, y_true)
        return value if value.ndim == 0 else value.mean()

    return call


def unique(name: str, taken: set[str]) -> str:
    """Return ``name``, or ``name_1``, ``name_2``, ... if it is taken."""
    found, n = name, 1
    while found in taken:
        found, n = f"{name}_{n}", n + 1
    taken.add(found)
    return found


def _all_unique(names: list[str]) -> list[str]:
    taken: set[str] = set()
    return [unique(n, taken) for n in names]


def _leaves(structure: Any) -> list[Any]:
    if structure is None:
        return []
    if isinstance(structure, dict) and "class_name" not in structure:
        return [leaf for v in structure.values() for leaf in _leaves(v)]
    if isinstance(structure, (list, tuple)):
        return [leaf for v in structure for leaf in _leaves(v)]
    return [structure]


def _as_list(x: Any) -> list[Any]:
    if x is None:
        return []
    return list(x) if isinstance(x, (list, tuple)) else [x]


def _spread(what: str, given: Any, names: list[str]) -> list[Any]:
    """Return what was given for each output."""
    n = len(names)
    is_metrics = what.endswith("metrics")
    if given is None:
        return [None] * n
    if isinstance(given, dict) and "class_name" not in given:
        unknown = [k for k in given if k not in names]
        if unknown and names != [""]:
            raise ValueError(
                f"In the dict argument `{what}`, key '{unknown[0]}' does not correspond to any model output. "
                f"Outputs are: {names}.{nearest(str(unknown[0]), names)}"
            )
        return [next(iter(given.values()))] if names == [""] else [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if is_metrics and n == 1:
            return [given[0] if len(given) == 1 and isinstance(given[0], (list, tuple)) else given]
        if len(given) == n:
            return list(given)
        if is_metrics and not any(isinstance(g, (list, tuple)) for g in given):
            return [list(given)] * n if n == 1 else _refuse(what, given, names)
        return _refuse(what, given, names)
    if is_metrics or what == "loss":
        return [given] * n
    return [given] if n == 1 else _refuse(what, given, names)


def _refuse(what: str, given: Any, names: list[str]) -> list[Any]:
    raise ValueError(
        f"`{what}` has {len(given) if hasattr(given, '__len__') else 1} entries, but the model has {len(names)} outputs"
        f" ({names}). Give one entry for each output, in a list or in a dict by output name."
    )


def _pick(structure: Any, keys: list[Any], names: list[str], what: str) -> list[Any]:
    if structure is None:
        return [None] * len(keys)
    if isinstance(structure, dict):
        missing = [n for k, n in zip(keys, names, strict=True) if k not in structure and n not in structure]
        if missing and what == "y":
            raise ValueError(
                f"`{what}` lacks the outputs {missing}. Received keys: {list(structure)}. Outputs are: {names}."
            )
        return [structure.get(k, structure.get(n)) for k, n in zip(keys, names, strict=True)]
    if isinstance(structure, (list, tuple)):
        if len(structure) != len(keys):
            raise ValueError(f"`{what}` has {len(structure)} parts, but the model has {len(keys)} outputs ({names}).")
        return list(structure)
    return [structure] * len(keys) if len(keys) == 1 or what == "sample_weight" else _refuse(what, [structure], names)
