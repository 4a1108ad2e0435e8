"""The class of all optimizers: a `torch.optim.Optimizer` with Keras's surface and formulas."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from torchkeras_compat.naming import auto_name, to_snake_case
from torchkeras_compat.optimizers.schedules.base import LearningRateSchedule
from torchkeras_compat.serialization import deserialize_keras_object, serialize_keras_object
from torchkeras_compat.variables import Variable


class Optimizer(torch.optim.Optimizer):
    """Base of the optimizers: clipping, weight decay, learning rates, and the torch surface.

    Subclasses define ``_slots`` (the names of the moments each parameter has) and ``_update``, one fused or foreach
    pass over all parameters. The step count and the learning rate are host numbers, so a step waits for no device.

    Args:
        learning_rate: Float, schedule, or callable without arguments.
        weight_decay: Decoupled weight decay: before each update ``w -= w * weight_decay * learning_rate``.
        clipnorm: Largest norm of each gradient.
        clipvalue: Largest absolute value in a gradient.
        global_clipnorm: Largest norm of all gradients together.
        params: Parameters to update, for a hand-written loop; `Model.compile` gives them otherwise.
        name: Name, unique by default.

    Raises:
        ValueError: an argument is unknown or out of range, or two ways of clipping are asked for.

    Source: Keras API, optimizers.
    """

    _slots: tuple[str, ...] = ()

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        params: Iterable[Any] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if "lr" in kwargs:
            raise ValueError(
                f"Argument `lr` of Keras 1 and 2 is called `learning_rate`. Use learning_rate={kwargs['lr']!r}."
            )
        if kwargs:
            raise ValueError(f"Argument(s) not recognized: {kwargs}")
        for what, given, default in (
            ("use_ema", use_ema, False),
            ("ema_overwrite_frequency", ema_overwrite_frequency, None),
            ("loss_scale_factor", loss_scale_factor, None),
            ("gradient_accumulation_steps", gradient_accumulation_steps, None),
        ):
            if given != default:
                raise ValueError(
                    f"{type(self).__name__}({what}={given!r}) is not supported yet. Leave it at {default!r}; "
                    "torch.optim.swa_utils.AveragedModel and torch.amp.GradScaler work on the model as it is."
                )
        if sum(x is not None for x in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. "
                f"Received: clipnorm={clipnorm}, clipvalue={clipvalue}, global_clipnorm={global_clipnorm}."
            )
        for what, value in (("clipnorm", clipnorm), ("clipvalue", clipvalue), ("global_clipnorm", global_clipnorm)):
            if value is not None and not value > 0:
                raise ValueError(f"`{what}` must be positive. Received: {what}={value}")
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = False
        self.ema_momentum = ema_momentum
        self.built = False
        self.state = defaultdict(dict)
        self.param_groups = []
        self._iterations = 0
        self._variables: list[Any] = []
        self._excluded: tuple[set[int], list[str]] = (set(), [])
        self._schedule: Callable | None = None
        self._rate = 0.0
        if isinstance(learning_rate, dict):
            learning_rate = deserialize_keras_object(learning_rate)
        if isinstance(learning_rate, LearningRateSchedule) or callable(learning_rate):
            self._schedule = learning_rate
        else:
            self._rate = _rate(learning_rate)
        if params is not None:
            self.build(list(params))

    # -- building --------------------------------------------------------------------------------------------------

    def build(self, variables: Sequence[Any]) -> None:
        """Make the moments of the parameters.

        Args:
            variables: Variables, or torch parameters.
        """
        if self.built:
            return
        self._variables = list(variables)
        tensors = [t for v in variables for t in (v.parameters if isinstance(v, Variable) else (v,))]
        state, self.state = self.state, defaultdict(dict)
        super().__init__([{"params": tensors}] if tensors else [{"params": []}], {"lr": self._rate})
        self.state.update(state)
        self._tensors = tensors
        self._moments = {
            name: [torch.zeros_like(t, memory_format=torch.preserve_format) for t in tensors] for name in self._slots
        }
        for i, t in enumerate(tensors):
            self.state[t].update({name: self._moments[name][i] for name in self._slots})
        self._decayed = [
            self._is_decayed(v) for v in variables for _ in (v.parameters if isinstance(v, Variable) else (v,))
        ]
        self._prepare()
        self.built = True

    def _prepare(self) -> None:
        """Make what one optimizer needs beyond moments."""

    def exclude_from_weight_decay(
        self, var_list: Sequence[Any] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Leave variables out of the weight decay.

        Args:
            var_list: Variables or parameters.
            var_names: Parts of their names or paths.

        Raises:
            ValueError: the optimizer is built already.
        """
        if self.built:
            raise ValueError("`exclude_from_weight_decay()` can only be configured before the optimizer is built.")
        self._excluded = ({id(v) for v in var_list or ()}, list(var_names or ()))

    def _is_decayed(self, variable: Any) -> bool:
        ids, names = self._excluded
        path = getattr(variable, "path", "")
        return id(variable) not in ids and not any(name in path for name in names)

    # -- updating --------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters from their ``.grad``; those without are skipped.

        Args:
            closure: Computes the loss and the gradients; its value is returned.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.update()
        return loss

    @torch.no_grad()
    def update(self) -> None:
        """Update the parameters from their ``.grad``: what ``step`` does, without torch's profiling wrapper."""
        tensors = self._tensors
        gradients: list[Any] = [t.grad for t in tensors]
        moments = self._moments
        decayed = self._decayed
        if None in [g if g is None else 0 for g in gradients]:
            present = [i for i, g in enumerate(gradients) if g is not None]
            if not present:
                return
            tensors = [tensors[i] for i in present]
            gradients = [gradients[i] for i in present]
            moments = {name: [m[i] for i in present] for name, m in moments.items()}
            decayed = [decayed[i] for i in present]
        rate = self._current_rate()
        if self.clipnorm is not None or self.clipvalue is not None or self.global_clipnorm is not None:
            gradients = self._clipped(gradients)
        if self.weight_decay:
            chosen = tensors if all(decayed) else [t for t, d in zip(tensors, decayed, strict=True) if d]
            if chosen:
                torch._foreach_mul_(chosen, 1.0 - self.weight_decay * rate)
        self._iterations += 1
        self._update(tensors, gradients, moments, rate)

    def _update(
        self,
        tensors: list[torch.Tensor],
        gradients: list[torch.Tensor],
        moments: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        raise NotImplementedError(f"{type(self).__name__} must define `_update`.")

    def _clipped(self, gradients: list[torch.Tensor]) -> list[torch.Tensor]:
        if self.clipvalue is not None:
            return [g.clamp(-self.clipvalue, self.clipvalue) for g in gradients]
        largest: Any = self.clipnorm
        norms = torch._foreach_norm(gradients)
        if self.global_clipnorm is not None:
            norm = torch.stack([n.float() for n in norms]).norm()
            scale = self.global_clipnorm / norm.clamp(min=self.global_clipnorm)
            return [g * scale.to(g.dtype) for g in gradients]
        return [g * (largest / n.clamp(min=largest)) for g, n in zip(gradients, norms, strict=True)]

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Any] | None = None) -> int:
        """Update variables from gradients in Keras's layout.

        Args:
            grads: A gradient, or None, for each variable.
            trainable_variables: The variables; None for those the optimizer was built with.

        Returns:
            The number of updates so far.

        Raises:
            ValueError: the numbers differ, or the optimizer was built with other variables.
        """
        variables = list(trainable_variables) if trainable_variables is not None else self._variables
        if len(grads) != len(variables):
            raise ValueError(
                f"`grads` and `trainable_variables` must have one length. Received: {len(grads)} gradients,"
                f" {len(variables)} variables."
            )
        self.build(variables)
        known = {id(t) for t in self._tensors}
        for variable, gradient in zip(variables, grads, strict=True):
            tensors = variable.parameters if isinstance(variable, Variable) else (variable,)
            if any(id(t) not in known for t in tensors):
                raise ValueError(
                    f"Unknown variable: {variable!r}. This optimizer was built with other variables. Make a new one."
                )
            parts: tuple[Any, ...] = (None,) * len(tensors)
            if gradient is not None:
                gradient = gradient.value if isinstance(gradient, Variable) else torch.as_tensor(gradient)
                parts = variable.layout.to_torch(gradient) if isinstance(variable, Variable) else (gradient,)
            for t, g in zip(tensors, parts, strict=True):
                t.grad = None if g is None else g.detach().to(t.dtype).to(t.device)
        if all(g is None for g in grads):
            raise ValueError("No gradients provided for any variable.")
        self.update()
        for variable in variables:
            if isinstance(variable, Variable) and variable.constraint is not None:
                variable.assign(variable.constraint(variable.value.detach()))
        return self._iterations

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> int:
        """Update variables from pairs of gradient and variable; returns the number of updates so far."""
        grads, variables = zip(*list(grads_and_vars), strict=True)
        return self.apply(list(grads), list(variables))

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss; subclasses that scale it return it scaled."""
        return loss

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """Called at the end of training; nothing to do without a moving average of the weights."""

    # -- learning rate ---------------------------------------------------------------------------------------------

    def _current_rate(self) -> float:
        if self._schedule is None:
            return self.param_groups[0]["lr"] if self.param_groups else self._rate
        value = (
            self._schedule(self._iterations) if isinstance(self._schedule, LearningRateSchedule) else self._schedule()
        )
        return _rate(value)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next update, a float; settable unless a schedule rules it."""
        return self._current_rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if self._schedule is not None and not (isinstance(value, LearningRateSchedule) or callable(value)):
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor"
                " argument, hence its learning rate is not settable. If you need the learning rate to be settable, you"
                " should instantiate the optimizer with a float `learning_rate` argument."
            )
        if isinstance(value, LearningRateSchedule) or (callable(value) and not hasattr(value, "to_torch_layout")):
            self._schedule = value
            return
        self._rate = _rate(value)
        for group in self.param_groups:
            group["lr"] = self._rate

    @property
    def iterations(self) -> int:
        """The number of updates so far."""
        return self._iterations

    @iterations.setter
    def iterations(self, value: int) -> None:
        self._iterations = int(value)

    # -- saving ----------------------------------------------------------------------------------------------------

    @property
    def variables(self) -> list[Variable]:
        """Iteration count, learning rate and moments, in Keras's order, names and layout."""
        found = [
            Variable(self._iterations, trainable=False, dtype="int64", name="iteration"),
            Variable(self._current_rate(), trainable=False, dtype="float32", name="learning_rate"),
        ]
        if not self.built:
            return found
        position = 0
        for v in self._variables:
            tensors = v.parameters if isinstance(v, Variable) else (v,)
            path = getattr(v, "path", f"parameter_{position}").replace("/", "_")
            for name in self._slots:
                moment = Variable(0.0, trainable=False, name=f"{path}_{name}")
                places = [{"value": m} for m in self._moments[name][position : position + len(tensors)]]
                moment._bind(
                    [({}, p) for p in places],
                    ["value"] * len(places),
                    v.layout if isinstance(v, Variable) else moment.layout,
                )
                found.append(moment)
            position += len(tensors)
        return found

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put the values of :attr:`variables` into ``store``, under ``"0"``, ``"1"``, ..."""
        for i, v in enumerate(self.variables):
            store[str(i)] = v.numpy()

    def load_own_variables(self, store: dict[str, Any]) -> None:
        """Set the state from what :meth:`save_own_variables` stored.

        Raises:
            ValueError: the number of variables differs.
        """
        own = self.variables
        if len(own) != len(store.keys()):
            raise ValueError(
                f"Optimizer '{self.name}' has {len(own)} variables, the file has {len(store.keys())}. "
                "It was saved with another optimizer, or for another model."
            )
        self._iterations = int(store["0"][()])
        if self._schedule is None:
            self.learning_rate = float(store["1"][()])
        for i, v in enumerate(own[2:], 2):
            v.assign(store[str(i)][()])

    def state_dict(self) -> dict[str, Any]:
        """Return torch's state dictionary, with the number of updates."""
        return {**super().state_dict(), "iterations": self._iterations}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Set the state from what :meth:`state_dict` returned."""
        state_dict = copy.deepcopy(state_dict)  # torch would share the moments with what is loaded
        self._iterations = state_dict.pop("iterations", self._iterations)
        super().load_state_dict(state_dict)
        self._rate = self.param_groups[0]["lr"]
        self._moments = {name: [self.state[t][name] for t in self._tensors] for name in self._slots}

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        rate = serialize_keras_object(self._schedule) if self._schedule is not None else self._current_rate()
        return {
            "name": self.name,
            "learning_rate": rate,
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": False,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": None,
            "loss_scale_factor": None,
            "gradient_accumulation_steps": None,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Optimizer:
        """Return a new optimizer made from what ``get_config`` returned."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = deserialize_keras_object(config["learning_rate"], custom_objects=custom_objects)
        return cls(**config)

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} name={self.name}, learning_rate={self._current_rate():g},"
            f" iterations={self._iterations}>"
        )


def _rate(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "Argument `learning_rate` should be float, or an instance of LearningRateSchedule, or a callable (that"
            " takes in the current iteration value and returns the corresponding learning rate value). Received:"
            f" learning_rate={value!r}"
        ) from error
