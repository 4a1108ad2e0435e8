"""All that a `fit` needs to go on as if it had never been interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import nn

from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.data.epochs import Epochs
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.random.states import check_random_states, random_states, set_random_states
from torchkeras_compat.saving.state_form import (
    check_count,
    check_keys,
    check_like,
    check_optimizer,
    check_position,
    check_tensors,
)
from torchkeras_compat.training.description import describe_training, differences
from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps

# How the last `fit` of each model began, and what it was like at its end, while there is a copy to go on from.
_described: WeakKeyDictionary[Any, tuple[dict[str, Any], dict[str, Any]]] = WeakKeyDictionary()
_KEYS = (
    *("description", "epoch", "step", "logs", "stops", "tensors", "optimizers", "metrics", "own_metrics", "data"),
    *("callbacks", "random"),
)


def is_training(model: nn.Module) -> bool:
    """Return whether a `fit` of the model is under way."""
    return "_training_state" in model.__dict__


class TrainingState:
    """The state of a running `fit`: weights, optimizers, metrics, data, random generators, callbacks.

    What :meth:`state_dict` returns holds tensors, arrays, numbers, strings, lists and dicts. On the CPU, training that
    goes on from it gives the same bits as one that was never interrupted, as long as the source of the data gives the
    same batches again.

    Args:
        model: The model that trains.
        data: Its batches.
        callbacks: Its callbacks.
    """

    def __init__(self, model: ModelWithSteps, data: Epochs, callbacks: CallbackList) -> None:
        self.model = model
        self.data = data
        self.callbacks = callbacks
        self._state_to_restore: dict[str, Any] | None = None

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
            "logs": _to_plain(dict(logs or {})),
            "stops": bool(self.model.stop_training),
            "tensors": [t.detach().clone() for t in self._tensors()],
            "optimizers": {name: _to_plain(o.state_dict()) for name, o in self._optimizers().items()},
            "metrics": self.model._compile_spec.state_dict() if self.model._compile_spec is not None else {},
            "own_metrics": [[v.value.detach().clone() for v in metric.variables] for metric in self._own_metrics()],
            "data": self.data.position(between_epochs=step == 0),
            "callbacks": _to_plain(self.callbacks.state_dict()),
            "random": random_states(),
        }

    def describe(self) -> dict[str, Any]:
        """Return what the training run is made of, as it began.

        A `fit` that is called again in the same process, on a model that nobody touched since an interruption, begins
        as the interrupted one did, whatever callbacks have changed: learning rates, layers unfrozen.
        """
        now = describe_training(self.model, self.data)
        now["tensors"] = [f"{t.dtype} {tuple(t.shape)}" for t in self._tensors()]
        began, ended = _described.get(self.model, ({}, {}))
        return {key: began[key] if key in ended and ended[key] == value else value for key, value in now.items()}

    def remember(self, description: dict[str, Any]) -> None:
        """Keep for :meth:`describe` of the next `fit` what this one began as, now that it ends."""
        ended = self.describe()
        _described[self.model] = description, ended

    def forget(self) -> None:
        """Let the next `fit` begin as it is: nothing is left to go on from."""
        _described.pop(self.model, None)

    def check_same(self, state_dict: dict[str, Any], description: dict[str, Any]) -> None:
        """Make sure that a state is of such a training run as this one.

        Args:
            state_dict: What :meth:`state_dict` returned.
            description: What :meth:`describe` returned as this one began.

        Raises:
            ValueError: it is of another; the message says what differs. Nothing has been changed.
            FileContentError: it does not say of what it is.
        """
        then: Any = state_dict.get("description")
        check_keys(then, description, "description")
        own, given = description["tensors"], then["tensors"]
        check_like(given, own, "description['tensors']")
        found = [f"{at} is {now!r:.80} now, and was {was!r:.80}" for at, now, was in differences(description, then)]
        contents = [f for f in found if f.startswith("data.content")]
        found = [f for f in found if f not in contents and not f.startswith("tensors")]
        more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
        listed = "; ".join(found[:5]) + more
        if own != given:
            raise ValueError(
                f"The state is that of another model: it holds {len(given)} tensors, this one has {len(own)}, and their"
                f" shapes or dtypes differ. {listed}{'. ' if listed else ''}Use a folder of its own for each training"
                " run."
            )
        if found:
            raise ValueError(
                f"The state is that of another training run, which cannot go on with other settings: {listed}."
            )
        if contents:
            warn_user(
                "Training goes on with other data than before the interruption: sizes are the same, values are not."
                " Give the same data, or delete the folder of the copy to start again."
            )

    def go_on_from(self, state_dict: dict[str, Any]) -> None:
        """Let the loop take a state, once the callbacks have begun.

        Raises:
            FileContentError: it is malformed; nothing has been changed.
        """
        self._check_form(state_dict)
        self._state_to_restore = state_dict

    def _check_form(self, state: dict[str, Any]) -> None:
        check_keys(state, _KEYS, "The state")
        for key in ("epoch", "step"):
            check_count(state[key], key)
        for key, kind in {"stops": bool, "logs": dict}.items():
            if not isinstance(state[key], kind):
                raise FileContentError(f"{key} is a {kind.__name__}. The copy has {state[key]!r:.60}.")
        check_tensors(state["tensors"], self._tensors(), "tensors")
        optimizers = self._optimizers()
        check_keys(state["optimizers"], optimizers, "optimizers")
        for name, optimizer in optimizers.items():
            self._check_optimizer(state["optimizers"][name], optimizer, f"optimizers[{name!r}]")
        own = self.model._compile_spec.state_dict() if self.model._compile_spec is not None else {}
        if not isinstance(state["metrics"], dict):
            raise FileContentError(f"metrics is a dict. The copy has {type(state['metrics']).__name__}.")
        for key, values in state["metrics"].items():  # some are made by the first batch, and not here yet
            is_list = isinstance(values, list) and all(isinstance(v, torch.Tensor) for v in values)
            if key in own or not is_list:
                check_tensors(values, own.get(key, []), f"metrics[{key!r}]")
        metrics = self._own_metrics()
        if not isinstance(state["own_metrics"], list) or len(state["own_metrics"]) != len(metrics):
            raise FileContentError(f"own_metrics is a list of {len(metrics)} states, and another in the copy.")
        for metric, values in zip(metrics, state["own_metrics"], strict=True):
            check_tensors(values, [v.value for v in metric.variables], f"the metric {metric.name!r}")
        steps = self.data.num_steps
        most = None if steps is None else (state["epoch"] + 1) * steps
        check_position(state["data"], state["step"], self.data.adapter.state_dict(), most)
        self.callbacks.check_state_dict(_from_plain(state["callbacks"]))
        check_random_states(state["random"])

    def _check_optimizer(self, state: Any, optimizer: torch.optim.Optimizer, place: str) -> None:
        if isinstance(optimizer, Optimizer) and not optimizer.built:
            if optimizer is not self.model.optimizer or not self.model.trainable_variables:
                check_keys(state, optimizer.state_dict(), place)  # the step that a subclass wrote builds it
                return
            optimizer.build(self.model.trainable_variables)
        shapes = [p.shape for group in optimizer.param_groups for p in group["params"]]
        check_optimizer(state, optimizer.state_dict(), shapes, place)

    def begin(self, epochs: range) -> tuple[range, dict[str, Any]]:
        """Return the epochs to run, and the logs of the last one that was run.

        Between two epochs the state is taken here, within one by :meth:`begin_epoch`.
        """
        if self._state_to_restore is None:
            return epochs, {}
        left = range(self._state_to_restore["epoch"], epochs.stop)
        if self._state_to_restore["step"] > 0:
            return left, {}
        state = self._restore()
        return (left[:0] if state["stops"] else left), _from_plain(state["logs"])

    def begin_epoch(self) -> tuple[int, dict[str, Any]]:
        """Return how many steps of the epoch that has begun are done already, and the logs of the last one."""
        if self._state_to_restore is None:
            return 0, {}
        state = self._restore()
        return state["step"], _from_plain(state["logs"])

    @torch.no_grad()
    def _restore(self) -> dict[str, Any]:
        state: dict[str, Any] = self._state_to_restore  # type: ignore[assignment]
        self._state_to_restore = None
        model = self.model
        # What other classes may still refuse comes first, so that no weight is touched then.
        self.callbacks.load_state_dict(_from_plain(state["callbacks"]))
        optimizers = self._optimizers()
        for name, value in state["optimizers"].items():
            if name in optimizers:
                _load(optimizers[name], value, model)
        if model._compile_spec is not None:
            model._compile_spec.load_state_dict(state["metrics"])
        for metric, values in zip(self._own_metrics(), state["own_metrics"]):
            metric.set_state(values)
        for tensor, value in zip(self._tensors(), state["tensors"], strict=True):
            tensor.copy_(value)
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


def _load(optimizer: torch.optim.Optimizer, state: dict[str, Any], model: ModelWithSteps) -> None:
    if isinstance(optimizer, Optimizer) and not optimizer.built:
        if optimizer is model.optimizer and model.trainable_variables:
            optimizer.build(model.trainable_variables)
        else:  # the step that a subclass wrote builds it
            vars(optimizer)["_awaited_state"] = state
            return
    optimizer.load_state_dict(state)


def _to_plain(value: Any) -> Any:
    """Return a structure of detached copies of tensors, of Python values, and of arrays as ``{"array": tensor}``."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, Mapping):
        return {key: _to_plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_to_plain(v) for v in value)
    if isinstance(value, np.ndarray):
        return {"array": torch.from_numpy(value.copy())}
    return value.item() if isinstance(value, np.generic) else value


def _from_plain(value: Any) -> Any:
    """Return what :func:`_to_plain` was given."""
    if isinstance(value, dict):
        is_array = value.keys() == {"array"} and isinstance(value["array"], torch.Tensor)
        return value["array"].numpy() if is_array else {key: _from_plain(v) for key, v in value.items()}
    return type(value)(_from_plain(v) for v in value) if isinstance(value, (list, tuple)) else value
