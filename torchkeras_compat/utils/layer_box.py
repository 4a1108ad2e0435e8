"""The box of a layer in the drawing of a model."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from torchkeras_compat import tree
from torchkeras_compat.models.operation_config import operation_class


def box(pydot: Any, operation: Any, calls: list[Any], shown: dict[str, bool]) -> Any:
    """Return the node of an operation: a table with its class, and what else is to be shown.

    Args:
        pydot: The module.
        operation: Layer, module or recorded function.
        calls: Its recorded calls, whose tensors have the shapes and dtypes.
        shown: Whether to show ``"name"``, ``"activation"``, ``"shapes"``, ``"dtype"`` and ``"trainable"``.
    """
    kind = escape(operation_class(operation))
    title = f"<b>{escape(getattr(operation, 'name', kind))}</b> ({kind})" if shown["name"] else f"<b>{kind}</b>"
    cells = list(_cells(operation, kind, calls, shown))
    span = max(1, len(cells))
    rows = [_cell(title, "black", "white", 16, span)]
    activation = getattr(operation, "activation", None)
    if shown["activation"] and activation is not None:
        name = getattr(activation, "name", None) or getattr(activation, "__name__", None) or type(activation).__name__
        rows.append(_cell(f"Activation: <b>{escape(name)}</b>", "white", span=span))
    if cells:
        rows.append("".join(cells))
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    label = f'<<table border="0" cellborder="1" bgcolor="black" cellpadding="10">{table}</table>>'
    return pydot.Node(str(id(operation)), label=label, fontname="Helvetica", border="0", margin="0")


def _cells(operation: Any, kind: str, calls: list[Any], shown: dict[str, bool]) -> Iterator[str]:
    """Yield the cells of the last row of a box."""
    if shown["shapes"]:
        if kind != "InputLayer":
            inputs = [node.explicit_inputs for node in calls]
            yield _cell(f"Input shape: <b>{_of_all([i[0] if len(i) == 1 else i for i in inputs], 'shape')}</b>")
        yield _cell(f"Output shape: <b>{_of_all([node.outputs for node in calls], 'shape')}</b>")
    if shown["dtype"]:
        yield _cell(f"Output dtype: <b>{_of_all([node.outputs for node in calls], 'dtype')}</b>")
    if shown["trainable"] and getattr(operation, "weights", None):
        trains = operation.trainable
        text = f"<b>{'Trainable' if trains else 'Non-trainable'}</b>"
        yield _cell(text, "forestgreen" if trains else "firebrick", "white")


def _cell(text: str, background: str = "white", colour: str = "black", size: int = 14, span: int = 1) -> str:
    across = f' colspan="{span}"' if span > 1 else ""
    return f'<td bgcolor="{background}"{across}><font point-size="{size}" color="{colour}">{text}</font></td>'


def _of_all(structures: list[Any], attribute: str) -> str:
    """Return an attribute of symbolic tensors as text if it is the same in all structures."""
    texts = {_text(tree.map_structure(lambda tensor: _Text(getattr(tensor, attribute)), s)) for s in structures}
    return escape(texts.pop()) if len(texts) == 1 else "?"


class _Text(str):
    """A leaf: shapes are tuples, which would be structures themselves."""

    def __new__(cls, value: Any) -> _Text:
        return super().__new__(cls, str(value))


def _text(structure: Any) -> str:
    if isinstance(structure, dict):
        return ", ".join(f"{key}: {_text(value)}" for key, value in structure.items())
    if isinstance(structure, (list, tuple)):
        return f"[{', '.join(map(_text, structure))}]"
    return str(structure)
