"""The optimizers of Keras 2 and of `tf.keras.optimizers.legacy`, with the numbers that they had there.

Files name them with ``Legacy`` in front, since today's optimizers have their names and other formulas.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.legacy.optimizers.slots import OptimizerV2
from torchkeras_compat.optimizers import adam, adaptive, ftrl, rmsprop, sgd
from torchkeras_compat.optimizers.base import Numbers, Slots, Tensors
from torchkeras_compat.optimizers.host_scalar import HostScalar
from torchkeras_compat.optimizers.scaling import add_ratio_


def _epsilon(value: float | None) -> float:
    """Return a small number, for None the global one."""
    return config.epsilon() if value is None else float(value)


class LegacySGD(OptimizerV2, sgd.SGD):
    """Gradient descent, with momentum ``v = momentum * v - rate * g``, ``w += v``.

    Args:
        learning_rate: Float or schedule.
        momentum: In [0, 1].
        nesterov: Whether to use Nesterov momentum.
        name: Name.
        kwargs: ``decay``, ``clipnorm``, ``clipvalue``, ``global_clipnorm`` or ``lr``.

    Raises:
        ValueError: ``momentum`` or ``decay`` is out of range.
        TypeError: an argument is unknown.

    Example:
        >>> w = torch.nn.Parameter(torch.ones(1)); optimizer = LegacySGD(0.1, decay=1.0); optimizer.build([w])
        >>> for _ in range(2):
        ...     w.grad = torch.ones(1); optimizer.step()
        >>> round(w.item(), 4)  # 1 - 0.1 - 0.1 / 2
        0.85

    Source: TensorFlow 2.15 API, keras/optimizers/legacy/SGD; Keras 2.3 API, optimizers.
    """

    _slot_names = {"momentum": "momentum"}

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str | None = "SGD",
        **kwargs: Any,
    ) -> None:
        learning_rate = self._take_options(learning_rate, kwargs)
        super().__init__(learning_rate, momentum, nesterov, name=name, **kwargs)


class LegacyRMSprop(OptimizerV2, rmsprop.RMSprop):
    """``a = rho * a + (1 - rho) * g²``, ``w -= rate * g / (sqrt(a) + epsilon)``: epsilon lies outside the root.

    With momentum, which Keras 2.3 did not have, it lies inside, as in TensorFlow.

    Args:
        learning_rate: Float or schedule.
        rho: Decay of the mean of squares.
        momentum: Momentum of the update.
        epsilon: Small number; None for the global one.
        centered: Whether the squared mean gradient is subtracted.
        name: Name.
        kwargs: ``decay``, ``clipnorm``, ``clipvalue``, ``global_clipnorm`` or ``lr``.

    Raises:
        ValueError: ``decay`` is negative.
        TypeError: an argument is unknown.

    Example:
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.full((1,), 1e-6)
        >>> optimizer = LegacyRMSprop(0.1); optimizer.build([w]); optimizer.step(); round(w.item(), 3)
        0.76

    Source: TensorFlow 2.15 API, keras/optimizers/legacy/RMSprop; Keras 2.3 API, optimizers; Hinton 2012.
    """

    _slot_names = {"rms": "velocity", "mg": "average_gradient", "momentum": "momentum"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float | None = 1e-7,
        centered: bool = False,
        name: str | None = "RMSprop",
        **kwargs: Any,
    ) -> None:
        learning_rate = self._take_options(learning_rate, kwargs)
        super().__init__(learning_rate, rho, momentum, _epsilon(epsilon), centered, name=name, **kwargs)

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        if self.momentum:
            super()._update(tensors, gradients, moments, numbers)
            return
        (rate,) = numbers
        squares = moments["velocity"]
        torch._foreach_mul_(squares, self.rho)
        torch._foreach_addcmul_(squares, gradients, gradients, 1.0 - self.rho)
        spread: Any = squares
        if self.centered:
            average = moments["average_gradient"]
            torch._foreach_lerp_(average, gradients, 1.0 - self.rho)
            spread = torch._foreach_addcmul(squares, average, average, -1.0)
        roots = torch._foreach_sqrt(spread)
        torch._foreach_add_(roots, self.epsilon)
        add_ratio_(tensors, gradients, roots, -rate)


class LegacyAdagrad(OptimizerV2, adaptive.Adagrad):
    """``a += g²``, ``w -= rate * g / (sqrt(a) + epsilon)``: epsilon lies outside the root.

    Args:
        learning_rate: Float or schedule.
        initial_accumulator_value: First value of ``a``; 0 in Keras 2.3.
        epsilon: Small number; None for the global one.
        name: Name.
        kwargs: ``decay``, ``clipnorm``, ``clipvalue``, ``global_clipnorm`` or ``lr``.

    Raises:
        ValueError: ``initial_accumulator_value`` or ``decay`` is negative.
        TypeError: an argument is unknown.

    Example:
        >>> LegacyAdagrad(epsilon=None).epsilon
        1e-07

    Source: TensorFlow 2.15 API, keras/optimizers/legacy/Adagrad; Keras 2.3 API, optimizers; Duchi et al. 2011.
    """

    _slot_names = {"accumulator": "accumulator"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float | None = 1e-7,
        name: str | None = "Adagrad",
        **kwargs: Any,
    ) -> None:
        learning_rate = self._take_options(learning_rate, kwargs)
        super().__init__(learning_rate, initial_accumulator_value, _epsilon(epsilon), name=name, **kwargs)

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        (rate,), accumulator = numbers, moments["accumulator"]
        torch._foreach_addcmul_(accumulator, gradients, gradients, 1.0)
        roots = torch._foreach_sqrt(accumulator)
        torch._foreach_add_(roots, self.epsilon)
        add_ratio_(tensors, gradients, roots, -rate)


class LegacyAdadelta(OptimizerV2, adaptive.Adadelta):
    """Today's `Adadelta` with ``decay``.

    Args:
        learning_rate: Float or schedule; 1.0 by default in Keras 2.3.
        rho: Decay of both means.
        epsilon: Small number; None for the global one.
        name: Name.
        kwargs: ``decay``, ``clipnorm``, ``clipvalue``, ``global_clipnorm`` or ``lr``.

    Raises:
        ValueError: ``decay`` is negative.
        TypeError: an argument is unknown.

    Example:
        >>> LegacyAdadelta().get_slot_names()
        ['accum_grad', 'accum_var']

    Source: TensorFlow 2.15 API, keras/optimizers/legacy/Adadelta; Zeiler 2012.
    """

    _slot_names = {"accum_grad": "accumulated_grad", "accum_var": "accumulated_delta_var"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float | None = 1e-7,
        name: str | None = "Adadelta",
        **kwargs: Any,
    ) -> None:
        learning_rate = self._take_options(learning_rate, kwargs)
        super().__init__(learning_rate, rho, _epsilon(epsilon), name=name, **kwargs)


class LegacyAdam(OptimizerV2, adam.Adam):
    """Today's `Adam` with ``decay``.

    Args:
        learning_rate: Float or schedule.
        beta_1: Decay of the first moment.
        beta_2: Decay of the second moment.
        epsilon: Small number; None for the global one.
        amsgrad: Whether the largest second moment so far is used.
        name: Name.
        kwargs: ``decay``, ``clipnorm``, ``clipvalue``, ``global_clipnorm`` or ``lr``.

    Raises:
        ValueError: ``decay`` is negative.
        TypeError: an argument is unknown.

    Example:
        >>> LegacyAdam(amsgrad=True).get_slot_names()
        ['m', 'v', 'vhat']

    Source: TensorFlow 2.15 API, keras/optimizers/legacy/Adam; Kingma and Ba 2015.
    """

    _slot_names = {"m": "momentum", "v": "velocity", "vhat": "velocity_hat"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        name: str | None = "Adam",
        **kwargs: Any,
    ) -> None:
        learning_rate = self._take_options(learning_rate, kwargs)
        super().__init__(learning_rate, beta_1, beta_2, _epsilon(epsilon), amsgrad, name=name, **kwargs)


class LegacyAdamax(OptimizerV2, adaptive.Adamax):
    """Today's `Adamax` with ``decay``.

    Args:
        learning_rate: Float or schedule; 0.002 by default in Keras 2.3.
        beta_1: Decay of the first moment.
        beta_2: Decay of the largest gradient.
        epsilon: Small number; None for the global one.
        name: Name.
        kwargs: ``decay``, ``clipnorm``, ``clipvalue``, ``global_clipnorm`` or ``lr``.

    Raises:
        ValueError: ``decay`` is negative.
        TypeError: an argument is unknown.

    Example:
        >>> LegacyAdamax(decay=0.1).decay
        0.1

    Source: TensorFlow 2.15 API, keras/optimizers/legacy/Adamax; Kingma and Ba 2015, section 7.1.
    """

    _slot_names = {"m": "momentum", "v": "norm"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        name: str | None = "Adamax",
        **kwargs: Any,
    ) -> None:
        learning_rate = self._take_options(learning_rate, kwargs)
        super().__init__(learning_rate, beta_1, beta_2, _epsilon(epsilon), name=name, **kwargs)


class LegacyNadam(OptimizerV2, adaptive.Nadam):
    """Adam with Nesterov momentum on a schedule, ``mu_t = beta_1 * (1 - 0.5 * 0.96**(t * schedule_decay))``.

    Today's `Nadam` has a schedule of ``0.96**t``. The learning rate does not decay.

    Args:
        learning_rate: Float; 0.002 by default in Keras 2.3.
        beta_1: Decay of the first moment.
        beta_2: Decay of the second moment.
        epsilon: Small number; None for the global one.
        name: Name.
        kwargs: ``schedule_decay`` (0.004), ``clipnorm``, ``clipvalue``, ``global_clipnorm`` or ``lr``. ``decay`` is
            accepted and, as in Keras 2, not used.

    Raises:
        ValueError: ``schedule_decay`` is negative.
        TypeError: an argument is unknown.

    Example:
        >>> LegacyNadam().schedule_decay
        0.004

    Source: TensorFlow 2.15 API, keras/optimizers/legacy/Nadam; Keras 2.3 API, optimizers; Dozat 2016.
    """

    _slot_names = {"m": "momentum", "v": "velocity"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        name: str | None = "Nadam",
        **kwargs: Any,
    ) -> None:
        schedule_decay = kwargs.pop("schedule_decay", 0.004)
        if isinstance(schedule_decay, bool) or not float(schedule_decay) >= 0.0:
            raise ValueError(f"`schedule_decay` is not negative. Received: schedule_decay={schedule_decay!r}")
        learning_rate = self._take_options(learning_rate, kwargs)
        self.decay = 0.0
        self.schedule_decay = float(schedule_decay)
        super().__init__(learning_rate, beta_1, beta_2, _epsilon(epsilon), name=name, **kwargs)

    def _prepare(self) -> None:
        super()._prepare()
        self._u_product = HostScalar(self, "_current_product", config.floatx(), "momentum_cache")
        self._tracked[-1] = self._unattached[-1] = self._u_product

    def _factors(self, step: int) -> tuple[float, float]:
        beta_1, pace = self.param_groups[0]["betas"][0], self.schedule_decay
        return (
            beta_1 * (1.0 - 0.5 * math.pow(0.96, pace * step)),
            beta_1 * (1.0 - 0.5 * math.pow(0.96, pace * (step + 1))),
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "schedule_decay": self.schedule_decay}


class LegacyFtrl(OptimizerV2, ftrl.Ftrl):
    """Today's `Ftrl` with ``decay``.

    Args:
        learning_rate: Float or schedule.
        learning_rate_power: How fast the rate falls with the squared gradients, not positive.
        initial_accumulator_value: First value of the squared gradients.
        l1_regularization_strength: Penalty of absolute values.
        l2_regularization_strength: Penalty of squares.
        name: Name.
        l2_shrinkage_regularization_strength: Penalty of which only the gradient is taken.
        beta: ``beta`` of the paper.
        kwargs: ``decay``, ``clipnorm``, ``clipvalue``, ``global_clipnorm`` or ``lr``.

    Raises:
        ValueError: an argument has the wrong sign.
        TypeError: an argument is unknown.

    Example:
        >>> LegacyFtrl().get_slot_names()
        ['accumulator', 'linear']

    Source: TensorFlow 2.15 API, keras/optimizers/legacy/Ftrl; McMahan et al. 2013.
    """

    _slot_names = {"accumulator": "accumulator", "linear": "linear"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        name: str | None = "Ftrl",
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **kwargs: Any,
    ) -> None:
        learning_rate = self._take_options(learning_rate, kwargs)
        super().__init__(
            learning_rate,
            learning_rate_power,
            initial_accumulator_value,
            l1_regularization_strength,
            l2_regularization_strength,
            l2_shrinkage_regularization_strength,
            beta,
            name=name,
            **kwargs,
        )
