"""Whether what runs now is recorded for gradients, as TensorFlow decides it: inside a `GradientTape`, and not outside.

torch records whatever touches a parameter. Here the results of ``tf.*`` functions and of layers called outside of tapes
are not recorded, and what was made before a tape was opened is a constant for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Recording:
    """What is recorded at the moment.

    Attributes:
        depth: How many tapes are open, and functions of a user that the core runs and differentiates.
        epoch: Number of the outermost tape opened last. Tensors of another epoch are constants.
        tapes: The tapes that are open, the innermost last.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.epoch = 0
        self.tapes: list[object] = []

    def open(self) -> None:
        """Begin to record."""
        if self.depth == 0:
            self.epoch += 1
        self.depth += 1

    def close(self) -> None:
        """End what :meth:`open` began."""
        self.depth -= 1


RECORDING = Recording()


@contextmanager
def differentiated_by_the_core() -> Iterator[None]:
    """Record what runs inside as the core wants it, which computes gradients without a tape."""
    RECORDING.depth += 1
    try:
        yield
    finally:
        RECORDING.depth -= 1
