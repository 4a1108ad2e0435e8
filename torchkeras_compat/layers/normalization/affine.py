"""What the layers with a scale `gamma` and an offset `beta` share."""

from __future__ import annotations

from typing import Any

from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.layers.base import Layer
from torchkeras_compat.variables import IDENTITY, Layout, Variable


class AffineNormalization(Layer):
    """Base of the layers that normalize, multiply by ``gamma`` and add ``beta``.

    Args:
        epsilon: Added to the variance.
        center: Whether there is a ``beta``.
        scale: Whether there is a ``gamma``.
        beta_initializer: Initializer of ``beta``.
        gamma_initializer: Initializer of ``gamma``.
        beta_regularizer: Penalty of ``beta``, added to the loss.
        gamma_regularizer: Penalty of ``gamma``.
        beta_constraint: Applied to ``beta`` after each update.
        gamma_constraint: Applied to ``gamma`` after each update.
        kwargs: Arguments of `Layer`.

    Raises:
        TypeError: ``epsilon`` is no number.
    """

    _takes_integers = False

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon = check_number("epsilon", epsilon, type(self).__name__)
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.gamma: Variable | None = None
        self.beta: Variable | None = None
        self.supports_masking = True

    @property
    def epsilon(self) -> float:
        """What is added to the variance."""
        return self.__dict__["_epsilon"]

    @epsilon.setter
    def epsilon(self, value: float) -> None:
        self.__dict__["_epsilon"] = value
        for module in (self._modules[name] for name in self._held):
            if module is not None and hasattr(module, "eps"):
                module.eps = value

    def _view_affine(self, module: nn.Module, layout: Layout = IDENTITY) -> None:
        """Make ``gamma`` and ``beta`` the weight and bias of a torch module, or take these from it."""
        if self.scale:
            self.gamma = self._view(
                "gamma",
                [(module, "weight")],
                self.gamma_initializer,
                layout,
                self.gamma_regularizer,
                self.gamma_constraint,
            )
        elif module._parameters.get("weight") is not None:
            module.register_parameter("weight", None)
        if self.center:
            self.beta = self._view(
                "beta", [(module, "bias")], self.beta_initializer, layout, self.beta_regularizer, self.beta_constraint
            )
        elif module._parameters.get("bias") is not None:
            module.register_parameter("bias", None)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return ``input_shape``: normalization keeps it."""
        return tuple(input_shape)

    def _affine_config(self) -> dict[str, Any]:
        return {
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }


def check_number(name: str, value: Any, owner: str) -> float:
    """Return ``value`` as a float.

    Raises:
        TypeError: it is no number.
    """
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        raise TypeError(f"`{name}` of {owner} must be a number. Received: {name}={value!r}")
    return float(value)


def normalized_axes(axis: Any, ndim: int, owner: str) -> tuple[int, ...]:
    """Return ``axis``, one or several, as sorted axes from 0.

    Raises:
        ValueError: an axis does not exist, or comes twice.
    """
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    found = tuple(sorted(a + ndim if a < 0 else a for a in axes))
    if not found or any(not 0 <= a < ndim for a in found) or len(set(found)) != len(found):
        raise ValueError(
            f"`axis` of {owner} must name different axes of an input with {ndim} axes. Received: axis={axis}"
        )
    return found


def check_axes(axis: Any, message: str) -> list[int] | int:
    """Return ``axis`` as an int, or as a list of ints.

    Raises:
        TypeError: it is neither an int nor a list or tuple of ints.
    """
    if isinstance(axis, int) and not isinstance(axis, bool):
        return axis
    if isinstance(axis, (list, tuple)) and all(isinstance(a, int) and not isinstance(a, bool) for a in axis):
        return list(axis)
    raise TypeError(f"{message} Received: axis={axis!r}")
