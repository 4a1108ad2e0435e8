"""Training, evaluation and prediction of one batch: what a subclass may write in its own way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.data.batching import unpack_x_y_sample_weight
from torchkeras_compat.layers.layer.stateless import substituted
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.outside_graphs import outside_graphs
from torchkeras_compat.overrides import OVERRIDES, dialect_of, overridable
from torchkeras_compat.training.compile_spec import CompileSpec
from torchkeras_compat.training.compiling import CompiledModel
from torchkeras_compat.training.step import Step, default, is_default


class ModelWithSteps(CompiledModel):
    """The part of `Model` that trains, evaluates and predicts one batch; `fit` and others run it in a loop."""

    @default
    def train_step(self, data: Any) -> dict[str, Any]:
        """Train on one batch ``(x, y, sample_weight)`` and return logs; subclasses may do it in their own way."""
        if torch.compiler.is_dynamo_compiling():
            return self._step_in_graphs("training", data)
        x, y, sample_weight = unpack_x_y_sample_weight(OVERRIDES.plain(data))
        step = self._make_step()
        step.training(x, y, sample_weight)
        return step.results()

    @default
    def test_step(self, data: Any) -> dict[str, Any]:
        """Evaluate one batch and return logs; subclasses may do it in their own way."""
        if torch.compiler.is_dynamo_compiling():
            return self._step_in_graphs("evaluation", data)
        x, y, sample_weight = unpack_x_y_sample_weight(OVERRIDES.plain(data))
        step = self._make_step()
        step.evaluation(x, y, sample_weight)
        return step.results()

    def _step_in_graphs(self, kind: str, data: Any) -> dict[str, Any]:
        """Run a step that `torch.compile` traces: the first one outside of graphs, others without a recording."""
        step = self._step
        if step is None or not step.is_ready:
            return _first_step(self, kind, data)
        getattr(step, kind).run(*unpack_x_y_sample_weight(data))
        return step.results()

    @default
    def predict_step(self, data: Any) -> Any:
        """Return the outputs for one batch; subclasses may do it in their own way."""
        return self(unpack_x_y_sample_weight(data)[0])

    @default
    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> torch.Tensor:
        """Return the compiled loss plus the losses of the layers, a scalar tensor.

        Raises:
            ValueError: there is no loss to compute.
        """
        spec = self._compile_spec
        total = spec.compute(y, y_pred, sample_weight) if spec is not None else None
        for loss in self.losses:
            total = loss if total is None else total + loss
        if total is None:
            if y is None and spec is not None and spec.given["loss"] is not None:
                raise ValueError(
                    "The model was compiled with a loss, but the data has no targets. Pass `y`, or batches `(x, y)`."
                )
            raise ValueError(
                "No loss to compute. Provide a `loss` argument in `compile()`, or add losses with `add_loss` in a layer"
                " or model."
            )
        return total

    def stateless_compute_loss(
        self,
        trainable_variables: Sequence[Any],
        non_trainable_variables: Sequence[Any],
        metrics_variables: Sequence[Any],
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> tuple[torch.Tensor, tuple[list[Any], list[Any], list[Any]]]:
        """Return ``compute_loss(...)`` with given values in place of the variables, which stay as they are.

        Args:
            trainable_variables: A value for each of the variables of that name.
            non_trainable_variables: Likewise.
            metrics_variables: Likewise.
            x: See :meth:`compute_loss`, as for the rest.
            y: Targets.
            y_pred: Outputs.
            sample_weight: Weights of the samples.
            training: Whether the loss is that of training.

        Returns:
            The loss, and the three lists after it: those that ``compute_loss`` changed have other values.

        Raises:
            ValueError: a list has another length than the variables that it is for.
        """
        own = (self.trainable_variables, self.non_trainable_variables, self.metrics_variables)
        given = (list(trainable_variables), list(non_trainable_variables), list(metrics_variables))
        kinds = ("trainable_variables", "non_trainable_variables", "metrics_variables")
        for kind, variables, values in zip(kinds, own, given, strict=True):
            if len(variables) != len(values):
                raise ValueError(
                    f"`{kind}` needs a value for each of the {len(variables)} variables of that name. Received"
                    f" {len(values)}."
                )
        with contextlib.ExitStack() as scopes:
            for variables, values in zip(own, given, strict=True):
                scopes.enter_context(substituted(variables, values))
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=training)
            after = [[v.value.detach().clone() for v in variables] for variables in own[1:]]
        return loss, (given[0], after[0], after[1])

    @default
    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the compiled metrics with one batch and return the logs."""
        assert self._compile_spec is not None, "`compile` has not been called"
        self._compile_spec.update_metrics(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the logs so far: the compiled loss and metrics, then the metrics in attributes."""
        logs: dict[str, Any] = self._compile_spec.results() if self._compile_spec is not None else {}
        for metric in self._uncompiled_metrics():
            value = metric.result()
            logs.update(value if isinstance(value, dict) else {metric.name: value})
        return logs

    def _results_for(self, logs: Any) -> Any:
        """Return what a step of one's own returned, or, under its names, what the metrics have come to."""
        if dialect_of(self) is not None and self._compile_spec is not None and self._compile_spec.structure is None:
            return logs  # before Keras 3, what `compile` received counted once a step had used it
        results = self.get_metrics_result()
        return results if isinstance(logs, dict) and logs.keys() == results.keys() else logs

    def reset_metrics(self) -> None:
        """Reset all metrics."""
        if self._compile_spec is not None:
            self._compile_spec.reset_state()
        for metric in self._uncompiled_metrics():
            metric.reset_state()

    @default
    def make_train_function(self, force: bool = False) -> Callable[[Any], Any]:
        """Return the function that trains on one batch."""
        self.__dict__["train_function"] = self.train_step
        return self.train_step

    @default
    def make_test_function(self, force: bool = False) -> Callable[[Any], Any]:
        """Return the function that evaluates one batch."""
        self.__dict__["test_function"] = self.test_step
        return self.test_step

    @default
    def make_predict_function(self, force: bool = False) -> Callable[[Any], Any]:
        """Return the function that computes the outputs of one batch."""
        self.__dict__["predict_function"] = self.predict_step
        return self.predict_step

    @property
    def metrics_names(self) -> list[str]:
        """Names of :attr:`metrics`; in a dialect of Keras 1 or 2 those of what ``evaluate`` returns."""
        return self._names_of_metrics()

    @overridable
    def _names_of_metrics(self) -> list[str]:
        return [m.name for m in self.metrics]

    @overridable
    def _callback_list(self, callbacks: Any, **params: Any) -> CallbackList:
        """Return the callbacks of one `fit`."""
        return CallbackList(callbacks, **params)

    def _compiled_metrics(self) -> list[Metric]:
        spec: CompileSpec | None = self.__dict__.get("_compile_spec")
        return spec.metrics if spec is not None else []

    def _all_metrics(self) -> list[Any]:
        """Return the loss and the metrics of ``compile``, and the metrics in attributes."""
        compiled = self._compiled_metrics()
        below = self._metrics_below()
        if not below:
            return compiled
        known = set(map(id, compiled))
        return compiled + [metric for metric in below if id(metric) not in known]

    def _uncompiled_metrics(self) -> list[Any]:
        """Return those of :attr:`metrics`, which a subclass may list itself, that are not of ``compile``."""
        found: list[Any] = self.metrics if self._lists_own_metrics else self._metrics_below()
        if not found:
            return found
        known = set(map(id, self._compiled_metrics()))
        return [metric for metric in found if id(metric) not in known]

    @property
    def _lists_own_metrics(self) -> bool:
        """Whether a subclass says in its own way what :attr:`metrics` are."""
        listed: Any = getattr(type(self), "metrics", None)
        return not is_default(getattr(listed, "fget", None))

    def _make_step(self) -> Step:
        """Return the default step, the same one until ``compile`` is called again."""
        step = self._step
        if step is None:
            assert self._compile_spec is not None, "`compile` has not been called"
            step = self.__dict__["_step"] = Step(self, self._compile_spec)
        return step


@outside_graphs(
    "the first step of a model finds what it trains, builds the optimizer, and makes losses and metrics. Leave"
    " `fullgraph=True` out: the gradients and the update are outside of graphs in each step"
)
def _first_step(model: ModelWithSteps, kind: str, data: Any) -> dict[str, Any]:
    step = model._make_step()
    getattr(step, kind)(*unpack_x_y_sample_weight(data))
    return step.results()
