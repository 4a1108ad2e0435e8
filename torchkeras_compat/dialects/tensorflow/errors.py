"""`tf.errors`: what functions of TensorFlow raise.

Exception
└── OpError
    ├── InvalidArgumentError    an argument of the wrong value or dtype; a ValueError too
    ├── NotFoundError           a file or name that is not there; a FileNotFoundError too
    ├── OutOfRangeError         the end of a dataset or file
    └── ...                     the other kinds of TensorFlow
"""

from __future__ import annotations

from typing import Any, ClassVar


class OpError(Exception):
    """An error of a function of TensorFlow.

    Args:
        message: What is wrong. In TensorFlow's order it is the third argument, after a node and an operation.

    Example:
        >>> InvalidArgumentError(None, None, "shapes differ").message
        'shapes differ'
    """

    error_code: ClassVar[int] = 2

    def __init__(self, *args: Any) -> None:
        super().__init__(str(args[2] if len(args) > 2 else args[0] if args else ""))
        self.node_def = args[0] if len(args) > 2 else None
        self.op = args[1] if len(args) > 2 else None

    @property
    def message(self) -> str:
        """What is wrong."""
        return str(self.args[0])

    def __str__(self) -> str:
        return self.message


class CancelledError(OpError):
    """What was asked for was cancelled."""

    error_code = 1


class UnknownError(OpError):
    """An error of no other kind."""


class InvalidArgumentError(OpError, ValueError):
    """An argument has a wrong value, shape or dtype."""

    error_code = 3


class DeadlineExceededError(OpError):
    """Something took longer than allowed."""

    error_code = 4


class NotFoundError(OpError, FileNotFoundError):
    """A file, a directory or a name does not exist."""

    error_code = 5


class AlreadyExistsError(OpError):
    """What should be made exists."""

    error_code = 6


class PermissionDeniedError(OpError):
    """The right to do it is missing."""

    error_code = 7


class ResourceExhaustedError(OpError):
    """There is not enough memory, or not enough of something else."""

    error_code = 8


class FailedPreconditionError(OpError):
    """Something is not in the state that is needed."""

    error_code = 9


class AbortedError(OpError):
    """Something was given up."""

    error_code = 10


class OutOfRangeError(OpError):
    """The end of a dataset or a file was passed."""

    error_code = 11


class UnimplementedError(OpError, NotImplementedError):
    """There is no implementation."""

    error_code = 12


class InternalError(OpError):
    """Something that should always hold does not."""

    error_code = 13


class UnavailableError(OpError):
    """A service cannot be reached."""

    error_code = 14


class DataLossError(OpError):
    """Data is broken beyond repair."""

    error_code = 15


class UnauthenticatedError(OpError):
    """Who asks is not known."""

    error_code = 16
