"""What an adapter is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Arguments = dict[str, Any]
# Of the arguments given, by their old names, and the name of the dialect.
Adapter = Callable[[Arguments, str], Arguments | tuple[str, Arguments]]
