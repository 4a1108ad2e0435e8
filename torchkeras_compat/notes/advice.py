"""What to do about an error of a note, where the message does not say it."""

from __future__ import annotations

import builtins
import socket
import sys
import urllib.error
from collections.abc import Iterable, Iterator

from torchkeras_compat.errors import nearest
from torchkeras_compat.notes.made_up.roles import role_of_name
from torchkeras_compat.notes.missing_packages import advice_for_module

PROVIDED = ("keras", "tensorflow", "tf_keras")
_NO_NETWORK = {"ConnectionError", "ConnectTimeout", "NewConnectionError", "MaxRetryError", "NameResolutionError"}


def advice(error: BaseException, known_names: Iterable[str] = ()) -> str:
    """Return what to do about an error; an empty string where there is nothing to say.

    Args:
        error: What the note raised.
        known_names: Names that the note could use, to suggest one for a misspelt name.

    Example:
        >>> advice(ModuleNotFoundError("No module named 'yaml'", name="yaml"))
        "install the package that has 'yaml': pip install pyyaml"
    """
    if any(_is_of_the_network(cause) for cause in _causes(error)):
        return (
            "there is no network here, or the server does not answer. Download the file elsewhere and put it where the "
            "message says; --sample-data generates what `keras.datasets` would download."
        )
    if isinstance(error, NameError) and error.name and not isinstance(error, UnboundLocalError):
        return _of_name(error.name, known_names)
    if isinstance(error, ModuleNotFoundError) and error.name:
        if error.name.partition(".")[0] in PROVIDED:
            return f"import the name from elsewhere; there is no module {error.name!r}. See `dir(keras)`."
        return advice_for_module(error.name)
    if isinstance(error, ImportError) and error.name in sys.modules:
        _, _, quoted = str(error).partition("cannot import name ")
        hint = nearest(quoted.split("'")[1], dir(sys.modules[error.name])) if quoted else ""
        return f"import another name from {error.name!r}, or this one from elsewhere.{hint}"
    if isinstance(error, SyntaxError):
        return "correct this line of the note; it is not Python as it stands."
    if isinstance(error, FileNotFoundError):
        return "give a path that exists, relative to the folder in which the command runs."
    if isinstance(error, KeyboardInterrupt):
        return "the run was interrupted; start it again."
    return ""


def _of_name(name: str, known_names: Iterable[str]) -> str:
    text = f"{name!r} is not defined above this line. Define it in an earlier block, or import it."
    hint = nearest(name, [*known_names, *vars(builtins)])
    if not hint and role_of_name(name) is not None:
        hint = " --made-up makes data for it, and --data FILE.csv --target COLUMN takes a table."
    return text + hint


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        yield step
        step = step.__cause__ or step.__context__


def _is_of_the_network(error: BaseException) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return False
    return isinstance(error, (urllib.error.URLError, socket.gaierror)) or type(error).__name__ in _NO_NETWORK
