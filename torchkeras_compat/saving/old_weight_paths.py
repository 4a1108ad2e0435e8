"""Where tf.keras 2.12 to 2.15 put the weights of each object of a model, in `.keras` and `.weights.h5` files.

All went through the attributes of each object and stored an object where they met it first. They differ in the order of
the attributes, in what holds the layers of a graph, and in whether what was stored already is counted in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.saving.object_tree import TorchModule, as_saveable, attributes, identity, name_in_container

DEPENDENCIES = "_layer_checkpoint_dependencies"


class Walk(NamedTuple):
    """How one version went through a model.

    Args:
        is_backwards: Whether attributes came in the reverse of their order.
        counts_repeats: Whether objects that were stored already are counted in a list.
        has_dependencies: Whether the layers of a graph are stored in ``_layer_checkpoint_dependencies``, where those
            with weights stand twice.
    """

    is_backwards: bool
    counts_repeats: bool
    has_dependencies: bool


WALKS = {
    "2.12": Walk(False, True, True),
    "2.13": Walk(False, True, True),
    "2.14": Walk(False, False, True),
    "2.15": Walk(True, False, False),
}


class Place(NamedTuple):
    """Where the values of an object lie.

    Args:
        value: Layer, or a torch module among them.
        path: Names of the groups that lead to it.
    """

    value: Any
    path: tuple[str, ...]


def places_of(model: Any, walk: Walk) -> list[Place]:
    """Return each object of a model that has values, with its place in a file.

    Args:
        model: Layer or model, built.
        walk: How the version of the file did it.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> model = Sequential([layers.Dense(2), layers.Dense(2)])
        >>> model.build((None, 2))
        >>> ["/".join(place.path[-1:]) for place in places_of(model, WALKS["2.13"])]
        ['', 'dense', 'dense_2']
    """
    return list(_walked(model, (), walk, set()))


def _walked(obj: Any, path: tuple[str, ...], walk: Walk, seen: set[int]) -> Iterator[Place]:
    if identity(obj) in seen:
        return
    seen.add(identity(obj))
    yield Place(obj, path)
    if not isinstance(obj, Layer):
        return
    found = sorted(_old_attributes(obj, walk), key=lambda item: item[0], reverse=walk.is_backwards)
    for name, value in found:
        if isinstance(value, (list, tuple, dict, set)):
            yield from _in_container(value, (*path, name), walk, seen)
        elif isinstance(value := as_saveable(value), (Layer, TorchModule)):
            yield from _walked(value, (*path, name), walk, seen)


def _old_attributes(obj: Any, walk: Walk) -> Iterator[tuple[str, Any]]:
    for name, value in attributes(obj):
        if name == "layers" and walk.has_dependencies and isinstance(obj, Layer) and obj._is_graph:
            yield DEPENDENCIES, [layer for layer in value for _ in range(2 if layer.weights else 1)]
        else:
            yield name, value


def _in_container(container: Any, path: tuple[str, ...], walk: Walk, seen: set[int]) -> Iterator[Place]:
    counts: dict[str, int] = {}
    for value in list(container.values()) if isinstance(container, dict) else container:
        if not isinstance(value, Layer) or (identity(value) in seen and not walk.counts_repeats):
            continue
        name = name_in_container(value)
        number = counts.get(name, 0)
        counts[name] = number + 1
        yield from _walked(value, (*path, f"{name}_{number}" if number else name), walk, seen)


def old_places(
    model: Any, version: str | None, has_name: bool, fits: Callable[[Place], bool], has_dependencies: bool
) -> list[Place] | None:
    """Return the places of a file's objects, if it is one of tf.keras; None if it is one of Keras 3.

    Args:
        model: Layer or model, built.
        version: ``keras_version`` of the file; None if it does not say.
        has_name: Whether its groups have names, as those of Keras 3 do.
        fits: Whether what the file has at a place fits the object.
        has_dependencies: Whether it has the group ``_layer_checkpoint_dependencies``.

    Raises:
        FileContentError: two versions would have written it, with different meanings.
    """
    if has_name or (version is not None and not version.startswith("2.")):
        return None
    known = walk_of(version)
    tried = {walk: places_of(model, walk) for walk in dict.fromkeys(WALKS.values())}
    fitting = {walk: places for walk, places in tried.items() if all(map(fits, places))}
    if known in fitting:
        return fitting[known]
    if not fitting and has_dependencies:  # what fits best says best what does not
        return tried[known] if known else max(tried.values(), key=lambda places: sum(map(fits, places)))
    if not fitting:
        return None
    first, *others = fitting.values()
    if any(_differ(first, other) for other in others):
        raise FileContentError(
            "The arrays fit this model in two ways, after the manner of different versions of tf.keras, and the file"
            " does not say which wrote it. Save it there as a `.keras` file, which has the version."
        )
    return first


def walk_of(version: str | None) -> Walk | None:
    """Return how a version of tf.keras went through a model; None if the version is not known.

    Args:
        version: ``keras_version`` of a file that is not of Keras 3.

    Example:
        >>> walk_of("2.14.0").has_dependencies, walk_of("2.15.0").has_dependencies
        (True, False)
    """
    if version is None:
        return None
    return WALKS.get(".".join(version.split(".")[:2]), WALKS["2.15"])  # tf_keras after Keras 2.15 is like it


def _differ(one: Iterable[Place], other: Iterable[Place]) -> bool:
    paths = {identity(place.value): place.path for place in other}
    return any(place.path != paths.get(identity(place.value)) for place in one if _has_values(place.value))


def _has_values(value: Any) -> bool:
    return not isinstance(value, Layer) or bool(value._file_variables())
