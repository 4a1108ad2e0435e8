"""Which variable of a model is which of a checkpoint: by the graph of objects, or by the names of variables.

Objects of tf.keras stand in the graph under the names of their attributes; the layers of a functional or sequential
model under ``layer_with_weights-0``, ``layer_with_weights-1``, ... Names come from the model and are looked for in the
file, never the other way round.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.saving.object_tree import attributes
from torchkeras_compat.saving.tensorflow_bundle.object_graph import Node
from torchkeras_compat.variables import Variable

_OTHER_NAMES = {"kernel": ("depthwise_kernel",)}  # that Keras 2 had for an attribute
_NOT_WEIGHTS = frozenset({"optimizer"})
_TABLES = frozenset({"_lookup_layer", "lookup_table", "token_counts"})


@dataclass
class Match:
    """What of a checkpoint belongs to which variable of a model.

    Args:
        found: Variables and the keys of their values, by the identity of the variable.
        absent: Variables for which there is nothing, with their layer.
        layers: Layers that were looked at.
        numbers: Numbers of the nodes by the identity of the variable.
    """

    found: dict[int, tuple[Any, str]] = field(default_factory=dict)
    absent: dict[int, tuple[Any, Any]] = field(default_factory=dict)
    layers: dict[int, Any] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)

    def missing(self) -> list[tuple[Any, Any]]:
        """Return the variables that got nothing from any of the places where they stand, with their layers."""
        return [pair for key, pair in self.absent.items() if key not in self.found]


def match_objects(model: Any, nodes: list[Node]) -> tuple[Match, Node]:
    """Return what belongs to which variable, and the node of the model: the root, or one right below it.

    Args:
        model: Layer or model, built.
        nodes: The graph of objects of a checkpoint.
    """
    first = _match_at(model, nodes, nodes[0])
    if not first.missing():
        return first, nodes[0]
    fitting = []  # `tf.train.Checkpoint(model=model, optimizer=...)` has the model as an attribute
    for number in dict.fromkeys(list(nodes[0].children.values())[:100]):
        match = _match_at(model, nodes, nodes[number])
        if match.found and not match.missing():
            fitting.append((match, nodes[number]))
    return fitting[0] if len(fitting) == 1 else (first, nodes[0])


def _match_at(model: Any, nodes: list[Node], root: Node) -> Match:
    match = Match()
    seen: set[tuple[int, int]] = set()
    waiting: deque[tuple[Any, Node | None]] = deque([(model, root)])
    while waiting:
        obj, node = waiting.popleft()
        key = (id(obj), -1 if node is None else node.number)
        if key in seen:
            continue
        seen.add(key)
        if isinstance(obj, (list, tuple)):
            below: Iterator[tuple[Any, Node | None]] = (
                (each, _child(node, nodes, str(i))) for i, each in enumerate(obj)
            )
        elif isinstance(obj, dict):
            below = ((each, _child(node, nodes, str(name))) for name, each in obj.items())
        elif isinstance(obj, Layer):
            match.layers[id(obj)] = obj
            _match_variables(obj, node, nodes, match)
            below = _below(obj, node, nodes)
        else:
            continue
        waiting.extend((each, at) for each, at in below if isinstance(each, (Layer, list, tuple, dict)))
    return match


def _match_variables(layer: Any, node: Node | None, nodes: list[Node], match: Match) -> None:
    own = layer._file_variables()
    by_attribute = {id(v): name for name, v in vars(layer).items() if isinstance(v, Variable)}
    for name, value in vars(layer).items():
        if isinstance(value, (list, tuple)):
            by_attribute.update((id(v), f"{name}/{i}") for i, v in enumerate(value) if isinstance(v, Variable))
    for variable in own:
        names = [by_attribute.get(id(variable), variable.name), variable.name]
        for name in [*names, *_OTHER_NAMES.get(variable.name, ())]:
            at = _descend(node, nodes, name)
            if at is not None and at.key is not None:
                match.found.setdefault(id(variable), (variable, at.key))
                match.numbers.setdefault(id(variable), at.number)
                break
        else:
            match.absent.setdefault(id(variable), (variable, layer))


def _below(layer: Any, node: Node | None, nodes: list[Node]) -> Iterator[tuple[Any, Node | None]]:
    for name, value in attributes(layer):
        if name in _NOT_WEIGHTS:
            continue
        if name == "layers" and layer._is_graph:
            numbered = _child(node, nodes, "layer_with_weights-0") is not None
            among = [each for each in value if each.weights or not numbered]  # older ones have numbers among all layers
            places = (
                _weighty(node, nodes) if numbered else [_child(node, nodes, f"layer-{i}") for i in range(len(among))]
            )
            yield from zip_longest(among, places[: len(among)])
            continue
        at = _child(node, nodes, name) or _child(node, nodes, f"_{name}")
        yield value, node if at is None and name == "cell" else at  # recurrent layers of cuDNN have no cell


def _weighty(node: Node | None, nodes: list[Node]) -> list[Node]:
    """The layers with weights of a model, but for those that have a table of words there, and no weights here."""
    found = []
    for i in range(0 if node is None else len(node.children)):
        layer = _child(node, nodes, f"layer_with_weights-{i}")
        if layer is None:
            break
        if not _TABLES & layer.children.keys():
            found.append(layer)
    return found


def _descend(node: Node | None, nodes: list[Node], name: str) -> Node | None:
    for part in name.split("/"):
        node = _child(node, nodes, part)
    return node


def _child(node: Node | None, nodes: list[Node], name: str) -> Node | None:
    number = None if node is None else node.children.get(name)
    return None if number is None else nodes[number]


def match_names(model: Any, keys: list[str]) -> Match:
    """Return what belongs to which variable by the names of variables: ``dense/kernel``, as TensorFlow 1 stores them.

    A name in the file may have more in front, as that of a scope; the model's own name, and that of the cell of a
    recurrent layer, need not stand there.

    Args:
        model: Layer or model, built.
        keys: Names in the checkpoint.
    """
    match = Match()
    known = {key.removesuffix(":0"): key for key in keys}
    endings: dict[str, list[str]] = {}
    variables = [v for v in model.variables if v.name != "seed_generator_state"]  # which TensorFlow has none of
    longest = max((v.path.count("/") + 1 for v in variables), default=1)
    for key in known:
        parts = key.rsplit("/", longest)  # longer endings than the paths of the model can be those of none
        for i in range(len(parts) > longest, max(len(parts) - 1, 1)):
            endings.setdefault("/".join(parts[i:]), []).append(key)
    taken: set[str] = set()
    for variable in variables:
        found = next((k for k in _found_keys(variable.path, endings) if k not in taken), None)
        if found is None:
            match.absent[id(variable)] = (variable, model)
        else:
            taken.add(found)
            match.found[id(variable)] = (variable, known[found])
    return match


def _found_keys(path: str, endings: dict[str, list[str]]) -> Iterator[str]:
    parts = path.split("/")
    forms = [parts[i:] for i in range(max(len(parts) - 1, 1))]
    forms += [[*form[:-2], form[-1]] for form in forms if len(form) > 2 and form[-2].endswith("_cell")]
    for form in forms:
        keys = endings.get("/".join(form), [])
        if len(keys) == 1 or "/".join(form) in keys:
            yield "/".join(form) if "/".join(form) in keys else keys[0]
