"""``tf.get_logger``, ``tf.compat.v1.logging``, verbosity of ``tf.autograph``: one logger of Python, ``tensorflow``."""

from __future__ import annotations

import logging
from typing import Any

DEBUG, INFO, WARN, ERROR, FATAL = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL


def get_logger() -> logging.Logger:
    """Return the logger, whose level a program may set.

    Example:
        >>> get_logger().name
        'tensorflow'
    """
    return logging.getLogger("tensorflow")


def get_verbosity() -> int:
    """Return the level from which messages are shown."""
    return get_logger().getEffectiveLevel()


def set_verbosity(v: Any) -> None:
    """Set the level from which messages are shown.

    Args:
        v: A level, also by name.
    """
    get_logger().setLevel(v)


def log(level: int, msg: str, *args: Any, **kwargs: Any) -> None:
    """Log a message at a level."""
    get_logger().log(level, msg, *args, **kwargs)


def debug(msg: str, *args: Any, **kwargs: Any) -> None:
    """Log a message for those who look for errors."""
    get_logger().debug(msg, *args, **kwargs)


def info(msg: str, *args: Any, **kwargs: Any) -> None:
    """Log a message."""
    get_logger().info(msg, *args, **kwargs)


def warning(msg: str, *args: Any, **kwargs: Any) -> None:
    """Log a warning: ``warning`` and ``warn``."""
    get_logger().warning(msg, *args, **kwargs)


def error(msg: str, *args: Any, **kwargs: Any) -> None:
    """Log an error."""
    get_logger().error(msg, *args, **kwargs)


def fatal(msg: str, *args: Any, **kwargs: Any) -> None:
    """Log an error that ends a program, and let the program go on."""
    get_logger().critical(msg, *args, **kwargs)


def set_autograph_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """Accept how much TensorFlow says of the code it rewrites: here code runs as it is written.

    Raises:
        ValueError: the level is negative.
    """
    if level < 0:
        raise ValueError(f"`level` must not be negative. Received: {level}")
