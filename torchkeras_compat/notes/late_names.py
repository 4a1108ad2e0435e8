"""Names of a note that are looked up when its code asks for them: the builtins of its namespace.

Python asks the builtins of a namespace for a name that the namespace itself has not. Ours is a dictionary with
``__missing__``, which Python's interpreter honours in modules, functions, classes and comprehensions alike. So a name
is found at the moment of its use, no statement is run twice, and the namespace of the note holds what the note defined.
"""

from __future__ import annotations

import ast
import builtins
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

MISSING = object()


@dataclass(frozen=True)
class Use:
    """A name where the code of a note uses it.

    Args:
        name: The name.
        frame: The frame that asks for it.
        path: Nodes of the syntax tree from the statement to the name; empty where they are not known.
    """

    name: str
    frame: types.FrameType
    path: Sequence[ast.AST] = ()

    def value(self, node: ast.AST) -> Any:
        """Return the value of a name, or of attributes of one, without running any code of the note; else MISSING."""
        if isinstance(node, ast.Name):
            for names in (self.frame.f_locals, self.frame.f_globals):
                if node.id in names:
                    return names[node.id]
            return MISSING
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Attribute):
            owner = self.value(node.value)
            if owner is MISSING:
                return MISSING
            found = getattr(owner, "__dict__", {}).get(node.attr, MISSING)
            if found is MISSING and isinstance(owner, types.ModuleType):
                found = getattr(owner, node.attr, MISSING)
            return getattr(owner, "_modules", {}).get(node.attr, MISSING) if found is MISSING else found
        return MISSING


Finder = Callable[[Use], Any]


class LateNames(dict[str, Any]):
    """The builtins of a note, and the names that its finders know.

    Args:
        finders: Asked in this order; each returns a value, or :data:`MISSING`.

    Example:
        >>> names = LateNames([lambda use: 41 if use.name == "answer" else MISSING])
        >>> eval("answer + 1", {"__builtins__": names})
        42
    """

    def __init__(self, finders: Sequence[Finder] = ()) -> None:
        super().__init__(vars(builtins))
        self.finders = list(finders)
        self.trees: dict[str, list[ast.Module]] = {}
        self._is_looking = False

    def know(self, source: str, tree: ast.Module) -> None:
        """Add the syntax tree of a block, for the places of names."""
        self.trees.setdefault(source, []).append(tree)

    def __missing__(self, name: str) -> Any:
        if self._is_looking or name.startswith("__"):
            raise KeyError(name)
        frame = sys._getframe(1)
        self._is_looking = True
        try:
            use = Use(name, frame, self._path(frame, name))
            for find in self.finders:
                found = find(use)
                if found is not MISSING:
                    return found
        finally:
            self._is_looking = False
        raise KeyError(name)

    def _path(self, frame: types.FrameType, name: str) -> list[ast.AST]:
        """Nodes from the statement that a frame is in to the name that it asks for."""
        trees = self.trees.get(frame.f_code.co_filename, [])
        positions = list(frame.f_code.co_positions())
        index = frame.f_lasti // 2
        if not 0 <= index < len(positions):
            return []
        line, _, column, _ = positions[index]
        for tree in reversed(trees):  # one that was changed is known after the one that stands in the note
            path = _path_to(tree, name, line, column)
            if path:
                return path
        return []


def _path_to(tree: ast.Module, name: str, line: int | None, column: int | None) -> list[ast.AST]:
    """Nodes from a statement of the module down to the name at a place."""

    def descend(node: ast.AST, above: list[ast.AST]) -> list[ast.AST]:
        here = [*above, node]
        if isinstance(node, ast.Name) and node.id == name and (node.lineno, node.col_offset) == (line, column):
            return here
        for child in ast.iter_child_nodes(node):
            first, last = getattr(child, "lineno", None), getattr(child, "end_lineno", None)
            if first is not None and last is not None and line is not None:
                decorators = [d.lineno for d in getattr(child, "decorator_list", ())]
                if not min([first, *decorators]) <= line <= last:
                    continue
            found = descend(child, here)
            if found:
                return found
        return []

    return descend(tree, [])[1:]
