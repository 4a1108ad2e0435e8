"""Exceptions of the package, and the search for the nearest known name.

ValueError
├── UnknownNameError    a name that no scope, built-in or plugin knows
├── NameClashError      two owners claim one name
├── NotBuiltError       weights or shapes were asked of something not built yet
├── NotCompiledError    training was asked of a model without `compile`
├── ConfigValueError    `from_config` got a value that its class refuses; a TypeError too, as Keras raises it
├── FileContentError    a file is broken, or does not hold what it should
│   ├── FileContentTypeError  a TypeError while something of a file is made, as Keras raises it
│   └── FileLimitError  a file asks for more memory, disk or time than its size warrants
└── FileSafetyError     a file or config names what may not stand there, or what a plugin does not declare safe
RuntimeError
└── PluginError         a plugin that breaks the rules, where that is not only a warning
UserWarning
├── PluginWarning       a plugin that is left out because it is broken
└── PortabilityWarning  a saved model has parts that Keras 3 has no counterpart of
"""

from __future__ import annotations

from collections.abc import Iterable


class UnknownNameError(ValueError):
    """A name that no custom object scope, built-in or plugin knows."""


class NameClashError(ValueError):
    """Two owners claim one name."""


class NotBuiltError(ValueError):
    """Weights or shapes were asked of an object that has not been built."""


class NotCompiledError(ValueError):
    """Training or evaluation was asked of a model that has not been compiled."""


class ConfigValueError(ValueError, TypeError):
    """A config holds a value that its class refuses, for which Keras's ``from_config`` raises a TypeError."""


class FileContentError(ValueError):
    """A file is broken, or does not hold what it should."""


class FileLimitError(FileContentError):
    """A file asks for more memory, disk or time than its size warrants; see `saving.FileLimits`."""


class FileContentTypeError(FileContentError, TypeError):
    """What a file holds raised a TypeError, as of a class whose ``from_config`` does not take it; Keras raises that."""


class FileSafetyError(ValueError):
    """A file or config names what may not be made or called where it is named.

    A position in a config takes objects of its kind only; of what plugins register, a file makes only what they declare
    safe; and nothing is computed while a file is read.
    """


class PluginError(RuntimeError):
    """A plugin does not keep to the hook specification, or failed while strict mode is on."""


class PluginWarning(UserWarning):
    """A plugin is broken and was left out."""


class PortabilityWarning(UserWarning):
    """A model was saved with parts that Keras 3 has no counterpart of: the file is whole, and read by this package."""


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return a sentence that offers the known names closest to ``name``, or an empty string.

    Example:
        >>> nearest("rleu", ["relu", "selu", "tanh"])
        " Did you mean 'relu'?"
    """
    import difflib  # only errors need it

    lowered = {k.lower(): k for k in known}
    close = [lowered[k] for k in difflib.get_close_matches(str(name).lower(), lowered, n=3, cutoff=likeness)]
    if not close:
        return ""
    return " Did you mean " + " or ".join(repr(c) for c in close) + "?"
