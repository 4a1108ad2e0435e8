"""Which objects of a plugin a file may make: those that the plugin declares safe."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from torchkeras_compat.errors import FileSafetyError
from torchkeras_compat.plugins import config_source, manager
from torchkeras_compat.plugins.info import CONFIG_KINDS, Offer


def check_file_safe(kind: str, found: Any) -> None:
    """Refuse what a plugin registers but does not declare safe to make from a file, if a file is being read.

    Args:
        kind: Kind as which the file wants it.
        found: Class or function that a plugin registers.

    Raises:
        FileSafetyError: the plugin does not list it, as this kind, in ``torchkeras_file_safe``.
    """
    source = config_source.file_name()
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
        wrong = [k for k, v in answer.items() if k not in CONFIG_KINDS or isinstance(v, str)]
        is_collection = not wrong and all(isinstance(v, Collection) for v in answer.values())
    elif is_collection:
        is_collection = not any(isinstance(value, str) for value in answer)
    if not is_collection:
        raise TypeError(
            "it must return names by kind, such as {'layers': ['Scale']}, or the classes and functions themselves;"
            f" kinds are {', '.join(CONFIG_KINDS)}. It returned {answer!r:.100}"
        )
    return answer
