"""Checks of the arguments that all optimizers take."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from torchkeras_compat.argument_names import known_arguments
from torchkeras_compat.errors import nearest
from torchkeras_compat.own_code import is_own

OPTIONS = (
    "weight_decay",
    "clipnorm",
    "global_clipnorm",
    "clipvalue",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)


def check_options(
    cls: type,
    unknown: dict[str, Any],
    *,
    clipnorm: float | None,
    clipvalue: float | None,
    global_clipnorm: float | None,
    use_ema: bool,
    ema_momentum: float | None,
    ema_overwrite_frequency: int | None,
    gradient_accumulation_steps: int | None,
    loss_scale_factor: float | None,
) -> None:
    """Refuse what no optimizer can do, before it is made.

    Raises:
        ValueError: an argument is unknown or out of range, or two ways of clipping are asked for.
    """
    if unknown:
        raise ValueError(f"Argument(s) not recognized: {unknown}.{_advice(next(iter(unknown)), cls)}")
    clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
    if sum(value is not None for value in clips.values()) > 1:
        given = ", ".join(f"{name}={value}" for name, value in clips.items())
        raise ValueError(f"Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: {given}.")
    for name, value in {**clips, "loss_scale_factor": loss_scale_factor}.items():
        if value is not None and not value > 0:
            raise ValueError(f"`{name}` must be positive. Received: {name}={value}")
    if (use_ema or ema_momentum is not None) and not (ema_momentum is not None and 0 <= ema_momentum <= 1):
        raise ValueError(f"`ema_momentum` must be in the range [0, 1]. Received: ema_momentum={ema_momentum}")
    if ema_overwrite_frequency and not (isinstance(ema_overwrite_frequency, int) and ema_overwrite_frequency >= 1):
        raise ValueError(
            "`ema_overwrite_frequency` must be an integer >= 1 or None. Received:"
            f" ema_overwrite_frequency={ema_overwrite_frequency}"
        )
    if gradient_accumulation_steps and not (
        isinstance(gradient_accumulation_steps, int) and gradient_accumulation_steps >= 2
    ):
        raise ValueError(
            "`gradient_accumulation_steps` must be an integer >= 2. Received:"
            f" gradient_accumulation_steps={gradient_accumulation_steps}"
        )


def check_numbers(optimizer: Any) -> None:
    """Refuse None and strings where the constructor of a class of ours takes a number.

    Raises:
        ValueError: an attribute of the name of such an argument is none.
    """
    cls: Any = type(optimizer)
    for name in _numbers_of(cls):
        value = getattr(optimizer, name, 0)
        if value is None or isinstance(value, str):
            raise ValueError(
                f"`{name}` of {type(optimizer).__name__} is a number. Received: {name}={value!r}. Leave it out for the"
                " default."
            )


@functools.lru_cache
def _numbers_of(cls: type) -> tuple[str, ...]:
    if not is_own(cls):
        return ()
    parameters = inspect.signature(cls.__init__).parameters  # type: ignore[misc]
    return tuple(name for name, p in parameters.items() if p.annotation in ("float", "int") and name not in OPTIONS)


def _advice(name: str, cls: type) -> str:
    if name == "lr":
        return " `lr` of Keras 1 and 2 is called `learning_rate`."
    if name == "decay":
        return " In place of `decay`, give a schedule: learning_rate=schedules.InverseTimeDecay(rate, 1, decay)."
    return nearest(name, known_arguments(cls) or ["learning_rate", "name", *OPTIONS])
