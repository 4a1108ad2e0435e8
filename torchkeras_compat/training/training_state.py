"""All that a `fit` needs to go on as if it had never been interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.data.epochs import Epochs
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.random.states import random_states, set_random_states


class TrainingState:
    """The state of a running `fit`: weights, optimizers, metrics, data, random generators, callbacks.

    What :meth:`state_dict` returns holds tensors, numbers, strings, lists and dicts, which
    ``torch.load(weights_only=True)`` reads. On the CPU, training that goes on from it gives the same bits as one that
    was never interrupted, as long as the source of the data gives the same batches again.

    Args:
        model: The model that trains.
        data: Its batches.
        callbacks: Its callbacks.
    """

    def __init__(self, model: Any, data: Epochs, callbacks: CallbackList) -> None:
        self.model = model
        self.data = data
        self.callbacks = callbacks
        self._awaited: dict[str, Any] | None = None

    def state_dict(self, epoch: int, step: int, logs: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the state after a step; reading it waits for the device.

        Args:
            epoch: Epoch to go on with, from 0.
            step: Steps of it that are done.
            logs: Logs so far.
        """
        return {
            "epoch": epoch,
            "step": step,
            "logs": _plain(dict(logs or {})),
            "stops": bool(self.model.stop_training),
            "tensors": [t.detach().clone() for t in self._tensors()],
            "optimizers": {name: _plain(o.state_dict()) for name, o in self._optimizers().items()},
            "metrics": self.model._compile_spec.state_dict() if self.model._compile_spec is not None else {},
            "own_metrics": [[v.value.detach().clone() for v in metric.variables] for metric in self._own_metrics()],
            "data": self.data.position(between_epochs=step == 0),
            "callbacks": _plain(self.callbacks.state_dict()),
            "random": random_states(),
        }

    def go_on_from(self, state_dict: dict[str, Any]) -> None:
        """Let the loop take a state, once the callbacks have begun.

        Raises:
            FileContentError: it is the state of another model; nothing has been changed.
        """
        own = [tuple(t.shape) for t in self._tensors()]
        given = [tuple(t.shape) for t in state_dict["tensors"]]
        if own != given:
            raise FileContentError(
                f"The state is that of another model: it holds {len(given)} tensors, this one has {len(own)}, and their"
                " shapes differ. Use a folder of its own for each training."
            )
        self._awaited = state_dict

    def begin(self, epochs: range) -> tuple[range, dict[str, Any]]:
        """Return the epochs to run, and the logs of the last one that was run.

        Between two epochs the state is taken here, within one by :meth:`begin_epoch`.
        """
        if self._awaited is None:
            return epochs, {}
        left = range(self._awaited["epoch"], epochs.stop)
        if self._awaited["step"] > 0:
            return left, {}
        state = self._take()
        return (left[:0] if state["stops"] else left), _as_given(state["logs"])

    def begin_epoch(self) -> tuple[int, dict[str, Any]]:
        """Return how many steps of the epoch that has begun are done already, and the logs of the last one."""
        if self._awaited is None:
            return 0, {}
        state = self._take()
        return state["step"], _as_given(state["logs"])

    @torch.no_grad()
    def _take(self) -> dict[str, Any]:
        state: dict[str, Any] = self._awaited  # type: ignore[assignment]
        self._awaited = None
        model = self.model
        for tensor, value in zip(self._tensors(), state["tensors"], strict=True):
            tensor.copy_(value)
        optimizers = self._optimizers()
        for name, value in state["optimizers"].items():
            if name in optimizers:
                _load(optimizers[name], value, model)
        if model._compile_spec is not None:
            model._compile_spec.load_state_dict(state["metrics"])
        for metric, values in zip(self._own_metrics(), state["own_metrics"]):
            metric.set_state(values)
        self.callbacks.load_state_dict(_as_given(state["callbacks"]))
        model.stop_training = state["stops"]
        self.data.go_on_at(state["data"])
        set_random_states(state["random"])
        return state

    def _tensors(self) -> list[torch.Tensor]:
        """Parameters and buffers, the states of stateful layers and of seed generators among them, each once."""
        model = self.model
        found = [*model.parameters(), *model.buffers()]
        found += [tensor for variable in model.variables for tensor in variable.parameters]
        return list({id(tensor): tensor for tensor in found}.values())

    def _optimizers(self) -> dict[str, torch.optim.Optimizer]:
        return {name: o for name, o in vars(self.model).items() if isinstance(o, torch.optim.Optimizer)}

    def _own_metrics(self) -> list[Any]:
        compiled = {id(metric) for metric in self.model._compiled_metrics()}
        return [m for m in self.model.metrics if id(m) not in compiled and hasattr(m, "set_state")]


def _load(optimizer: Any, state: dict[str, Any], model: Any) -> None:
    if isinstance(optimizer, Optimizer) and not optimizer.built:
        if optimizer is model.optimizer and model.trainable_variables:
            optimizer.build(model.trainable_variables)
        else:  # the step that a subclass wrote builds it
            vars(optimizer)["_awaited_state"] = state
            return
    optimizer.load_state_dict(state)


def _plain(value: Any) -> Any:
    """Return a structure of detached copies of tensors, of Python values, and of arrays as ``{"array": tensor}``."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, Mapping):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(v) for v in value)
    if isinstance(value, np.ndarray):
        return {"array": torch.from_numpy(value.copy())}
    return value.item() if isinstance(value, np.generic) else value


def _as_given(value: Any) -> Any:
    """Return what :func:`_plain` was given."""
    if isinstance(value, dict):
        is_array = value.keys() == {"array"} and isinstance(value["array"], torch.Tensor)
        return value["array"].numpy() if is_array else {key: _as_given(v) for key, v in value.items()}
    return type(value)(_as_given(v) for v in value) if isinstance(value, (list, tuple)) else value
