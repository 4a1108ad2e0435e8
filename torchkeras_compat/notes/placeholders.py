"""Statements of published code that show something instead of doing it: signatures, and ``...`` for other code."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

from torchkeras_compat.notes.made_up.roles import METHODS

Step = tuple[ast.stmt | None, str]  # what to run, and what to say before
_DATA = {"fit": ("x_train", "y_train"), "evaluate": ("x_test", "y_test"), "score": ("x_test", "y_test")}
# Methods that documentation shows without a model: `fit(x=None, y=None, batch_size=None, ...)`.
_METHODS = {*METHODS, "compile", "summary", "save", "load_model", "get_layer", "pop"}


def runnable(statement: ast.stmt, is_known: Callable[[str], bool]) -> Iterator[Step]:
    """Yield what to run in the place of a statement, with what to say about it.

    Args:
        statement: As it stands in the note.
        is_known: Whether the note has defined a name.

    Example:
        >>> (statement,) = ast.parse("keras.layers.Dense(units, activation=None)").body
        >>> list(runnable(statement, lambda name: False))
        [(None, 'left out, it shows a signature: keras.layers.Dense(units, activation=None)')]
    """
    text = f"{ast.unparse(statement).partition(chr(10))[0]:.70}"
    if shows_signature(statement, is_known):
        yield None, f"left out, it shows a signature: {text}"
        return
    if not _has_dots(statement):
        yield statement, ""
        return
    if _only_dots(statement):
        yield None, f"left out, `...` stands for code that is not shown: {text}"
        return
    yield ast.fix_missing_locations(_WithoutDots().visit(copy.deepcopy(statement))), f"left out `...` in: {text}"


def shows_signature(statement: ast.stmt, is_known: Callable[[str], bool]) -> bool:
    """Return whether a statement shows how something is called: a call whose result nobody keeps.

    So does ``Dense(units, activation=None)`` with ``units`` unknown, and ``fit(x=None, y=None, ...)`` of no model.
    """
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    call = statement.value
    names = [a.id for a in call.args if isinstance(a, ast.Name) and not is_known(a.id)]
    dots = [a for a in call.args if _is_dots(a)]
    if isinstance(call.func, ast.Name):
        name, owner = call.func.id, ""
    elif isinstance(call.func, ast.Attribute):
        name, owner = call.func.attr, ast.unparse(call.func.value)
    else:
        return False
    nothing = [k.arg for k in call.keywords if k.arg in ("x", "y", "layers") and _is_none(k.value)]
    if name in _METHODS and (not owner or owner in ("Model", "Sequential", "keras.Model", "tf.keras.Model")):
        return (name == "compile" or not is_known(name)) and bool(names or dots or nothing or call.keywords)
    if name in ("fit", "evaluate", "predict") and "x" in nothing:
        return True
    is_class = name[:1].isupper() and len(name) > 1 and not is_known(name)
    is_of_keras = owner.split(".")[0] in ("keras", "tf", "tensorflow", "layers", "optimizers", "callbacks", "losses")
    return (
        bool(names) and len(names) + len(dots) == len(call.args) and (is_class or (is_of_keras and name[:1].isupper()))
    )


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_dots(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _has_dots(statement: ast.stmt) -> bool:
    """Whether ``...`` stands where a value should: in a call, a list, a tuple or an assignment, outside subscripts."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        if _is_dots(statement.value):
            return True
    return any(
        _is_dots(part) or (isinstance(part, ast.keyword) and _is_dots(part.value))
        for node in _outside_subscripts(statement)
        if isinstance(node, (ast.Call, ast.List, ast.Tuple))
        for part in (*getattr(node, "elts", ()), *getattr(node, "args", ()), *getattr(node, "keywords", ()))
    )


def _outside_subscripts(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Subscript) and child is node.slice):
            yield from _outside_subscripts(child)


def _only_dots(statement: ast.stmt) -> bool:
    """Whether nothing is left of a statement without its ``...``."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        value = statement.value
        return _is_dots(value) or (isinstance(value, ast.Tuple) and all(_is_dots(e) for e in value.elts))
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    call = statement.value
    is_training = isinstance(call.func, ast.Attribute) and call.func.attr in METHODS
    return not is_training and all(_is_dots(a) for a in call.args) and not call.keywords


class _WithoutDots(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        return node

    def visit_List(self, node: ast.List) -> ast.AST:
        node.elts = [element for element in node.elts if not _is_dots(element)]
        return self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        node.elts = [element for element in node.elts if not _is_dots(element)]
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        had_dots = any(_is_dots(a) for a in node.args)
        node.args = [a for a in node.args if not _is_dots(a)]
        node.keywords = [k for k in node.keywords if not _is_dots(k.value)]
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        given = {k.arg for k in node.keywords}
        if had_dots and method in METHODS and not node.args and not given & {"x", "generator"}:
            # The data are what is not shown; the names are customary.
            names = _DATA.get(method, ("x_test",))
            node.args = [ast.copy_location(ast.Name(name, ast.Load()), node) for name in names]
            for column, name in enumerate(node.args):  # each at a place of its own
                name.col_offset += column
        return self.generic_visit(node)
