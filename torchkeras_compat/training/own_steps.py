"""Training, evaluation and prediction of one batch: what a subclass may write in its own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.data.batching import unpack_x_y_sample_weight
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.overrides import overridable
from torchkeras_compat.training.compile_spec import CompileSpec
from torchkeras_compat.training.compiling import CompiledModel
from torchkeras_compat.training.step import Step, default


class ModelWithSteps(CompiledModel):
    """The part of `Model` that trains, evaluates and predicts one batch; `fit` and others run it in a loop."""

    @default
    def train_step(self, data: Any) -> dict[str, Any]:
        """Train on one batch ``(x, y, sample_weight)`` and return logs; subclasses may do it in their own way."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        step = self._make_step()
        step.train(x, y, sample_weight)
        return step.results()

    @default
    def test_step(self, data: Any) -> dict[str, Any]:
        """Evaluate one batch and return logs; subclasses may do it in their own way."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        step = self._make_step()
        step.test(x, y, sample_weight)
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
        """Names of :attr:`metrics`; under ``install_as_keras`` those of what ``evaluate`` returns, as in Keras 2."""
        return self._names_of_metrics()

    @overridable
    def _names_of_metrics(self) -> list[str]:
        return [m.name for m in self.metrics]

    def _compiled_metrics(self) -> list[Metric]:
        spec: CompileSpec | None = self.__dict__.get("_compile_spec")
        return spec.metrics if spec is not None else []

    def _all_metrics(self) -> list[Any]:
        """Return the loss and the metrics of ``compile``, and the metrics in attributes."""
        compiled = self._compiled_metrics()
        known = set(map(id, compiled))
        return compiled + [metric for metric in self._metrics() if id(metric) not in known]

    def _uncompiled_metrics(self) -> list[Any]:
        """Return those of :attr:`metrics`, which a subclass may list itself, that are not of ``compile``."""
        known = set(map(id, self._compiled_metrics()))
        return [metric for metric in self.metrics if id(metric) not in known]

    def _make_step(self) -> Step:
        """Return the default step, the same one until ``compile`` is called again."""
        step = self._step
        if step is None:
            assert self._compile_spec is not None, "`compile` has not been called"
            step = self.__dict__["_step"] = Step(self, self._compile_spec)
        return step
