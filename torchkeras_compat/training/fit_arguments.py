"""What `fit` received."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any


@dataclasses.dataclass(frozen=True, eq=False)  # equal as mappings are
class FitSettings(Mapping[str, Any]):
    """What `fit` received besides data and callbacks, by the names of its arguments: what plugins see.

    Attributes are those of `Model.fit`.

    Example:
        >>> settings = FitSettings(epochs=3)
        >>> settings["epochs"], settings.epochs, "x" in settings
        (3, 3, False)
    """

    epochs: int = 1
    initial_epoch: int = 0
    batch_size: int | None = None
    steps_per_epoch: int | None = None
    validation_split: float = 0.0
    validation_freq: int | Sequence[int] = 1
    shuffle: bool | str = True
    verbose: int | str = "auto"

    def __getitem__(self, name: str) -> Any:
        return vars(self)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(vars(self))

    def __len__(self) -> int:
        return len(vars(self))

    def check(self) -> None:
        """Make sure that the numbers of epochs are such.

        Raises:
            ValueError: one is not.
        """
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
