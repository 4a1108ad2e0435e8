"""What `compile` was told, matched to the outputs of the model: losses, weights, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.metrics.names import from_anything
from torchkeras_compat.metrics.names import get as get_metric
from torchkeras_compat.metrics.reduction import Mean
from torchkeras_compat.training.loss_function import loss_function
from torchkeras_compat.training.output_structure import OutputStructure, unique


class OutputSpec:
    """Loss and metrics of one output.

    Attributes:
        name: Name of the output; empty for the only one.
        loss: Callable ``(y_true, y_pred, sample_weight)`` or None.
        weight: Factor of the loss in the total.
        tracker: Mean of the loss over batches, where there are several outputs.
        metrics: Metric objects.
        weighted_metrics: Those updated with the sample weights.
        by_key: All of them, by their keys in the logs without the name of the output.
    """

    def __init__(self, name: str, loss: Any, weight: Any, metrics: Any, weighted: Any) -> None:
        self.name = name
        self.loss = loss_function(loss)
        self.weight = 1.0 if weight is None else float(weight)
        self.tracker = Mean(name=f"{name}_loss") if name and self.loss is not None else None
        self._given = (_as_list(metrics), _as_list(weighted))
        self.metrics: list[Any] = []
        self.weighted_metrics: list[Any] = []
        self.by_key: dict[str, Any] = {}
        self.is_ready = False

    def make_metrics(self, y_true: Any, y_pred: Any) -> None:
        """Make the metric objects, now that shapes are known."""
        shapes = tuple(getattr(y_true, "shape", ())), tuple(y_pred.shape)
        plain, weighted = self._given
        self.metrics = [from_anything(metric, *shapes) for metric in plain]
        self.weighted_metrics = [from_anything(metric, *shapes) for metric in weighted]
        for metric in self.metrics:
            self.by_key[unique(metric.name, self.by_key)] = metric
        for metric in self.weighted_metrics:
            name = f"weighted_{metric.name}" if metric.name in self.by_key else metric.name
            self.by_key[unique(name, self.by_key)] = metric
        self.is_ready = True


class CompiledMetrics(Metric):
    """The metrics given to ``compile``, as one metric: what ``model.metrics`` holds for them.

    Its result is a dictionary by the keys of the logs.
    """

    def __init__(self, spec: CompileSpec) -> None:
        super().__init__(name="compile_metrics")
        self.spec = spec

    @property
    def metrics(self) -> list[Any]:
        """The metric objects; none before the first batch."""
        return [m for output in self.spec.outputs for m in output.by_key.values()]

    @property
    def variables(self) -> list[Any]:
        """The state of all of them."""
        return [v for m in self.metrics for v in m.variables]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch into all metrics, each with its output."""
        self.spec.update_metrics(y_true, y_pred, sample_weight)

    def result(self) -> dict[str, Any]:
        """Return the values so far, by the keys of the logs."""
        found: dict[str, Any] = {}
        several = len(self.spec.outputs) > 1
        for output in self.spec.outputs:
            prefix = f"{output.name}_" if output.name and several else ""
            for key, metric in output.by_key.items():
                value = metric.result()
                if isinstance(value, dict):
                    found.update({f"{prefix}{k}": v for k, v in value.items()})
                else:
                    found[f"{prefix}{key}"] = value
        return found

    def reset_state(self) -> None:
        """Start all metrics anew."""
        for metric in self.metrics:
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
        self.structure: OutputStructure | None = None
        self.outputs: list[OutputSpec] = []
        self.only: OutputSpec | None = None
        self.loss_tracker = Mean(name="loss")
        has_metrics = bool(_leaves(metrics) or _leaves(weighted_metrics))
        self.compiled_metrics = CompiledMetrics(self) if has_metrics else None
        for what in _leaves(loss):
            loss_function(what)
        for what in (*_leaves(metrics), *_leaves(weighted_metrics)):
            if not (isinstance(what, str) and what.lower() in _CHOSEN_BY_SHAPE):
                get_metric(what)

    def match(self, y_pred: Any) -> None:
        """Give every output its loss and metrics; done once, with the first batch.

        Raises:
            ValueError: losses or metrics do not fit the outputs.
        """
        structure = OutputStructure(y_pred, self.output_names)
        given = [structure.spread(what, value) for what, value in self.given.items()]
        self.outputs = [OutputSpec(*parts) for parts in zip(structure.names, *given, strict=True)]
        self.only = self.outputs[0] if structure.is_single else None
        self.structure = structure

    def pairs(self, y_true: Any, y_pred: Any, sample_weight: Any) -> list[tuple[OutputSpec, Any, Any, Any]]:
        """Return each output's spec with its target, prediction and weight."""
        if self.structure is None:
            self.match(y_pred)
        if self.only is not None and isinstance(y_true, torch.Tensor):
            return [(self.only, y_true, y_pred, sample_weight)]
        structure: Any = self.structure
        with_loss = [output.loss is not None for output in self.outputs]
        targets = structure.parts("y", y_true, with_loss)
        weights = structure.parts("sample_weight", sample_weight, with_loss)
        return list(zip(self.outputs, targets, structure.outputs(y_pred), weights, strict=True))

    @property
    def metrics(self) -> list[Any]:
        """The loss tracker, the compiled metrics as one, and the losses of several outputs."""
        compiled = [self.compiled_metrics] if self.compiled_metrics is not None else []
        return [self.loss_tracker, *compiled, *self._trackers()]

    def _trackers(self) -> list[Mean]:
        if len(self.outputs) < 2:
            return []
        return [output.tracker for output in self.outputs if output.tracker is not None]

    def reset_state(self) -> None:
        """Start all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def compute(self, y_true: Any, y_pred: Any, sample_weight: Any) -> torch.Tensor | None:
        """Return the weighted sum of the losses of all outputs."""
        total = None
        for output, target, prediction, weight in self.pairs(y_true, y_pred, sample_weight):
            if output.loss is None or target is None:
                continue
            value = output.loss(target, prediction, weight)
            if output.tracker is not None and len(self.outputs) > 1:
                output.tracker._add_mean(value, len(prediction))
            value = value if output.weight == 1.0 else value * output.weight
            total = value if total is None else total + value
        return total

    def update_metrics(self, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Take one batch into all metrics."""
        if self.compiled_metrics is None:
            return
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
        for tracker in self._trackers():
            logs[tracker.name] = tracker.result()
        if self.compiled_metrics is not None:
            logs.update(self.compiled_metrics.result())
        return logs


# `"accuracy"` means another metric for other shapes of targets and predictions.
_CHOSEN_BY_SHAPE = ("accuracy", "acc", "crossentropy", "ce")


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
