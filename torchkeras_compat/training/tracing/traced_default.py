"""The default step of training and evaluation, traced: forward pass, loss, gradients and metrics in one function.

The update of the weights follows as it is: learning rates, schedules and counts of updates are numbers of the host.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat import tree
from torchkeras_compat.layers.layer.call_state import STATE
from torchkeras_compat.metrics.torch_metric import TorchMetric
from torchkeras_compat.own_code import is_own
from torchkeras_compat.training.jit import CompiledCall
from torchkeras_compat.training.tracing.traced_step import TracedStep

if TYPE_CHECKING:
    from torchkeras_compat.training.step import Step
    from torchkeras_compat.training.tracing.captured_step import CapturedStep


def _cuda_graph(function: Callable[[], tuple[torch.Tensor, ...]]) -> Any:
    # With optimizers that few have: 10 ms.
    from torchkeras_compat.training.tracing.captured_step import CudaGraph

    return CudaGraph(function)


CAPTURING_DEVICES: dict[str, Callable[..., Any]] = {"cuda": _cuda_graph}
"""What captures a function, by type of device."""


class TracedDefaultStep(TracedStep):
    """Trains on batches, or evaluates them.

    Args:
        step: The step.
        trains: Whether it trains.

    Attributes:
        steps_in_a_graph: Steps that are captured in one CUDA graph.
    """

    steps_in_a_graph = 1

    def __init__(self, step: Step, trains: bool) -> None:
        super().__init__(step.model)
        self.step = step
        self.trains = trains
        self._outputs: Any = None  # the nesting of the outputs, where metrics take them after the recorded part

    def run(self, x: Any, y: Any, sample_weight: Any) -> None:
        """Train on one batch or evaluate it, as the step is."""
        run = self.step.train if self.trains else self.step.test
        if not self.model.jit_compile:
            run(x, y, sample_weight)
            return
        with self._past_the_compiler():
            run(x, y, sample_weight)

    @property
    def compiles(self) -> bool:
        """Whether the step is to be compiled as a whole; where it cannot be recorded, the model's call is."""
        if not self.model.jit_compile or self.refusal is not None:
            return False
        call = self.model._compiled_call_impl
        return isinstance(call, CompiledCall) and call.is_default

    @contextlib.contextmanager
    def _past_the_compiler(self) -> Iterator[None]:
        """Call the model as it is where the step as a whole is compiled: the parts need not be."""
        if not self.compiles:
            yield
            return
        state = self.model.__dict__
        call, state["_compiled_call_impl"] = state["_compiled_call_impl"], None
        try:
            yield
        finally:
            state["_compiled_call_impl"] = call

    def function(self, form: Any) -> Callable[..., tuple[torch.Tensor, ...]]:
        """Return what runs a recording: compiled if `compile` was asked for that."""
        run: Callable[..., tuple[torch.Tensor, ...]] = form.function.run
        if not self.compiles:
            return run
        # Few compile: 1 ms, and torch's compiler with it.
        from torchkeras_compat.training.tracing.compiled_function import CompiledFunction, why_not_compiled

        reason = why_not_compiled(form.function.program)
        if reason is None and any(isinstance(module, nn.RNNBase) for module in self.model.modules()):
            reason = "it has recurrent layers, whose steps torch.compile would unroll"
        if reason is not None:
            self.refusal = f"the step is not compiled as a whole: {reason}"
            return run
        return CompiledFunction(form.function.simplified, form.keys, run, self.model._compiled_call_impl.mode)

    def why_not(self) -> str | None:
        """Return why the step cannot be recorded; None if it can."""
        if self.model.run_eagerly:
            return "the model was compiled with `run_eagerly=True`"
        if self.step.computes_metrics:
            return "the model has a `compute_metrics` of its own"
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            return "several processes train together"
        return None

    def why_not_with(self, tensors: Sequence[torch.Tensor]) -> str | None:
        """Return why a recording cannot stand for the step: a weight besides the model's collects gradients."""
        if self.trains:
            own = {id(t) for t in self.step.tensors}
            others = [t for t in tensors if t.requires_grad and id(t) not in own]
            if any(not t.is_leaf or t.grad is not None for t in others):
                return "gradients of tensors besides the weights of the model add up in it"
        return None

    def runs_code_of_others(self) -> bool:
        """Return whether code of others runs after the recorded part: metrics, schedules, constraints, hooks."""
        given = self.model._compile_arguments or {}
        parts: list[Any] = tree.flatten([given.get("metrics"), given.get("weighted_metrics")])
        parts = [part for part in parts if not isinstance(part, (str, FunctionType))]  # which are recorded
        if not self.trains:
            return not _are_own(parts)
        optimizer: Any = self.step.optimizer
        is_built = getattr(optimizer, "built", False)
        parts += [v._constraint for v in (optimizer._constrained if is_built else self.model.weights)]
        while optimizer is not None:
            if any(getattr(optimizer, f"_optimizer_step_{when}_hooks", None) for when in ("pre", "post")):
                return True
            parts += [optimizer, getattr(optimizer, "_schedule", None)]
            optimizer = getattr(optimizer, "inner_optimizer", None)
        return not _are_own(parts)

    def may_run(self) -> bool:
        """Return whether gradients are recorded, where the step trains."""
        return torch.is_grad_enabled() or not self.trains

    def settings(self) -> list[Any]:
        """Return losses, regularizers, the metrics that are recorded, and the optimizer's way to scale the loss."""
        losses = [loss for term in self.step.spec.terms for loss in (term.loss, term.given)]
        penalties = [v._regularizer for v in self.step.penalized]
        metrics = self._metrics() if self._records_metrics() else []
        return [thing for thing in (*losses, *metrics, *penalties) if hasattr(thing, "__dict__")]

    def _metrics(self) -> list[Any]:
        compiled = self.step.spec.compiled_metrics
        return [] if compiled is None else compiled.metrics

    def _records_metrics(self) -> bool:
        """Whether all metrics are those of this package, whose state is tensors only."""
        return all(is_own(type(m)) and not isinstance(m, TorchMetric) for m in self._metrics())

    def compute(self, x: Any, y: Any, sample_weight: Any) -> Any:
        """Compute gradients, the mean loss and the metrics; return the outputs if metrics wait for them."""
        step = self.step
        with self._past_the_compiler():
            y_pred, loss = (step.differentiate if self.trains else step.evaluate)(x, y, sample_weight)
        step.count(loss, x)
        if not self._records_metrics():
            return pytree.tree_map(torch.Tensor.detach, y_pred)  # without the graph, and logits that nobody took
        step.update_metrics(x, y, y_pred, sample_weight)
        return None

    def results(self, computed: Any) -> dict[Any, torch.Tensor]:
        """Return gradients, losses that layers added, and outputs for metrics."""
        step = self.step
        found: dict[Any, torch.Tensor] = {}
        if self.trains:
            gradients = [t.grad for t in step.tensors]
            found.update({("gradient", i): g for i, g in enumerate(gradients) if g is not None})
        for i, layer in enumerate(step.layers):
            found.update({("added", i, j): loss for j, loss in enumerate(layer._call_losses.added)})
        if computed is not None:
            leaves, self._outputs = pytree.tree_flatten(computed)
            found.update({("output", i): leaf for i, leaf in enumerate(leaves)})
        return found

    def put_back(self, keys: Sequence[Any], tensors: Sequence[torch.Tensor]) -> Any:
        """Set gradients and the losses that layers added; return the outputs if metrics wait for them."""
        step = self.step
        if not step.is_ready:
            step.prepare()
        weights, outputs = step.tensors, []
        if self.trains and len(keys) != len(weights):
            for weight in weights:  # the loss of this form may not reach all of them
                weight.grad = None
        if STATE.with_losses:
            for layer in step.layers:
                layer._call_losses.added = []
        for key, tensor in zip(keys, tensors):
            if key[0] == "gradient":
                weights[key[1]].grad = tensor
            elif key[0] == "added":
                step.layers[key[1]]._call_losses.added.append(tensor)
            else:
                outputs.append(tensor)
        return pytree.tree_unflatten(outputs, self._outputs) if outputs else None

    def finish(self, computed: Any, x: Any, y: Any, sample_weight: Any, is_updated: bool = False) -> None:
        """Update the weights, and the metrics that were not recorded."""
        if self.trains:
            self.step.learn(is_updated)
        if computed is not None:
            self.step.update_metrics(x, y, computed, sample_weight)

    def capture(self, form: Any, inputs: Sequence[torch.Tensor]) -> CapturedStep | None:
        """Return the recorded step and its update, captured in CUDA graphs; None where that cannot be."""
        if inputs[0].device.type not in CAPTURING_DEVICES:
            return None
        # With optimizers that few have: 10 ms.
        from torchkeras_compat.optimizers.replayable import why_not_replayable

        # Likewise, 10 ms.
        from torchkeras_compat.training.tracing.captured_step import CapturedStep, why_not_captured

        step, optimizer = self.step, None
        reason = why_not_captured(form.function.program, inputs)
        if self.model._compile_arguments["jit_compile"] is False:
            reason = "the model was compiled with `jit_compile=False`"
        elif self.trains and step.learns:
            optimizer = step.optimizer
            reason = reason or why_not_replayable(optimizer)
        if reason is not None:
            self.stop_capturing(reason)
            return None
        steps = self.steps_in_a_graph if self._records_metrics() else 1
        if steps > 1 and optimizer is not None and why_not_replayable(optimizer, steps) is not None:
            steps = 1
        put_back = partial(self.put_back, form.keys)
        return CapturedStep(form.run, put_back, inputs, optimizer, steps, CAPTURING_DEVICES[inputs[0].device.type])


def _are_own(parts: Sequence[Any]) -> bool:
    """Whether functions, classes and objects, where there are any, are those of this package."""
    return all(part is None or is_own(part if isinstance(part, (FunctionType, type)) else type(part)) for part in parts)
