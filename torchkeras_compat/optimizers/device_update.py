"""Updates of which the device may know more than the host: whether to make them at all, and by which numbers.

A captured graph makes the operations that it saw, so the host decides about an update (its `Plan`) before it is
captured or replayed, and what differs from step to step lies in tensors. With loss scaling the device alone knows
whether the gradients are finite: a `Guard` makes each operation leave everything as it is if they are not.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

import torch

from torchkeras_compat.optimizers.host_scalar import HostScalar
from torchkeras_compat.optimizers.parts import LARGEST_TO_COPY, parts_of
from torchkeras_compat.optimizers.scaling import Number, lerp_


class Choices(NamedTuple):
    """Which operations an update makes."""

    is_due: bool  # or the gradients are only added up
    is_idle: bool  # the formula changes nothing
    starts_averages: bool
    overwrites: bool  # the weights with their averages
    settings: tuple[Any, ...]  # numbers that kernels receive from the host


class Plan(NamedTuple):
    """What the host decides about one update.

    Attributes:
        choices: Which operations it makes; equal ones make the same.
        numbers: What differs from step to step, as floats or as tensors without axes.
        parts: Plans of the optimizers within.
    """

    choices: Hashable
    numbers: tuple[Number, ...] = ()
    parts: tuple[Plan, ...] = ()

    @property
    def key(self) -> Hashable:
        """The choices of all parts."""
        return (self.choices, *[part.key for part in self.parts]) if self.parts else self.choices

    def all_numbers(self) -> list[Number]:
        """Return the numbers of all parts in a row."""
        found = list(self.numbers)
        for part in self.parts:
            found += part.all_numbers()
        return found

    def with_numbers(self, numbers: Iterator[Number]) -> Plan:
        """Return the same plan with other numbers, given in the order of :meth:`all_numbers`."""
        own = tuple([next(numbers) for _ in self.numbers])
        return Plan(self.choices, own, tuple([part.with_numbers(numbers) for part in self.parts]))


class Guard:
    """Lets an update happen only where the gradients are finite, without asking the device.

    Args:
        finite: Whether they are, a tensor without axes.
        scale: By which the gradients are to be divided.
    """

    def __init__(self, finite: torch.Tensor, scale: torch.Tensor) -> None:
        self.finite = finite
        self.scale = scale
        self.skips = (~finite).float()

    def number(self, value: Number, otherwise: float, like: torch.Tensor) -> torch.Tensor:
        """Return a number that is ``otherwise`` if the update is left out."""
        finite = self.finite.to(like.device)
        if not isinstance(value, torch.Tensor):
            value = torch.full((), value, dtype=like.dtype, device=like.device)
        return torch.where(finite, value, otherwise)

    def zeroed(self, gradients: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """Return gradients that are 0 if the update is left out."""
        return [torch.where(self.finite.to(g.device), g, 0.0) for g in gradients]

    def restore(self, tensors: Sequence[torch.Tensor], before: Sequence[torch.Tensor]) -> None:
        """Give tensors the values they had before if the update is left out."""
        for now, old in zip(tensors, before, strict=True):
            torch.where(self.finite.to(now.device), now, old, out=now)


class DeviceUpdate:
    """Mixin of `Optimizer`: an update from its plan."""

    _numbers: Any
    _update: Any
    update_step: Any
    _by_variable: Any
    _is_fused: Any
    _clip_gradients: Any
    _grouped: Any
    _state_tensors: Any
    param_groups: list[dict[str, Any]]

    def _decide(self) -> Plan:
        """Decide about the next update; nothing is counted."""
        me: Any = self
        if me._awaits_momentum and self.param_groups[0]["momentum"]:
            me._begin_momentum()
        steps, every, updates = me.gradient_accumulation_steps, me.ema_overwrite_frequency, me._updates
        is_due = not steps or (me._iterations + 1) % steps == 0
        rate = me._rate
        numbers = me._numbers(rate, updates + 1) if is_due and not me._steps_singly else ()
        decays = [1.0 - (getattr(me, option) or 0.0) * rate for option, _ in me._decay_groups] if is_due else []
        own, group = vars(me), self.param_groups[0]
        names = own.get("_setting_names")
        if names is None:
            kinds = (int, float, bool, type(None))
            names = own["_setting_names"] = [k for k, v in own.items() if type(v) in kinds and k[0] != "_"]
        choices = Choices(
            is_due=is_due,
            is_idle=numbers is None,
            starts_averages=me.use_ema and updates == 0,
            overwrites=bool(me.use_ema and every and (updates + 1) % every == 0),
            settings=(*[own[k] for k in names], group.get("betas"), group.get("momentum")),
        )
        return Plan(choices, (*decays, *(numbers or ())))

    def _count(self, gradients: Sequence[Any] | None = None) -> None:
        """Count the update that was decided about; none where there are no gradients, if these are given."""
        me: Any = self
        if gradients is None or any(g is not None for g in gradients):
            me._iterations += 1
        me._opt_called = True

    @property
    def _branches_on_count(self) -> bool:
        """Whether the operations of an update depend on how many there were."""
        me: Any = self
        return bool(me.gradient_accumulation_steps or me.use_ema)

    def _perform(self, gradients: list[Any], plan: Plan, guard: Guard | None = None) -> torch.Tensor | None:
        """Update from gradients in torch's layout, by tensor operations alone.

        Args:
            gradients: A gradient, or None, for each parameter.
            plan: What :meth:`_decide` returned, perhaps with tensors as numbers.
            guard: Decides on the device whether the update happens; the gradients are then scaled.

        Returns:
            Whether it happened, on the device; None if it always does.
        """
        me: Any = self
        choices: Any = plan.choices
        present = [i for i, g in enumerate(gradients) if g is not None]
        if not present:
            return None
        tensors, moments = me._tensors, me._moments
        if len(present) < len(gradients):
            tensors, gradients = [tensors[i] for i in present], [gradients[i] for i in present]
            moments = {name: [m[i] for i in present] for name, m in moments.items()}
        # The kernels take learning rates in single precision.
        is_fused = self._is_fused(tensors[0]) and tensors[0].dtype is not torch.float64 and not me._is_sharded
        clips = me.clipnorm is not None or me.clipvalue is not None or me.global_clipnorm is not None
        scale = None
        if guard is not None:
            # The kernel leaves the gradients divided, so they have to be those of the parameters and not the caller's.
            if is_fused and not clips and not me.gradient_accumulation_steps and gradients[0] is tensors[0].grad:
                scale = guard.scale
            else:
                gradients = list(torch._foreach_div(gradients, guard.scale))
        if me.loss_scale_factor is not None:
            gradients = list(torch._foreach_mul(gradients, 1.0 / me.loss_scale_factor))
        if me.gradient_accumulation_steps:
            gradients = self._add_up(gradients, present, choices.is_due, guard)
        if choices.is_due:
            if clips:
                gradients = self._clip_gradients(gradients, present)
            decays = len(me._decay_groups)
            self._decay_by(tensors, present, plan.numbers[:decays], guard)
            if not choices.is_idle:
                numbers = plan.numbers[decays:]
                if guard is None:
                    me._update(tensors, gradients, moments, numbers)
                elif is_fused:
                    me._scale_of_gradients, me._skips = scale, guard.skips
                    try:
                        me._update(tensors, gradients, moments, numbers)
                    finally:
                        del me._scale_of_gradients, me._skips
                else:
                    self._update_guarded(tensors, gradients, moments, numbers, present, guard)
        if me._averages:
            self._average(choices, guard)
        for v in me._constrained:
            before = [t.detach().clone() for t in v.parameters] if guard is not None else []
            v.assign(v.constraint(v.value))
            if guard is not None:
                guard.restore([t.detach() for t in v.parameters], before)
        return None if guard is None else guard.finite

    def _add_up(
        self, gradients: list[torch.Tensor], present: list[int], is_due: bool, guard: Guard | None
    ) -> list[torch.Tensor]:
        """Add gradients up; return their means if an update is due."""
        me: Any = self
        sums = [me._sums[i] for i in present]
        torch._foreach_add_(sums, gradients if guard is None else guard.zeroed(gradients))
        if not is_due:
            return []
        means = list(torch._foreach_div(sums, me.gradient_accumulation_steps))
        if guard is None:
            torch._foreach_zero_(me._sums)
        else:
            torch._foreach_mul_(me._sums, guard.number(0.0, 1.0, sums[0]))
        return means

    def _decay_by(
        self, tensors: list[torch.Tensor], present: list[int], factors: Sequence[Number], guard: Guard | None
    ) -> None:
        """Apply the weight decay, whose factors are given in the order of the groups."""
        me: Any = self
        groups = me._decay_groups
        if not groups:
            return
        by_option = {option: factor for (option, _), factor in zip(groups, factors, strict=True)}
        if len(present) < len(me._tensors):
            groups = self._grouped(tensors, [me._decay_options[i] for i in present])
        for option, chosen in groups:
            if getattr(me, option):
                factor = by_option[option]
                torch._foreach_mul_(chosen, factor if guard is None else guard.number(factor, 1.0, chosen[0]))

    def _average(self, choices: Choices, guard: Guard | None) -> None:
        """Update the averages of the weights."""
        me: Any = self
        averages, tensors = me._averages, me._tensors
        if guard is None:
            if choices.starts_averages:
                torch._foreach_copy_(averages, tensors)
            else:
                torch._foreach_lerp_(averages, tensors, 1.0 - me.ema_momentum)
            if choices.overwrites:
                torch._foreach_copy_(tensors, averages)
            return
        weight = 1.0 if choices.starts_averages else 1.0 - me.ema_momentum
        lerp_(averages, tensors, guard.number(weight, 0.0, averages[0]))
        if choices.overwrites:
            lerp_(tensors, averages, guard.number(1.0, 0.0, averages[0]))

    def _update_guarded(
        self,
        tensors: list[torch.Tensor],
        gradients: list[torch.Tensor],
        moments: dict[str, list[torch.Tensor]],
        numbers: tuple[Number, ...],
        present: list[int],
        guard: Guard,
    ) -> None:
        """Update by a formula that has no kernel that may skip: part by part, with copies of one part at a time."""
        me: Any = self
        if me._steps_singly:
            touched = [t.detach() for v in me._trainable_variables for t in v.parameters] + self._formula_tensors(None)
            before = [t.clone() for t in touched]
            for variable, gradient in self._by_variable(tensors, gradients):
                self.update_step(gradient, variable, me._rate)
            guard.restore(touched, before)
            return
        owners = [me._owners[i] for i in present]
        for part in parts_of(tensors, owners, LARGEST_TO_COPY):
            touched = [t.detach() for t in tensors[part]] + self._formula_tensors(tensors[part])
            before = list(torch._foreach_clone(touched))
            me._update(tensors[part], gradients[part], {n: m[part] for n, m in moments.items()}, numbers)
            guard.restore(touched, before)

    def _formula_tensors(self, tensors: list[torch.Tensor] | None) -> list[torch.Tensor]:
        """Return the state that the formula of the optimizer may change: that of some parameters, or all."""
        me: Any = self
        others = {id(t) for t in me._averages} | {id(t) for t in getattr(me, "_sums", ())}
        if tensors is None:
            found = self._state_tensors()
        else:
            found = [t for w in tensors for t in me.state[w].values() if isinstance(t, torch.Tensor)]
            found += [v.parameter for v in me._unattached if not isinstance(v, HostScalar)]
        return [t for t in found if id(t) not in others]
