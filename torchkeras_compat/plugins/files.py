"""Plugins and files: what a file may make of a plugin's, and which packages a file needs."""

from __future__ import annotations

import contextlib
import contextvars
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from torchkeras_compat import path_patterns
from torchkeras_compat.errors import FileSafetyError, NameClashError
from torchkeras_compat.plugins import manager
from torchkeras_compat.plugins.file_format import FileFormat
from torchkeras_compat.plugins.info import IN_USE, Offer

_source: contextvars.ContextVar[str | None] = contextvars.ContextVar("source", default=None)
_is_own: contextvars.ContextVar[bool] = contextvars.ContextVar("is_own", default=False)


@contextlib.contextmanager
def reading_file(source: str) -> Iterator[None]:
    """Look names up for a file inside the scope: of what plugins register, only what they declare safe is found.

    Args:
        source: Name of the file, for messages.
    """
    token = _source.set(source)
    steps = path_patterns.reading.set(path_patterns.reading.get() or path_patterns.Steps())
    try:
        yield
    finally:
        _source.reset(token)
        path_patterns.reading.reset(steps)


@contextlib.contextmanager
def reading_config() -> Iterator[None]:
    """As :func:`reading_file`, for a config that the program hands in, unless a file or an own config is being read."""
    if _source.get() is not None or _is_own.get():
        yield
        return
    with reading_file("the config"):
        yield


@contextlib.contextmanager
def own_config() -> Iterator[None]:
    """Find everything that plugins register inside the scope: configs come from live objects, as in a clone."""
    tokens = _source.set(None), _is_own.set(True), path_patterns.reading.set(None)
    try:
        yield
    finally:
        _source.reset(tokens[0])
        _is_own.reset(tokens[1])
        path_patterns.reading.reset(tokens[2])


def is_reading_file() -> bool:
    """Return whether a `reading_file` scope is open."""
    return _source.get() is not None


def check_file_safe(kind: str, found: Any) -> None:
    """Refuse what a plugin registers but does not declare safe to make from a file, if a file is being read.

    Args:
        kind: Kind as which the file wants it.
        found: Class or function that a plugin registers.

    Raises:
        FileSafetyError: the plugin does not list it, as this kind, in ``torchkeras_file_safe``.
    """
    source = _source.get()
    if source is None:
        return
    offers = [offer for offer in manager.offers(kind) if offer.value is found]
    if any(is_file_safe(kind, offer) for offer in offers):
        return
    name, module = getattr(found, "__name__", repr(found)), getattr(found, "__module__", "")
    label = manager.current().infos[offers[0].plugin].label if offers else "that is unknown"
    raise FileSafetyError(
        f"{source!r} names {offers[0].name if offers else name!r} of the plugin {label}, which does not declare it "
        f"safe to make from a file, among its {kind}: the file would choose the arguments. If you trust the file, "
        f"allow it by `custom_objects={{{name!r}: {name}}}`, with {name} from {module!r}. The author of the plugin "
        "allows it for everybody by the hook `torchkeras_file_safe`."
    )


def is_file_safe(kind: str, offer: Offer) -> bool:
    """Return whether the plugin of an offer declares it safe to make from a file, as an object of this kind."""
    for _, answer in manager.current().ask("torchkeras_file_safe", check_safe, only=offer.plugin):
        if isinstance(answer, Mapping):
            found = offer.name in answer.get(kind, ())
        else:
            found = any(offer.value is value for value in answer)
        if found:
            return True
    return False


def check_safe(answer: Any) -> Any:
    """Return what a ``torchkeras_file_safe`` answered, or raise a TypeError that says what it must return."""
    is_collection = isinstance(answer, Collection) and not isinstance(answer, str)
    if isinstance(answer, Mapping):
        wrong = [k for k, v in answer.items() if k not in manager.CONFIG_KINDS or isinstance(v, str)]
        is_collection = not wrong and all(isinstance(v, Collection) for v in answer.values())
    elif is_collection:
        is_collection = not any(isinstance(value, str) for value in answer)
    if not is_collection:
        raise TypeError(
            "it must return names by kind, such as {'layers': ['Scale']}, or the classes and functions themselves;"
            f" kinds are {', '.join(manager.CONFIG_KINDS)}. It returned {answer!r:.100}"
        )
    return answer


# -- which packages a file needs -------------------------------------------------------------------------------------


def requirements(classes: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the plugins that offer these classes and functions: entries of plain data for a file.

    Example:
        >>> requirements([int])
        []
    """
    plugins = manager.current()
    found: dict[str, dict[str, Any]] = {}
    for one in classes:
        offers: list[Offer] = plugins.owners(one)
        if offers:
            info = plugins.infos[offers[0].plugin]
            entry = found.setdefault(
                info.name, {"plugin": info.name, "package": info.package, "version": info.version, "names": []}
            )
            entry["names"] = sorted({*entry["names"], offers[0].name})
    return [found[name] for name in sorted(found)]


def advice(needed: Any) -> str:
    """Return sentences that say what to do about plugins that a file needs and that are not in use as it needs them.

    Args:
        needed: What :func:`requirements` returned, as it came back from a file; anything else is passed over.
    """
    sentences = []
    for entry in needed if isinstance(needed, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("plugin"), str):
            sentences.append(_advice_for(entry))
    return " ".join(filter(None, sentences))


def _advice_for(entry: Mapping[str, Any]) -> str:
    plugin, package, version = entry["plugin"], entry.get("package"), entry.get("version")
    names = entry.get("names")
    what = ", ".join(str(name) for name in names[:9]) if isinstance(names, list) else "objects"
    info = manager.current().infos.get(plugin)
    # A file may say anything: only what looks like the name of a package is repeated in a command.
    is_package = isinstance(package, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", package)
    has_version = isinstance(version, str) and re.fullmatch(r"[0-9][A-Za-z0-9.+!]{0,40}", version)
    if not is_package:
        if info is None:
            return f"The file uses {what} of the plugin {plugin!r:.60}, which belongs to no package: register it first."
        return ""
    pin = f"{package}=={version}" if has_version else f"{package}"
    if info is None:
        return (
            f"The file says that it uses {what} of the plugin {plugin!r:.60}, which is not installed, and that it comes"
            f" with: pip install {pin} (the name is the file's word: make sure that you know this package first)"
        )
    if info.state != IN_USE:
        problem = f" ({info.problem})" if info.problem else ""
        return f"The file uses {what} of the plugin {info.label}, which is {info.state}{problem}."
    if has_version and info.version != version:
        return (
            f"The file says that it was written with {pin}, and {info.version} is installed: pip install {pin} (the"
            " version is the file's word)"
        )
    return ""


# -- file formats ----------------------------------------------------------------------------------------------------


def file_format(path: str) -> FileFormat | None:
    """Return the format of a plugin that the ending of a name chooses, or None.

    Raises:
        NameClashError: two plugins claim the ending.
    """
    found = {
        id(offer.value): offer
        for offer in manager.offers("file_formats")
        if isinstance(offer.value, type) and issubclass(offer.value, FileFormat) and path.endswith(offer.value.suffixes)
    }
    if len(found) > 1:
        infos = manager.current().infos
        owners = " and ".join(f"{offer.name} of plugin {infos[offer.plugin].label}" for offer in found.values())
        raise NameClashError(f"The ending of {path!r} is claimed by {owners}. Block one: TORCHKERAS_PLUGINS_BLOCK=...")
    return next((offer.value() for offer in found.values()), None)
