"""Optimizers of libraries, made from Keras's arguments and those of the library."""

from __future__ import annotations

import functools
import importlib
import inspect
from typing import Any

import torch

from torchkeras_compat.optimizers import TorchOptimizer
from torchkeras_optimizers.names import PLACES

_OURS = ("params", "lr", "weight_decay")  # which are arguments of their own


class LibraryOptimizer(TorchOptimizer):
    """An optimizer of a library, with Keras's arguments and those of its class there.

    Each name has a subclass in :mod:`torchkeras_optimizers`. Schedules, clipping, averages, accumulation, loss scale
    and files are those of `TorchOptimizer`. Schedule-free ones train other weights than those to use, and change
    between them with the mode of the model.

    Args:
        learning_rate: Float, schedule or callable; None for the library's default.
        weight_decay: The library's own; None for its default. ``exclude_from_weight_decay`` spares variables.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name, params: As for `Optimizer`.
        arguments: Of the class of the library, such as ``betas``.

    Raises:
        TypeError: the library's class has no such argument.
        ValueError: as the library says.

    Example:
        >>> from torchkeras_optimizers import AdaBelief
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> optimizer = AdaBelief(0.1, betas=(0.8, 0.99), params=[w])
        >>> optimizer.step(); w.item() < 1
        True
    """

    place = ""  # module and name of the library's class
    decays_itself = True

    def __init__(
        self,
        learning_rate: Any = None,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        params: Any = None,
        **arguments: Any,
    ) -> None:
        cls = self.library_class()
        known = inspect.signature(cls.__init__).parameters
        taken = [n for n, p in list(known.items())[1:] if p.kind is not p.VAR_KEYWORD and n not in _OURS]
        unknown = [n for n in arguments if n not in taken]
        if unknown:
            raise TypeError(
                f"{cls.__name__} of {cls.__module__.partition('.')[0]} has no argument {unknown[0]!r}. It has, beside"
                f" those of Keras: {', '.join(taken)}."
            )
        # A file has lists where Python has tuples, and some libraries look at the type.
        self.arguments = {n: tuple(v) if isinstance(v, list) else v for n, v in arguments.items()}
        super().__init__(
            learning_rate=float(known["lr"].default) if learning_rate is None else learning_rate,
            weight_decay=float(known["weight_decay"].default) if weight_decay is None else weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
        )
        # What the library refuses, it refuses now, and not when the first batch comes.
        self.make_torch_optimizer([torch.nn.Parameter(torch.zeros(1))], self._rate)
        if params is not None:
            self.build(list(params))

    @classmethod
    def library_class(cls) -> Any:
        """Return the class of the library."""
        module, _, name = cls.place.partition(":")
        return getattr(importlib.import_module(module), name)

    def make_torch_optimizer(self, parameters: Any, learning_rate: float) -> torch.optim.Optimizer:
        """Return a new optimizer of the library."""
        return self.library_class()(parameters, lr=learning_rate, weight_decay=self.weight_decay, **self.arguments)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), **self.arguments}


@functools.cache
def named_class(name: str) -> type[LibraryOptimizer]:
    """Return the class of a name of `PLACES`."""
    library, _, target = PLACES[name].partition(":")
    doc = f"{target} of {library}; see :class:`LibraryOptimizer`."
    return type(
        name, (LibraryOptimizer,), {"place": PLACES[name], "__doc__": doc, "__module__": "torchkeras_optimizers"}
    )
