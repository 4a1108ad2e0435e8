"""Vocabularies of `StringLookup`, `IntegerLookup` and `TextVectorization` in a SavedModel: constants of its program.

The config of such a layer has none there, and the checkpoint neither: TensorFlow fills the table of a layer when the
program begins, by a function (``_initialize``) that is bound to two constants, words and their places. The constants
are read, and nothing is run.

Source: TensorFlow, core/protobuf/saved_object_graph.proto, core/framework/tensor.proto; tf.keras 2.15, index_lookup.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.tensorflow_bundle.wire import VARINT, fields, messages, whole_numbers

_Words = list[Any]
_INT64, _STRING = 9, 7  # dtypes of TensorFlow


def read_vocabularies(path: str, nodes: list[int]) -> dict[int, _Words]:
    """Return the words of layers, in the order of their places, for those that have a table with words.

    Args:
        path: File `saved_model.pb`.
        nodes: Numbers of the layers in the graph of objects.

    Raises:
        FileContentError: it is broken.
        FileLimitError: it is longer than a program may be.

    Example:
        >>> import tempfile, pathlib
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder, "saved_model.pb")
        ...     _ = file.write_bytes(b"")
        ...     read_vocabularies(str(file), [1])
        {}
    """
    limit = current_limits().config_bytes
    if os.path.getsize(path) > limit:
        raise too_much(f"{path!r} has {os.path.getsize(path):,} bytes", "config_bytes", limit)
    with open(path, "rb") as file:
        data = file.read(limit + 1)
    graph = next(messages(data, 2), None)
    objects = None if graph is None else next(messages(graph, 7), None)
    if graph is None or objects is None:
        return {}
    program = _Program(graph, objects)
    return {number: words for number in nodes if (words := program.words_of(number))}


class _Program:
    """The objects of a program, its functions and its constants; only what is asked for is looked into.

    Args:
        graph: A message `MetaGraphDef`.
        objects: The message `SavedObjectGraph` in it.
    """

    def __init__(self, graph: memoryview, objects: memoryview) -> None:
        self._graph = graph
        self._objects = list(messages(objects, 1))
        self._functions = dict(_entry(content) for content in messages(objects, 2))

    def words_of(self, number: int) -> _Words | None:
        """Return the words of a layer, or None."""
        children = self._children(number)
        if "_lookup_layer" in children:  # of a `TextVectorization`
            children = self._children(children["_lookup_layer"])
        table = self._children(children["lookup_table"]) if "lookup_table" in children else {}
        if "_initialize" not in table:
            return None
        values = [self._constant(bound) for bound in self._bound(table["_initialize"])]
        found = [value for value in values if value is not None]
        if len(found) != 2 or len(found[0]) != len(found[1]) or not found[0]:
            return None
        words, places = found
        if all(isinstance(place, str) for place in places) or sorted(places) != list(
            range(min(places), min(places) + len(places))
        ):
            words, places = places, words  # of a layer that looks up words for their places
        if not all(isinstance(place, int) for place in places):
            return None
        return [word for _, word in sorted(zip(places, words, strict=True), key=lambda pair: pair[0])]

    def _children(self, number: int) -> dict[str, int]:
        found = {}
        for content in messages(self._object(number), 1):
            child, name = 0, ""
            for which, kind, value in fields(content):
                if which == 1 and kind == VARINT and isinstance(value, int):
                    child = value
                elif which == 2 and isinstance(value, memoryview):
                    name = _text(value)
            found[name] = child
        return found

    def _object(self, number: int) -> memoryview:
        if not 0 <= number < len(self._objects):
            raise FileContentError(f"The program of a SavedModel is broken: it has no object {number}.")
        return self._objects[number]

    def _bound(self, number: int) -> list[int]:
        """The numbers of the objects that a function is bound to."""
        for function in messages(self._object(number), 6):
            for name in messages(function, 1):
                concrete = self._functions.get(_text(name))
                if concrete is not None:
                    return [n for which, kind, v in fields(concrete) if which == 2 for n in whole_numbers(kind, v)]
        return []

    def _constant(self, number: int) -> _Words | None:
        constant = next(messages(self._object(number), 9), None)
        name = None if constant is None else next(messages(constant, 1), None)
        if name is None:
            return None
        operations = next(messages(self._graph, 2), b"")
        for operation in messages(operations, 1):
            if _text(next(messages(operation, 1), b"")) == _text(name):
                for attribute, value in map(_entry, messages(operation, 5)):
                    if attribute == "value":
                        return _values(next(messages(value, 8), b""))
        return None


def _values(tensor: Any) -> _Words | None:
    """What a message `TensorProto` of words or whole numbers holds."""
    dtype = next((v for which, kind, v in fields(tensor) if which == 1 and kind == VARINT), None)
    if dtype == _STRING:
        return [_text(word) for word in messages(tensor, 8)]
    if dtype != _INT64:
        return None
    numbers: list[int] = []
    for which, kind, value in fields(tensor):
        if which == 4 and isinstance(value, memoryview):
            if len(value) % 8:
                raise FileContentError("The program of a SavedModel is broken: a constant is cut off.")
            numbers += np.frombuffer(value, "<i8").tolist()
        elif which == 10:
            numbers += whole_numbers(kind, value)
    return numbers


def _entry(content: memoryview) -> tuple[str, memoryview]:
    """Key and value of an entry of a map."""
    return _text(next(messages(content, 1), b"")), next(messages(content, 2), memoryview(b""))


def _text(data: Any) -> str:
    try:
        return bytes(data).decode()
    except UnicodeDecodeError as error:
        raise FileContentError("A name in the program of a SavedModel is not UTF-8.") from error
