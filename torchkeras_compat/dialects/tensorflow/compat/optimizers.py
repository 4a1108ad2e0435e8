"""``tf.compat.v1.train``: optimizers of TensorFlow 1, which are those of Keras with other defaults.

Source: signatures and defaults of TensorFlow 2.15, compat/v1/train.
"""

from __future__ import annotations

from typing import Any

from torchkeras_compat.optimizers import adaptive
from torchkeras_compat.optimizers.adam import Adam
from torchkeras_compat.optimizers.rmsprop import RMSprop
from torchkeras_compat.optimizers.sgd import SGD

Adagrad, Adadelta = adaptive.Adagrad, adaptive.Adadelta


def GradientDescentOptimizer(learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> Any:
    """Return :class:`SGD` without momentum."""
    return SGD(learning_rate, name=name)


def MomentumOptimizer(
    learning_rate: Any,
    momentum: float,
    use_locking: bool = False,
    name: str = "Momentum",
    use_nesterov: bool = False,
) -> Any:
    """Return :class:`SGD` with momentum."""
    return SGD(learning_rate, momentum=momentum, nesterov=use_nesterov, name=name)


def AdamOptimizer(
    learning_rate: Any = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    use_locking: bool = False,
    name: str = "Adam",
) -> Any:
    """Return :class:`Adam`, with the epsilon of TensorFlow 1."""
    return Adam(learning_rate, beta_1=beta1, beta_2=beta2, epsilon=epsilon, name=name)


def RMSPropOptimizer(
    learning_rate: Any,
    decay: float = 0.9,
    momentum: float = 0.0,
    epsilon: float = 1e-10,
    use_locking: bool = False,
    centered: bool = False,
    name: str = "RMSProp",
) -> Any:
    """Return :class:`RMSprop`, with the epsilon of TensorFlow 1."""
    return RMSprop(learning_rate, rho=decay, momentum=momentum, epsilon=epsilon, centered=centered, name=name)


def AdagradOptimizer(
    learning_rate: Any, initial_accumulator_value: float = 0.1, use_locking: bool = False, name: str = "Adagrad"
) -> Any:
    """Return :class:`Adagrad` without epsilon but the least one."""
    return Adagrad(learning_rate, initial_accumulator_value=initial_accumulator_value, epsilon=1e-30, name=name)


def AdadeltaOptimizer(
    learning_rate: Any = 0.001,
    rho: float = 0.95,
    epsilon: float = 1e-8,
    use_locking: bool = False,
    name: str = "Adadelta",
) -> Any:
    """Return :class:`Adadelta`, with the epsilon of TensorFlow 1."""
    return Adadelta(learning_rate, rho=rho, epsilon=epsilon, name=name)
