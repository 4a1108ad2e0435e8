"""Which plugins a file needs, and what to do about those that are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from torchkeras_compat.plugins import manager
from torchkeras_compat.plugins.info import IN_USE, Offer


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
