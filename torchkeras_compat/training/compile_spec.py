"""What `compile` received, matched to the outputs of the model: losses, weights, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.metrics.identifiers import CHOSEN_BY_SHAPE, from_anything
from torchkeras_compat.metrics.identifiers import get as get_metric
from torchkeras_compat.metrics.reduction import Mean
from torchkeras_compat.naming import free_name
from torchkeras_compat.outside_graphs import caller_outside_graphs
from torchkeras_compat.training.loss_function import loss_function
from torchkeras_compat.training.loss_terms import LossTerm, loss_terms
from torchkeras_compat.training.loss_weight import weighted
from torchkeras_compat.training.output_structure import OutputStructure


class OutputMetrics:
    """The metrics of one output.

    Attributes:
        prefix: What stands before their keys in the logs; empty for the only output and for one without a name.
        given: Metrics and weighted metrics as they came.
        metrics: Metric objects.
        weighted_metrics: Those updated with the sample weights.
        by_key: All of them, by their keys in the logs without the name of the output.
    """

    def __init__(self, name: str, metrics: Any, weighted: Any) -> None:
        self.prefix = f"{name}_" if name else ""
        self.given = (_as_list(metrics), _as_list(weighted))
        self.metrics: list[Any] = []
        self.weighted_metrics: list[Any] = []
        self.by_key: dict[str, Any] = {}
        self.is_ready = False

    def make_metrics(self, y_true: Any, y_pred: Any) -> None:
        """Make the metric objects, now that shapes are known."""
        if torch.compiler.is_dynamo_compiling():
            return _with_first_batch(OutputMetrics.make_metrics, self, y_true, y_pred)
        shapes = tuple(getattr(y_true, "shape", ())), tuple(y_pred.shape)
        plain, weighted = self.given
        self.metrics = [from_anything(metric, *shapes) for metric in plain]
        self.weighted_metrics = [from_anything(metric, *shapes) for metric in weighted]
        for metric in self.metrics:
            self.by_key[free_name(metric.name, self.by_key)] = metric
        for metric in self.weighted_metrics:
            name = f"weighted_{metric.name}" if metric.name in self.by_key else metric.name
            self.by_key[free_name(name, self.by_key)] = metric
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
        """Update all metrics with one batch, each with its output."""
        self.spec.update_metrics(y_true, y_pred, sample_weight)

    def result(self) -> dict[str, Any]:
        """Return the values so far, by the keys of the logs."""
        found: dict[str, Any] = {}
        for output in self.spec.outputs:
            for key, metric in output.by_key.items():
                value = metric.result()
                values = value if isinstance(value, dict) else {key: value}
                for k, v in values.items():
                    found[free_name(output.prefix + k, found)] = v
        return found

    def reset_state(self) -> None:
        """Reset all metrics."""
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

    Attributes:
        given: The arguments as they came, by name.
        structure: The nesting of the outputs; None before the first batch.
        terms: The losses, each with its outputs; none before the first batch.
        trackers: Mean of each term over batches, where there are several.
        outputs: The metrics of each output; none before the first batch.
        loss_tracker: Mean of the total loss over batches.
        compiled_metrics: All metrics as one; None where ``compile`` received none.

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
        self.terms: list[LossTerm] = []
        self.trackers: list[Mean] = []
        self.outputs: list[OutputMetrics] = []
        self.loss_tracker = Mean(name="loss")
        self._states_to_restore: dict[str, list[torch.Tensor]] = {}
        has_metrics = metrics is not None or weighted_metrics is not None
        self.compiled_metrics = CompiledMetrics(self) if has_metrics else None
        for what in _leaves(loss):
            loss_function(what)
        for what in (*_leaves(metrics), *_leaves(weighted_metrics)):
            if not (isinstance(what, str) and what.lower() in CHOSEN_BY_SHAPE):
                get_metric(what)

    def match(self, y_pred: Any) -> None:
        """Give every output its loss and metrics; done once, with the first batch.

        Raises:
            ValueError: losses or metrics do not fit the outputs.
        """
        if torch.compiler.is_dynamo_compiling():
            return _with_first_batch(CompileSpec.match, self, y_pred)
        structure = OutputStructure(y_pred, self.output_names)
        self.terms = loss_terms(self.given["loss"], self.given["loss_weights"], structure, y_pred)
        self.trackers = [term.tracker for term in self.terms if term.tracker is not None]
        metrics = [structure.spread(what, self.given[what]) for what in ("metrics", "weighted_metrics")]
        prefixes = structure.prefixes if len(structure.paths) > 1 else [""]
        self.outputs = [OutputMetrics(*parts) for parts in zip(prefixes, *metrics, strict=True)]
        self._with_loss = [any(i in term.outputs for term in self.terms) for i in range(len(self.outputs))]
        self.structure = structure
        self._restore_states()

    def _by_output(self, y_true: Any, y_pred: Any, sample_weight: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """Return targets, predictions and weights of all outputs."""
        structure: Any = self.structure
        if structure.is_single and isinstance(y_true, torch.Tensor):
            return [y_true], [y_pred], [sample_weight]
        targets = structure.parts("y", y_true, self._with_loss)
        weights = [None] * len(targets)
        if sample_weight is not None:
            weights = structure.parts("sample_weight", sample_weight, self._with_loss)
        return targets, structure.outputs(y_pred), weights

    @property
    def metrics(self) -> list[Any]:
        """The loss tracker, the compiled metrics as one, and the terms of the loss."""
        compiled = [self.compiled_metrics] if self.compiled_metrics is not None else []
        return [self.loss_tracker, *compiled, *self.trackers]

    def reset_state(self) -> None:
        """Reset all metrics."""
        self._states_to_restore = {}
        for metric in self.metrics:
            metric.reset_state()

    def state_dict(self) -> dict[str, list[torch.Tensor]]:
        """Return copies of the states of the loss, its terms and the metrics."""
        return {key: [v.value.detach().clone() for v in m.variables] for key, m in self._by_key().items()}

    def load_state_dict(self, state_dict: dict[str, list[torch.Tensor]]) -> None:
        """Take back what :meth:`state_dict` returned; what the first batch will make takes its part then."""
        self._states_to_restore = dict(state_dict)
        self._restore_states()

    def log_names(self, outputs: Any) -> list[str]:
        """Return the keys of the logs, before there are any, too.

        Args:
            outputs: The outputs of the model, for their nesting; None for one output that is not known yet.
        """
        if self.structure is not None and all(output.is_ready for output in self.outputs):
            return list(self.results())
        given = self.given
        spec = CompileSpec(
            given["loss"], given["loss_weights"], given["metrics"], given["weighted_metrics"], self.output_names
        )
        spec.match(outputs)
        names = ["loss", *(tracker.name for tracker in spec.trackers)]
        for output in spec.outputs:
            keys: list[str] = []
            for metric in output.given[0]:
                keys.append(free_name(_name_of(metric), keys))
            for metric in output.given[1]:
                name = _name_of(metric)
                keys.append(free_name(f"weighted_{name}" if name in keys else name, keys))
            names += [free_name(output.prefix + key, names) for key in keys]
        return names

    def _by_key(self) -> dict[str, Metric]:
        found: dict[str, Metric] = {"loss": self.loss_tracker}
        found.update({f"loss/{tracker.name}": tracker for tracker in self.trackers})
        for i, output in enumerate(self.outputs):
            found.update({f"{i}/{key}": metric for key, metric in output.by_key.items()})
        return found

    def _restore_states(self) -> None:
        for key, metric in self._by_key().items() if self._states_to_restore else ():
            if key in self._states_to_restore:
                metric.set_state(self._states_to_restore.pop(key))

    def compute(self, y_true: Any, y_pred: Any, sample_weight: Any) -> torch.Tensor | None:
        """Return the weighted sum of the losses."""
        if self.structure is None:
            self.match(y_pred)
        targets, predictions, weights = self._by_output(y_true, y_pred, sample_weight)
        total = None
        for term in self.terms:
            if term.is_joint:
                target, prediction, weight = term.joint_parts(targets, weights, y_pred)
            else:
                i = term.outputs[0]
                target, prediction, weight = targets[i], predictions[i], weights[i]
            if target is None:
                continue
            value = term.loss(target, prediction, weight)
            if term.tracker is not None:
                is_plain = type(prediction) is torch.Tensor
                term.tracker._add_mean(value, prediction.shape[0] if is_plain else term.batch_size(prediction))
            value = value if term.weight is None else weighted(value, term.weight)
            total = value if total is None else total + value
        return total

    def update_metrics(self, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Update all metrics with one batch."""
        if self.compiled_metrics is None:
            return
        if self.structure is None:
            self.match(y_pred)
        parts = self._by_output(y_true, y_pred, sample_weight)
        for output, target, prediction, weight in zip(self.outputs, *parts, strict=True):
            if target is None:
                continue
            if not output.is_ready:
                output.make_metrics(target, prediction)
                self._restore_states()
            for metric in output.metrics:
                metric.update_state(target, prediction)
            for metric in output.weighted_metrics:
                metric.update_state(target, prediction, sample_weight=weight)

    def results(self) -> dict[str, torch.Tensor]:
        """Return the values so far, by the keys of the logs, losses first; tensors that nobody has waited for."""
        logs: dict[str, Any] = {"loss": self.loss_tracker.result()}
        for tracker in self.trackers:
            logs[tracker.name] = tracker.result()
        if self.compiled_metrics is not None:
            logs.update(self.compiled_metrics.result())
        return logs


# `"accuracy"` means another metric for other shapes of targets and predictions.
_with_first_batch = caller_outside_graphs(
    "losses and metrics are made with the first batch. Leave `fullgraph=True` out, or run the step once before"
    " `torch.compile`"
)


def _leaves(structure: Any) -> list[Any]:
    if structure is None:
        return []
    if isinstance(structure, dict) and "class_name" not in structure:
        return [leaf for v in structure.values() for leaf in _leaves(v)]
    if isinstance(structure, (list, tuple)):
        return [leaf for v in structure for leaf in _leaves(v)]
    return [structure]


def _name_of(metric: Any) -> str:
    """What a metric is called in the logs, as it was given to ``compile``."""
    if isinstance(metric, str):
        return metric.rpartition(">")[2]
    found = get_metric(metric)
    return str(getattr(found, "name", None) or getattr(found, "__name__", "metric"))


def _as_list(x: Any) -> list[Any]:
    if x is None:
        return []
    return list(x) if isinstance(x, (list, tuple)) else [x]
