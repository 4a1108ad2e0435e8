"""The state of optimizers in `.keras` files of Keras 2.12 to 2.15, which count the arrays: which variable is which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from torchkeras_compat.optimizers.adafactor import Adafactor
from torchkeras_compat.optimizers.adaptive import Nadam
from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras_compat.optimizers.sgd import SGD
from torchkeras_compat.saving.old_optimizer_state import product_of_momenta

_Shape = tuple[int, ...]


def counted_targets(optimizer: Any, shapes: Sequence[_Shape]) -> dict[int, Any] | None:
    """Return the variables of an optimizer by the numbers that they have in a file of Keras 2; None if none fit.

    Keras 2 kept the learning rate in the config alone, and some optimizers had more or fewer variables than today.

    Args:
        optimizer: Optimizer, built.
        shapes: Shapes of the arrays in the file, in the order of their numbers.

    Example:
        >>> import torch
        >>> from torchkeras_compat.optimizers.adam import Adam
        >>> optimizer = Adam(params=[torch.nn.Parameter(torch.ones(2))])
        >>> [v.name for v in counted_targets(optimizer, [(), (2,), (2,)]).values()]
        ['iteration', 'parameter_0_momentum', 'parameter_0_velocity']
    """
    if isinstance(optimizer, LossScaleOptimizer):  # its own part repeats that of the optimizer inside
        return None if counted_targets(optimizer.inner_optimizer, shapes) is None else {}
    for variables in _layouts(optimizer):
        expected = [shape if v is None else tuple(v.shape) for v, shape in zip(variables, shapes, strict=False)]
        if len(variables) == len(shapes) and expected == list(shapes):
            return {i: v for i, v in enumerate(variables) if v is not None}
    return None


def _layouts(optimizer: Any) -> Iterator[list[Any]]:
    """Yield the variables that a file may hold; None for one that is not used."""
    own = [v for v in optimizer.variables if v.name != "learning_rate"]
    yield own
    if isinstance(optimizer, Nadam):
        yield [v for v in own if v is not optimizer._u_product]
    if isinstance(optimizer, Adafactor) and optimizer.built:
        unused = {id(v) for v in (*optimizer._rows, *optimizer._columns) if v.shape == ()}
        yield [v for v in own if id(v) not in unused]
    if isinstance(optimizer, SGD) and not optimizer.momentum:
        yield [*own, *(None for _ in optimizer._trainable_variables)]


def has_lost_state(compiled: Any) -> bool:
    """Return whether the optimizer of a `.keras` file is one whose state Keras 2 left out: of `optimizers.legacy`.

    Args:
        compiled: ``compile_config`` of the file.

    Example:
        >>> has_lost_state({"optimizer": {"module": "keras.optimizers.legacy", "class_name": "Adam", "config": {}}})
        True
    """
    optimizer = compiled.get("optimizer") if isinstance(compiled, dict) else None
    while isinstance(optimizer, dict):
        if optimizer.get("module") == "keras.optimizers.legacy":
            return True
        settings = optimizer.get("config")
        optimizer = settings.get("inner_optimizer") if isinstance(settings, dict) else None
    return False


def complete_state(obj: Any, loaded: set[int]) -> None:
    """Set what follows from the rest of a state where a file does not hold it: the product that Nadam keeps.

    Args:
        obj: What was loaded, an optimizer or not.
        loaded: `id` of each variable that got a value.
    """
    if isinstance(obj, Nadam) and obj.built and id(obj._u_product) not in loaded:
        obj._u_product.assign(product_of_momenta(obj, int(obj.iterations)))
