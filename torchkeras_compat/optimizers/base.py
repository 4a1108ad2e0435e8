"""The class of all optimizers: a `torch.optim.Optimizer` with Keras's surface and formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.naming import auto_name, to_snake_case
from torchkeras_compat.optimizers.by_variable import ByVariable
from torchkeras_compat.optimizers.clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from torchkeras_compat.optimizers.device_update import DeviceUpdate
from torchkeras_compat.optimizers.group_value import take_group_values
from torchkeras_compat.optimizers.host_scalar import HostScalar
from torchkeras_compat.optimizers.options import OPTIONS, check_numbers, check_options
from torchkeras_compat.optimizers.outside_graphs import refuse_capture, update_outside
from torchkeras_compat.optimizers.parts import UpdateInParts
from torchkeras_compat.optimizers.scaling import Number
from torchkeras_compat.optimizers.state import as_variable, to_gradient, without_compiler
from torchkeras_compat.optimizers.weight_decay import WeightDecay
from torchkeras_compat.overrides import OVERRIDES, Addition, TakesNumpyNumbers, overridable
from torchkeras_compat.user_warnings import warn_user
from torchkeras_compat.variables import Variable

# Types of device that torch has fused optimizers for.
FUSED_DEVICES = frozenset(torch.utils._foreach_utils._get_fused_kernels_supported_devices())
Tensors = list[torch.Tensor]
Numbers = tuple[Number, ...]
HostNumbers = tuple[float, ...] | None  # None for no update
Slots = dict[str, Tensors]


class Optimizer(DeviceUpdate, UpdateInParts, WeightDecay, ByVariable, torch.optim.Optimizer, TakesNumpyNumbers):
    """Base of the optimizers: clipping, weight decay, learning rates, averages, accumulation, and the torch surface.

    Our own subclasses define ``_slots`` (the names of the moments each parameter has) and ``_update``, one fused or
    foreach pass over all parameters. A subclass written for Keras defines ``build`` and ``update_step`` instead. The
    step count and the learning rate are host numbers, so a step waits for no device.

    Args:
        learning_rate: Float, schedule, or callable without arguments.
        weight_decay: Decoupled weight decay: before each update ``w -= w * weight_decay * learning_rate``.
        clipnorm: Largest norm of each gradient.
        clipvalue: Largest absolute value in a gradient.
        global_clipnorm: Largest norm of all gradients together.
        use_ema: Whether to keep an exponential moving average of the weights, which they take at the end of `fit`.
        ema_momentum: Fraction of the old average that each update keeps, in [0, 1]; None only without ``use_ema``.
        ema_overwrite_frequency: The weights take their averages every so many updates; None for at the end only.
        loss_scale_factor: Factor of the loss, by which the gradients are divided.
        gradient_accumulation_steps: Steps, 2 or more, whose mean gradient makes one update; None for each its own.
        name: Name, unique by default.
        params: Parameters to update, for a hand-written loop; `Model.compile` gives them otherwise.

    Raises:
        ValueError: an argument is unknown or out of range, or two ways of clipping are asked for.

    Example:
        >>> class Plain(Optimizer):
        ...     def update_step(self, gradient, variable, learning_rate):
        ...         self.assign_sub(variable, learning_rate * gradient)
        >>> v = Variable([1.0, 2.0])
        >>> _ = Plain(0.5).apply([torch.ones(2)], [v]); v.numpy()
        array([0.5, 1.5], dtype=float32)

    Source: Keras API, optimizers.
    """

    _slots: tuple[tuple[str, ...], ...] = ()
    _misspelt_error = ValueError
    _is_on_cuda = False
    _scale_of_gradients: torch.Tensor | None = None  # by which a fused kernel divides them
    _skips: torch.Tensor | None = None  # 1.0 where a fused kernel leaves everything as it is
    minimize = Addition()
    get_updates = Addition()
    get_gradients = Addition()
    get_scaled_loss = Addition()
    get_unscaled_gradients = Addition()
    _awaits_momentum = False  # whether `_begin_momentum` is called before an update that finds one in the group
    _begin_momentum: Callable[[], None]
    _takes_back = True  # whether an update is undone by giving `_state_tensors` their old values

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float | None = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        params: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        check_options(
            type(self),
            kwargs,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            gradient_accumulation_steps=gradient_accumulation_steps,
            loss_scale_factor=loss_scale_factor,
        )
        check_numbers(self)
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = bool(use_ema)
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.built = False
        self._tracked: list[Variable] = []
        self._unattached: list[Variable] = []
        self._trainable_variables: list[Variable] = []
        self._known: set[torch.Tensor] = set()
        self._excluded = (set(), [])
        rate = self._start(learning_rate)
        torch.optim.Optimizer.__init__(self, [{"params": []}], {"lr": rate, **take_group_values(self)})
        if params is not None:
            self.build(list(params))

    # -- building --------------------------------------------------------------------------------------------------

    def build(self, variables: Sequence[Any]) -> None:
        """Make the state for the variables; nothing if it is made already.

        Args:
            variables: Variables, or torch parameters.

        Raises:
            TypeError: one of them is neither.
        """
        if self.built:
            return
        if any(isinstance(v, dict) for v in variables):
            raise TypeError(
                "Parameter groups are not supported: one optimizer has one learning rate. Give each group its own"
                " optimizer, together in a `MultiOptimizer`."
            )
        shown = [as_variable(v, f"parameter_{i}") for i, v in enumerate(variables)]
        plain = [v for v in shown if not v.overwrite_with_gradient]
        self._trainable_variables = shown
        self._overwritten = [v for v in shown if v.overwrite_with_gradient]
        self._constrained = [v for v in shown if v.constraint is not None]
        self._tensors: Tensors = [t for v in plain for t in v.parameters]
        self._owners = [k for k, v in enumerate(plain) for _ in v.parameters]
        self._known = {t for v in shown for t in v.parameters}
        self._places = {t: i for i, t in enumerate(self._tensors)}
        self._indices = {v.parameters[0]: i for i, v in enumerate(shown)}
        self._build_decay(plain)
        self.param_groups[0]["params"] = [t for v in shown for t in v.parameters]
        self._device = self._tensors[0].device if self._tensors else None
        self._is_on_cuda = self._device is not None and self._device.type == "cuda"
        self._is_sharded = any(hasattr(t, "placements") for t in self._tensors)  # DTensors
        self._is_mixed = len({(t.device, t.dtype) for t in self._tensors}) > 1
        self._build_averages(plain)
        if self.gradient_accumulation_steps:
            slots = [self.add_variable_from_reference(v, "gradient_accumulator") for v in shown]
            self._accumulated_gradients = slots
            self._sums = [
                t for v, s in zip(shown, slots, strict=True) if not v.overwrite_with_gradient for t in s.parameters
            ]
        for group in self._slots:
            self.add_optimizer_variables(plain, group)
        names = [n for group in self._slots for n in group]
        self._moments: Slots = {n: [self.state[t][n] for t in self._tensors] for n in names}
        self._prepare()
        self._steps_singly = self._overrides_update_step()
        self._find_parts()
        self.built = True
        awaited = self.__dict__.pop("_awaited_state", None)
        if awaited is not None:
            self.load_state_dict(awaited)

    def _prepare(self) -> None:
        """Make what one optimizer needs beyond moments."""

    def _overrides_update_step(self) -> bool:
        """Whether a subclass says how one variable is updated, rather than all of them."""
        for cls in type(self).__mro__:
            if "_update" in vars(cls):
                return cls is Optimizer
            if "update_step" in vars(cls):
                return True
        return False

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take the parameters of the one group; a second one is refused.

        Raises:
            TypeError: there is a group already.
        """
        if self.param_groups:
            raise TypeError(
                "An optimizer of this package has one group of parameters. Use several, in a `MultiOptimizer`."
            )
        without_compiler(torch.optim.Optimizer.add_param_group)(self, param_group)

    # -- updating --------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters from their ``.grad``; those without are skipped.

        Args:
            closure: Computes the loss and the gradients; its value is returned.

        Raises:
            RuntimeError: a CUDA graph is being captured.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.update()
        return loss

    def update(self) -> None:
        """Update the parameters from their ``.grad``: what ``step`` does, without torch's profiling wrapper.

        Raises:
            RuntimeError: a CUDA graph is being captured.
        """
        if torch.compiler.is_dynamo_compiling():
            return update_outside(self.update)
        if self._is_on_cuda:
            refuse_capture(self.name)
        if not self.built:
            raise RuntimeError(
                f"Optimizer '{self.name}' was asked for an update and does not know what to update. Call"
                " `optimizer.build(model.trainable_variables)` first, or make it with `params=model.parameters()`."
            )
        was_enabled = torch.is_grad_enabled()
        torch._C._set_grad_enabled(False)
        try:
            if self._overwritten:
                self._overwrite([v.value.grad for v in self._overwritten])
            self._advance([t.grad for t in self._tensors])
        finally:
            torch._C._set_grad_enabled(was_enabled)

    def _advance(self, gradients: list[Any]) -> None:
        """Update from gradients in torch's layout, None where there is none."""
        if self._awaits_momentum and self.param_groups[0]["momentum"]:
            self._begin_momentum()
        tensors, moments, present = self._tensors, self._moments, None
        for g in gradients:
            if g is None:
                present = [i for i, g in enumerate(gradients) if g is not None]
                if not present and not self._overwritten:
                    return
                tensors = [tensors[i] for i in present]
                gradients = [gradients[i] for i in present]
                moments = {name: [m[i] for i in present] for name, m in moments.items()}
                break
        if tensors and tensors[0].device != self._device:
            self._follow(tensors[0].device)
        if self.loss_scale_factor is not None:
            gradients = list(torch._foreach_mul(gradients, 1.0 / self.loss_scale_factor))
        if self.gradient_accumulation_steps:
            gradients = self._accumulate(gradients, present)
        if gradients:
            rate = self.param_groups[0]["lr"] if self._schedule is None else self._scheduled_rate()
            if self.clipnorm is not None or self.clipvalue is not None or self.global_clipnorm is not None:
                gradients = self._clip_gradients(gradients, present)
            if self._decay_groups:
                self._decay(tensors, present, rate)
            if self._steps_singly:
                for variable, gradient in self._by_variable(tensors, gradients):
                    self.update_step(gradient, variable, rate)
            else:
                step = self._iterations // (self.gradient_accumulation_steps or 1) + 1
                numbers = self._numbers(rate, step)
                if numbers is not None:
                    if self._parts is None:
                        self._update(tensors, gradients, moments, numbers)
                    else:
                        self._update_by_parts(tensors, gradients, moments, numbers, present)
        if self.use_ema:
            self._update_averages()
        for v in self._constrained:
            v.assign(v.constraint(v.value))  # type: ignore[misc]
        self._iterations += 1
        self._opt_called = True  # torch's schedulers warn if they are stepped before the optimizer

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        """Return the numbers of an update that differ from step to step; None if it makes none.

        Args:
            rate: Learning rate.
            step: Number of the update, from 1.
        """
        return (rate,)

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        """Update parameters by nothing but tensor operations.

        Args:
            tensors: Parameters.
            gradients: Their gradients.
            moments: Their slots, by name.
            numbers: What :meth:`_numbers` returned, as floats or as tensors without axes.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define `update_step(gradient, variable, learning_rate)`."
        )

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one variable: what subclasses written for Keras override.

        Args:
            gradient: Gradient in Keras's layout.
            variable: Variable of the optimizer.
            learning_rate: Float, tensor or variable.
        """
        if self._awaits_momentum and self.param_groups[0]["momentum"]:
            self._begin_momentum()
        places = self._places_of(variable)
        parts = as_variable(variable).layout.to_torch(_tensor_of(gradient))
        tensors = [self._tensors[i] for i in places]
        gradients = [to_gradient(g, t) for g, t in zip(parts, tensors, strict=True)]
        moments = {name: [m[i] for i in places] for name, m in self._moments.items()}
        with torch.no_grad():
            numbers = self._numbers(float(learning_rate), self._updates + 1)
            if numbers is not None:
                self._update(tensors, gradients, moments, numbers)

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Any] | None = None) -> torch.Tensor:
        """Update variables from gradients in Keras's layout.

        Args:
            grads: A gradient, or None, for each variable.
            trainable_variables: The variables; None for those the optimizer was built with.

        Returns:
            The number of updates so far.

        Raises:
            ValueError: the numbers differ, no variable has a gradient, or the optimizer was built with other variables.
            RuntimeError: a CUDA graph is being captured.
        """
        if torch.compiler.is_dynamo_compiling():
            return update_outside(self.apply, grads, trainable_variables)
        grads = OVERRIDES.plain(list(grads))
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        if len(grads) != len(variables):
            raise ValueError(
                f"`grads` and `trainable_variables` must have one length. Received: {len(grads)} gradients,"
                f" {len(variables)} variables."
            )
        if grads and all(g is None for g in grads):
            raise ValueError("No gradients provided for any variable.")
        missing = [getattr(v, "path", "parameter") for g, v in zip(grads, variables, strict=True) if g is None]
        if missing:
            warn_user(
                f"Gradients do not exist for variables {missing} when minimizing the loss. If using `model.compile()`,"
                " did you forget to provide a `loss` argument?"
            )
        self.build([v for g, v in zip(grads, variables, strict=True) if g is not None])
        if self._is_on_cuda:
            refuse_capture(self.name)
        values: list[Any] = [None] * len(self._tensors)
        overwriting: dict[int, Any] = {}
        for variable, gradient in zip(variables, grads, strict=True):
            if gradient is None:
                continue
            gradient = _tensor_of(gradient)
            if getattr(variable, "overwrite_with_gradient", False):
                overwriting[id(variable)] = gradient
                continue
            places = self._places_of(variable)
            for i, g in zip(places, as_variable(variable).layout.to_torch(gradient), strict=True):
                values[i] = to_gradient(g, self._tensors[i])
        with torch.no_grad():
            self._overwrite([overwriting.get(id(v)) for v in self._overwritten])
            self._advance(values)
        return self.iterations.value

    @overridable
    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> torch.Tensor:
        """Update variables from pairs of gradient and variable; returns the number of updates so far."""
        if OVERRIDES.tensors is not None:
            grads_and_vars = OVERRIDES.tensors.gradients(self, grads_and_vars)
        grads, variables = zip(*list(grads_and_vars), strict=True)
        return self.apply(list(grads), list(variables))

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss whose gradients the optimizer takes: times ``loss_scale_factor``, if there is one."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    @property
    def scales_loss(self) -> bool:
        """Whether :meth:`scale_loss` changes the loss."""
        return self.loss_scale_factor is not None or type(self).scale_loss is not Optimizer.scale_loss

    # -- parts of an update ----------------------------------------------------------------------------------------

    def _accumulate(self, gradients: Tensors, present: list[int] | None) -> Tensors:
        """Add gradients up; return their mean when an update is due, else nothing."""
        sums = self._sums if present is None else [self._sums[i] for i in present]
        torch._foreach_add_(sums, gradients)
        steps: int = self.gradient_accumulation_steps  # type: ignore[assignment]
        if (self._iterations + 1) % steps:
            return []
        means = list(torch._foreach_div(sums, steps))
        torch._foreach_zero_(self._sums)
        return means

    def _overwrite(self, gradients: list[Any]) -> None:
        """Set variables that take their gradient as value; of accumulated ones, the largest."""
        steps = self.gradient_accumulation_steps
        for variable, gradient in zip(self._overwritten, gradients, strict=True):
            if gradient is None:
                continue
            if not steps:
                variable.assign(gradient)
                continue
            kept = next(s for v, s in zip(self._trainable_variables, self._accumulated_gradients) if v is variable)
            kept.assign(torch.maximum(kept.value, gradient.to(kept.value.dtype)))
            if (self._iterations + 1) % steps == 0:
                variable.assign(kept.value)
                kept.assign(torch.zeros_like(kept.value))

    def _clip_gradients(self, grads: Sequence[Any], present: list[int] | None = None) -> Tensors:
        """Return clipped gradients."""
        tensors = [torch.as_tensor(g) for g in grads]
        if self.clipvalue is not None:
            return clip_by_value(tensors, self.clipvalue)
        if self.global_clipnorm is not None:
            return clip_by_global_norm(tensors, self.global_clipnorm)
        if self.clipnorm is None:
            return tensors
        owners = (self._owners if present is None else [self._owners[i] for i in present]) if self.built else None
        return clip_by_norm(tensors, self.clipnorm, owners)

    def _follow(self, device: torch.device) -> None:
        """Move the slots to where the model was moved."""
        for slots in self.state.values():
            for slot in slots.values():
                if isinstance(slot, torch.Tensor):
                    slot.data = slot.data.to(device)
        for variable in self._unattached:
            if not isinstance(variable, HostScalar):
                variable._put(0, variable.value.to(device))
        self._device = device
        self._is_on_cuda = device.type == "cuda"
        if self._is_on_cuda:
            refuse_capture(self.name)
        self._is_mixed = len({(t.device, t.dtype) for t in self._tensors}) > 1
        self._find_parts()

    # -- configuration ---------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        # Schedulers of torch wrap `step` in a function that belongs to this very optimizer.
        return {key: value for key, value in self.__dict__.items() if key != "step"}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "name": self.name,
            "learning_rate": self._learning_rate_config(),
            **{option: getattr(self, option) for option in OPTIONS},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Optimizer:
        """Return a new optimizer made from what ``get_config`` returned."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = deserialize_as("schedules", config["learning_rate"], custom_objects)
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, learning_rate={self._rate:g}, iterations={self._updates}>"


def _tensor_of(gradient: Any) -> torch.Tensor:
    return gradient.value if isinstance(gradient, Variable) else torch.as_tensor(gradient)
