"""`model_to_dot`, `plot_model`: the layers of a model and how they are connected, as a drawing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.utils.layer_box import box

_DIRECTIONS = ("TB", "LR", "BT", "RL")
_SPLINES = ("ortho", "curved", "polyline", "spline", "line")


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """Return a model as a graph in the language of Graphviz: a box for each layer, an arrow for each connection.

    A model whose class defines ``call`` is one box. Needs the package ``pydot``; Graphviz itself is not needed.

    Args:
        model: A built model.
        show_shapes: Whether boxes tell the shapes of inputs and outputs, ``?`` where they differ from call to call.
        show_dtype: Whether boxes tell the dtype of the outputs.
        show_layer_names: Whether boxes tell the names of layers beside their classes.
        rankdir: Way that the arrows go: ``"TB"`` (down), ``"LR"`` (right), ``"BT"`` or ``"RL"``.
        expand_nested: Whether models in the model are drawn with their layers, each inside a frame.
        dpi: Dots per inch of a picture.
        subgraph: Whether to return a ``pydot.Cluster``, a frame in another graph.
        show_layer_activations: Whether boxes tell the activation of layers that have one.
        show_trainable: Whether boxes of layers with weights tell whether those are trained.
        splines: Form of the arrows: ``"ortho"``, ``"curved"``, ``"polyline"``, ``"spline"`` or ``"line"``.
        **kwargs: None is known.

    Returns:
        A ``pydot.Dot``; the name of a node is ``str(id(layer))``, as in Keras.

    Raises:
        ImportError: ``pydot`` is not installed.
        ValueError: the model is not built, or an argument is none of these.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
        >>> dot = model_to_dot(model)
        >>> len(dot.get_nodes()) - 1, len(dot.get_edges())  # without the node of defaults
        (2, 1)

    Source: Keras API, utils/model_to_dot.
    """
    _check(model, rankdir, dpi, splines, kwargs)
    pydot = _pydot("model_to_dot")
    if subgraph:
        graph = pydot.Cluster(graph_name=model.name, style="dashed", label=model.name, labeljust="l")
    else:
        graph = pydot.Dot(rankdir=rankdir, concentrate=True, dpi=dpi, splines=splines)
        graph.set_node_defaults(shape="record")
    shown = {
        "shapes": show_shapes,
        "dtype": show_dtype,
        "name": show_layer_names,
        "activation": show_layer_activations,
        "trainable": show_trainable,
    }
    _fill(pydot, graph, model, expand_nested, shown)
    return graph


def plot_model(
    model: Any,
    to_file: str | os.PathLike[str] = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """Draw a model into a picture file.

    Needs the package ``pydot`` and the program Graphviz, except for a file that ends in ``.dot``: that is the source.

    Args:
        model: A built model.
        to_file: File to write; its ending says the format (``.png``, ``.svg``, ``.pdf``, ...), PNG without one.
        show_shapes: As for :func:`model_to_dot`, and so are the others.
        show_dtype: Whether boxes tell the dtype.
        show_layer_names: Whether boxes tell the names of layers.
        rankdir: Way that the arrows go.
        expand_nested: Whether models in the model are drawn with their layers.
        dpi: Dots per inch.
        show_layer_activations: Whether boxes tell activations.
        show_trainable: Whether boxes tell what is trained.
        splines: Form of the arrows.
        **kwargs: None is known.

    Returns:
        The picture, in a notebook, where it is displayed; else None.

    Raises:
        ImportError: ``pydot`` or Graphviz is not installed. In a notebook this is a message, so that the cells below
            run.
        ValueError: the model is not built, an argument is none of these, or Graphviz does not know the format.

    Source: Keras API, utils/plot_model.
    """
    _check(model, rankdir, dpi, splines, kwargs)
    try:
        dot = model_to_dot(
            model,
            show_shapes=show_shapes,
            show_dtype=show_dtype,
            show_layer_names=show_layer_names,
            rankdir=rankdir,
            expand_nested=expand_nested,
            dpi=dpi,
            show_layer_activations=show_layer_activations,
            show_trainable=show_trainable,
            splines=splines,
        )
        path = Path(to_file)
        form = path.suffix[1:] or "png"
        picture = dot.to_string().encode() if form == "dot" else _drawn(dot, form)
    except ImportError as error:
        if "IPython.core.magics.namespace" not in sys.modules:
            raise
        write_message(str(error))
        return None
    with written_whole(path) as temporary:
        temporary.write_bytes(picture)
    if "IPython" not in sys.modules or form in ("pdf", "dot"):
        return None
    from IPython import display  # loaded already

    return display.SVG(filename=str(path)) if form == "svg" else display.Image(filename=str(path))


def _check(model: Any, rankdir: Any, dpi: Any, splines: Any, unknown: dict[str, Any]) -> None:
    if unknown.pop("layer_range", None) is not None:
        raise ValueError("Argument `layer_range` is no longer supported. Draw a model of the layers in question.")
    if unknown:
        raise ValueError(f"Unrecognized keyword arguments: {unknown}")
    if not getattr(model, "built", True):
        raise ValueError(
            "This model has not yet been built. Build the model first by calling `build()` or by calling the model on a"
            " batch of data."
        )
    if rankdir not in _DIRECTIONS:
        raise ValueError(f"`rankdir` is one of {_DIRECTIONS}. Received: rankdir={rankdir!r}")
    if splines not in _SPLINES:
        raise ValueError(f"`splines` is one of {_SPLINES}. Received: splines={splines!r}")
    if isinstance(dpi, bool) or not isinstance(dpi, (int, float)) or dpi <= 0:
        raise ValueError(f"`dpi` is a positive number. Received: dpi={dpi!r}")


def _pydot(who: str) -> Any:
    try:
        import pydot  # optional
    except ImportError as error:
        raise ImportError(
            f"You must install pydot (`pip install pydot`) for `{who}` to work; it is part of torchkeras-compat[plot]."
        ) from error
    return pydot


def _drawn(dot: Any, form: str) -> bytes:
    """Return the picture that Graphviz makes."""
    try:
        return dot.create(format=form)
    except OSError as error:
        raise ImportError(
            "You must install graphviz (see instructions at https://graphviz.gitlab.io/download/) for `plot_model` to "
            "work. Without it, a file that ends in '.dot' holds the graph for other programs."
        ) from error
    except AssertionError as error:  # how pydot says that `dot` failed
        raise ValueError(f"Graphviz could not write the format '{form}': {error}") from error


def _fill(pydot: Any, graph: Any, model: Any, expands: bool, shown: dict[str, bool]) -> None:
    """Draw the boxes of a model, then its arrows."""
    if not isinstance(model, (Functional, Sequential)):
        graph.add_node(box(pydot, model, [], shown))
        return
    calls = _calls(model)
    operations = model.layers if isinstance(model, Sequential) else model.operations
    for operation in operations:
        if expands and isinstance(operation, (Functional, Sequential)):
            frame = pydot.Cluster(graph_name=operation.name, style="dashed", label=operation.name, labeljust="l")
            _fill(pydot, frame, operation, expands, shown)
            graph.add_subgraph(frame)
        else:
            own = calls.get(id(operation)) or operation._inbound_nodes[:1]  # of an input, its making
            graph.add_node(box(pydot, operation, own, shown))
    known = set()
    for source, target in _arrows(model, operations, calls, expands):
        ends = str(id(source)), str(id(target))
        if ends not in known:
            known.add(ends)
            graph.add_edge(pydot.Edge(*ends, penwidth="2"))


def _calls(model: Any) -> dict[int, list[Any]]:
    """Return the recorded calls that belong to the model, by the ``id`` of the operation."""
    graph = model._find_graph()
    calls: dict[int, list[Any]] = {}
    for node in graph.explicit_nodes if graph is not None else ():
        calls.setdefault(id(node.operation), []).append(node)
    return calls


def _arrows(model: Any, operations: list[Any], calls: dict[int, list[Any]], expands: bool) -> Iterator[tuple[Any, Any]]:
    if isinstance(model, Sequential):
        connections = [(before, 0, after, 0) for before, after in pairwise(operations)]
    else:
        connections = [
            (*_source(tensor), operation, place)
            for operation in operations
            for node in calls.get(id(operation), ())
            for place, tensor in enumerate(node.explicit_inputs)
            if tensor.node is not None
        ]
    for source, output, target, place in connections:
        yield (_last_box(source, output), _first_box(target, place)) if expands else (source, target)


def _last_box(operation: Any, output: int) -> Any:
    """Return the layer that computes an output of what may be a model of models."""
    while isinstance(operation, (Functional, Sequential)):
        if isinstance(operation, Sequential):
            operation, output = operation.layers[-1], 0
        else:
            operation, output = _source(operation.outputs[output])
    return operation


def _first_box(operation: Any, place: int) -> Any:
    """Return the layer that receives an input of what may be a model of models."""
    while isinstance(operation, (Functional, Sequential)):
        is_stack = isinstance(operation, Sequential)
        operation = operation.layers[0] if is_stack else _source(operation.inputs[place])[0]
    return operation


def _source(tensor: Any) -> tuple[Any, int]:
    """Return the operation that computes a symbolic tensor, and which of its outputs that is."""
    return tensor.node.operation, tensor.index
