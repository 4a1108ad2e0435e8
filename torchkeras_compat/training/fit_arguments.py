"""What `fit` received."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from torchkeras_compat.plain_numbers import PLAIN, holds_numpy, plain


@dataclasses.dataclass(frozen=True)
class FitSettings:
    """What `fit` received besides data and callbacks.

    Attributes are those of `Model.fit`.

    Example:
        >>> settings = FitSettings(epochs=3)
        >>> settings.epochs, settings.as_dict()["epochs"]
        (3, 3)
    """

    epochs: int = 1
    initial_epoch: int = 0
    batch_size: int | None = None
    steps_per_epoch: int | None = None
    validation_split: float = 0.0
    validation_freq: int | Sequence[int] = 1
    shuffle: bool | str = True
    verbose: int | str = "auto"

    def as_dict(self) -> dict[str, Any]:
        """Return the settings by the names of the arguments, as plugins see them, who write them to files too."""
        return dict(vars(self))

    def check(self) -> None:
        """Make Python numbers of NumPy's, and make sure that the numbers of epochs are such.

        Raises:
            ValueError: one is not.
        """
        for name, value in vars(self).items():
            if type(value) not in PLAIN and holds_numpy(value):
                object.__setattr__(self, name, plain(value))
        for name, value in (("epochs", self.epochs), ("initial_epoch", self.initial_epoch)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ValueError(f"`{name}` of `fit` is an int, not negative. Received: {name}={value!r}")

    def validation_epochs(self) -> Callable[[int], bool]:
        """Return the function that says whether an epoch, counted from 1, is followed by validation.

        Raises:
            ValueError: ``validation_freq`` says nothing such.
        """
        given = self.validation_freq
        if isinstance(given, int) and not isinstance(given, bool) and given > 0:
            return lambda epoch: epoch % given == 0
        if isinstance(given, (list, tuple, set, frozenset)):
            return lambda epoch: epoch in given
        raise ValueError(
            "Expected `validation_freq` to be a positive int, or a list of the epochs (from 1) to validate after. "
            f"Received: validation_freq={given!r}"
        )


@dataclasses.dataclass(frozen=True)
class FitArguments:
    """What `fit` received.

    Attributes are those of `Model.fit`; ``settings`` holds the others.
    """

    settings: FitSettings
    x: Any = None
    y: Any = None
    sample_weight: Any = None
    class_weight: dict[int, float] | None = None
    validation_data: Any = None
    validation_steps: int | None = None
    validation_batch_size: int | None = None
    callbacks: Any = None
