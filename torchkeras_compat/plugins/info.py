"""What is known of a plugin: its names, its package, whether it is in use, what it offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

IN_USE, BLOCKED, NOT_SELECTED, BROKEN = "in use", "blocked", "not selected", "broken"

# Kinds of objects that a config or a file may name, and those that only code and the command line use.
CONFIG_KINDS = (
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "schedules",
    "initializers",
    "regularizers",
    "constraints",
    "activations",
)
OFFERED_KINDS = (*CONFIG_KINDS, "callbacks", "data_adapters", "file_formats", "commands")


@dataclass
class PluginInfo:
    """One plugin, installed or registered.

    Args:
        name: Name of its entry point, or under which it was registered.
        package: Name of the installed distribution, or None.
        version: Version of the distribution, or None.
        target: What the entry point leads to, such as ``"torchkeras_focal.plugin"``.
        state: ``"in use"``, ``"blocked"``, ``"not selected"`` or ``"broken"``.
        problem: What is wrong with a broken one.
    """

    name: str
    package: str | None = None
    version: str | None = None
    target: str = ""
    state: str = IN_USE
    problem: str = ""

    @property
    def label(self) -> str:
        """``'focal' (torchkeras-focal 0.1.0)``.

        Example:
            >>> PluginInfo("focal", "torchkeras-focal", "0.1.0").label
            "'focal' (torchkeras-focal 0.1.0)"
        """
        return repr(self.name) + (f" ({self.package} {self.version})" if self.package else "")


@dataclass(frozen=True)
class Offer:
    """One name that one plugin offers.

    Args:
        plugin: Name of the plugin.
        name: The name, without package.
        value: Class or function.
        has_bare_name: Whether the name is found without its package, too.
    """

    plugin: str
    name: str
    value: Any
    has_bare_name: bool = True

    @property
    def qualified(self) -> str:
        """``plugin>name``."""
        return f"{self.plugin}>{self.name}"
