"""`load_model` of a SavedModel that tf.keras wrote: the config of the model in its metadata, and its variables.

A SavedModel is a program of TensorFlow, which nothing here runs. Beside it tf.keras keeps the configs of the layers as
JSON: in ``keras_metadata.pb`` since 2.5, before in ``saved_model.pb`` itself.

Source: tf.keras 2.15, protobuf/saved_metadata.proto; TensorFlow, core/protobuf/saved_object_graph.proto.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_model
from torchkeras_compat.errors import FileContentError, UnknownNameError
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.plugins.config_source import reading_file
from torchkeras_compat.saving.file_limits import check_config, current_limits, parsed_json, too_much
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.saving.old_files import LAST_OLD_VERSION, to_keras3, training_to_keras3
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.saving.tensorflow_bundle.bundle import STRING, Bundle
from torchkeras_compat.saving.tensorflow_bundle.loading import load_tensorflow_weights, prefix_of
from torchkeras_compat.saving.tensorflow_bundle.vocabularies import read_vocabularies
from torchkeras_compat.saving.tensorflow_bundle.wire import BYTES, VARINT, fields, messages
from torchkeras_compat.saving.words_in_configs import LOOKUPS, settings_of_lookups
from torchkeras_compat.user_warnings import warn_user

_METADATA, _PROGRAM = "keras_metadata.pb", "saved_model.pb"


def load_saved_model(path: str, custom_objects: Mapping[str, Any] | None = None, compile: bool = True) -> Any:
    """Return the model of a SavedModel, made of its config, with its weights and the state of its optimizer.

    Args:
        path: Folder.
        custom_objects: Further names and their classes or functions.
        compile: Whether to compile it as it was.

    Raises:
        FileContentError: it holds no config of a model, or is broken; the message has the lines that convert it.
        FileLimitError: it asks for more than the limits allow.
        UnknownNameError: it names a class or function that is not known.
    """
    with reading(path) as limits, custom_object_scope(custom_objects or {}), reading_file(path):
        metadata = read_metadata(path)
        if metadata is None:
            raise FileContentError(_advice(path, "it holds no config of a Keras model, as of a function or module"))
        version = str(metadata.get("keras_version", LAST_OLD_VERSION))
        _give_vocabularies(metadata["model_config"], path)
        bundle = Bundle(prefix_of(path))
        stored = sum(entry.size for entry in bundle.entries.values() if entry.dtype != STRING)
        try:
            with MemoryBudget(path, stored, limits):
                model: Any = deserialize_model(to_keras3(metadata["model_config"], version))
                if isinstance(model, Layer) and not model.built:
                    _build(model, metadata.get("build_input_shape"), path)
        except UnknownNameError as error:
            error.add_note(_advice(path, "a class of it is not known (pass `custom_objects`)"))
            raise
        if not isinstance(model, Layer):
            kind = metadata["model_config"].get("class_name")
            raise FileContentError(f"{path!r} describes {kind!r}, which is not a model or layer.")
        training = metadata.get("training_config")
        if compile and isinstance(training, dict):
            settings = training_to_keras3(training, version, getattr(model, "output_names", None) or ())
            settings["optimizer"] = settings.pop("optimizer_config", None)
            compile_from_config: Any = model.compile_from_config
            compile_from_config(settings)
        load_tensorflow_weights(model, path)
    return model


def _give_vocabularies(config: Any, path: str) -> None:
    """Put the words of layers that look up words into their configs, where those have none."""
    wanted: dict[str, list[dict[str, Any]]] = {}
    for settings in settings_of_lookups(config):
        if settings.get("vocabulary") is None and settings.get("output_mode") not in ("tf_idf", "tf-idf"):
            wanted.setdefault(str(settings.get("name")), []).append(settings)
    if not wanted:
        return
    numbers = _numbers_of_lookups(path)
    known = {name: numbers[name][0] for name in wanted if len(numbers.get(name, ())) == 1}
    words = read_vocabularies(os.path.join(path, _PROGRAM), list(known.values()))
    for name, several in wanted.items():
        for settings in several:
            settings["vocabulary"] = words.get(known.get(name, -1))
    without = [name for name in wanted if known.get(name, -1) not in words]
    if without:
        warn_user(
            f"The vocabulary of {without} is not found in the program {path!r}: call `set_vocabulary` or `adapt` of"
            " these layers before the model is used."
        )


def _numbers_of_lookups(path: str) -> dict[str, list[int]]:
    """The numbers of such layers in the graph of objects, by name."""
    found: dict[str, list[int]] = {}
    file = Path(path, _METADATA)
    for number, text in _nodes_of(file.read_bytes()) if file.is_file() else ():
        if any(name.encode() in text for name in LOOKUPS):
            node = parsed_json(text, f"the metadata in {str(file)!r}")
            if isinstance(node, dict) and node.get("class_name") in LOOKUPS:
                found.setdefault(str(node.get("name")), []).append(number)
    return found


def _build(model: Any, shape: Any, path: str) -> None:
    if not isinstance(shape, list) or not shape:
        raise FileContentError(_advice(path, "the shape of its inputs is not in it"))
    try:
        model.build([tuple(s) for s in shape] if isinstance(shape[0], list) else tuple(shape))
    except (NotImplementedError, AttributeError) as error:
        raise FileContentError(
            _advice(path, f"a {type(model).__name__} cannot be built of a shape ({error})")
        ) from error


def _advice(path: str, why: str) -> str:
    return (
        f"{path!r} is a SavedModel of TensorFlow, a program that only TensorFlow runs, and no model can be made of it:"
        f" {why}. Where the model is given by code, `model.load_weights({path!r})` reads its weights. Or convert it in"
        " an environment with tensorflow<2.16:\n"
        f"    model = tf.keras.models.load_model({path!r})\n"
        "    model.save('model.keras')"
    )


def read_metadata(path: str) -> dict[str, Any] | None:
    """Return what tf.keras wrote of the root object, if that is a model: ``model_config``, ``training_config``, ...

    Args:
        path: Folder of a SavedModel.

    Raises:
        FileContentError: it is broken.
        FileLimitError: it is longer than a config may be, or nested deeper.
    """
    name = _METADATA if os.path.isfile(os.path.join(path, _METADATA)) else _PROGRAM
    file = Path(path, name)
    if not file.is_file():
        return None
    limit = current_limits().config_bytes
    if file.stat().st_size > limit:
        raise too_much(f"{str(file)!r} has {file.stat().st_size:,} bytes", "config_bytes", limit)
    data = file.read_bytes()
    text = _in_metadata(data) if name == _METADATA else _in_program(data)
    if not text:
        return None
    found = parsed_json(text, f"the metadata in {str(file)!r}")
    check_config(found, source=repr(path))
    is_of_model = isinstance(found, dict) and isinstance(found.get("model_config"), dict)
    return _plain(found) if is_of_model else None


def _in_metadata(data: bytes) -> bytes | None:
    """The JSON of the object 0 in a message `SavedMetadata`."""
    return next((text for number, text in _nodes_of(data) if number == 0), None)


def _nodes_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the JSON of each object that a message `SavedMetadata` tells of."""
    for node in messages(data, 1):
        number, text = 0, b""
        for which, kind, value in fields(node):
            if which == 2 and kind == VARINT and isinstance(value, int):
                number = value
            elif which == 5 and kind == BYTES:
                text = bytes(value)
        yield number, text


def _in_program(data: bytes) -> bytes | None:
    """The JSON of the first object in a message `SavedModel`: meta graph, object graph, user object, metadata."""
    message: Any = data
    for number in (2, 7, 1, 4, 3):
        message = next(messages(message, number), None)
        if message is None:
            return None
    return bytes(message)


def _plain(value: Any) -> Any:
    """A config with lists where the metadata has tuples and shapes in a form of their own."""
    if isinstance(value, dict):
        if value.get("class_name") in ("__tuple__", "TensorShape") and isinstance(value.get("items"), list):
            return [_plain(v) for v in value["items"]]
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value
