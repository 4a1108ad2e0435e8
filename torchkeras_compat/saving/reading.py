"""The one place where what goes wrong while a file is read becomes a `FileContentError`."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

import torch

from torchkeras_compat.errors import (
    FileContentError,
    FileContentTypeError,
    FileSafetyError,
    NameClashError,
    NotBuiltError,
    PluginError,
    UnknownNameError,
)
from torchkeras_compat.saving.file_limits import FileLimits, reading_within

# What the user, the computer or a plugin has to do with, and not the content of the file.
_OWN = (FileSafetyError, NameClashError, NotBuiltError, PluginError, UnknownNameError, Warning, torch.OutOfMemoryError)
_OF_THE_SYSTEM = frozenset(
    getattr(errno, name)
    for name in "EACCES EAGAIN EBUSY EDQUOT EIO EMFILE ENFILE ENOENT ENOLCK ENOMEM ENOSPC EPERM EROFS ESTALE".split()
    if hasattr(errno, name)
)


@contextlib.contextmanager
def reading(source: str, limits: FileLimits | None = None) -> Iterator[FileLimits]:
    """Read a file inside the scope, within limits; every reader of a format does.

    Args:
        source: Name of the file, for messages.
        limits: What it may ask for; None for the limits of the scope around it, at last the default ones.

    Raises:
        FileContentError: something in it cannot be read or made. The first error is its ``__cause__``, and in its
            message.
        UnknownNameError, FileSafetyError, NameClashError, PluginError, NotBuiltError: as they were; so is what a
            ``load_own_variables`` or ``load_assets`` of the user's raises itself, but for an OSError by which
            ``load_assets`` says that the assets are broken or missing.
        OSError: the system raised it, as for missing permissions or too many open files.
    """
    try:
        with reading_within(limits) as found:
            yield found
    except FileContentError as error:
        if source in str(error):
            raise
        error.args = (f"Cannot load {source!r}: {error}", *error.args[1:])
        raise
    except _OWN:
        raise
    except RecursionError as error:
        raise FileContentError(
            f"Cannot load {source!r}: what it holds is nested too deep, or contains itself. Save the model again, with"
            " fewer models inside models."
        ) from error
    except Exception as error:
        if is_of_the_system(error) or _is_of_a_hook(error):
            raise
        if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
            raise FileContentError(
                f"Cannot load {source!r}: out of memory ({str(error)[:200]}). Load it on a larger computer, or check"
                " where the file comes from."
            ) from error
        kind = FileContentTypeError if isinstance(error, TypeError) else FileContentError
        raise kind(f"Cannot load {source!r}: {_message_of(error)} {_REMEDY}") from error


_REMEDY = "If the file is broken, copy or save it again; if a class of yours raises this, fix the class."


def is_of_the_system(error: BaseException) -> bool:
    """Return whether the computer raised an error, as for a full disk or missing permissions, and not what was read."""
    known = (FileNotFoundError, PermissionError, TimeoutError)  # which may have no number
    return isinstance(error, known) or (isinstance(error, OSError) and error.errno in _OF_THE_SYSTEM)


def _is_of_a_hook(error: Exception) -> bool:
    """Whether the user's ``load_own_variables`` or ``load_assets`` itself raised an error, and not what it called."""
    trace, module, name = error.__traceback__, "", ""
    while trace is not None:
        module, name = trace.tb_frame.f_globals.get("__name__", ""), trace.tb_frame.f_code.co_name
        trace = trace.tb_next
    return name in ("load_own_variables", "load_assets") and module.partition(".")[0] != __name__.partition(".")[0]


def _message_of(error: Exception) -> str:
    """The message of an error, with its class where the message alone says little."""
    text = str(error).strip()
    text = f"{text[:2000]}..." if len(text) > 2000 else text
    if type(error) is not ValueError or not text:
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if text.endswith((".", "!", "?")) else f"{text}."
