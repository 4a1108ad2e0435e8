"""What a model file holds and asks for, found without making any of it."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from torchkeras_compat import kinds
from torchkeras_compat.config_names import find_named
from torchkeras_compat.deserialization import SPECIAL
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.models.operation_config import check_operation, old_function
from torchkeras_compat.models.operation_signatures import is_operation
from torchkeras_compat.plugins.config_source import reading_file
from torchkeras_compat.saving.contents import Content, content_of, refuse
from torchkeras_compat.saving.file_limits import (
    FileLimits,
    check_config,
    current_limits,
    parsed_json,
    parsed_json_file,
    too_much,
)
from torchkeras_compat.saving.h5_checks import attribute, check_dataset, holds_numbers, text_of
from torchkeras_compat.saving.h5_walk import walk
from torchkeras_compat.saving.keras_archive import CONFIG, METADATA, KerasArchive
from torchkeras_compat.saving.legacy_h5 import with_operations
from torchkeras_compat.saving.old_files import OLD_FUNCTION, is_keras2, to_keras3, training_to_keras3
from torchkeras_compat.saving.open_h5 import check_is_file, opened_h5
from torchkeras_compat.saving.plugin_requirements import KEY
from torchkeras_compat.saving.reading import is_of_the_system, reading
from torchkeras_compat.saving.sharded_weights import shards_of
from torchkeras_compat.saving.tensorflow_bundle.bundle import STRING, Bundle
from torchkeras_compat.saving.tensorflow_bundle.loading import prefix_of
from torchkeras_compat.saving.tensorflow_bundle.saved_model import read_metadata
from torchkeras_compat.stored_code import is_stored, name_of, refusal

_SUFFIXES = {
    "initializer": ("initializers",),
    "regularizer": ("regularizers",),
    "constraint": ("constraints",),
    "activation": ("activations",),
    "quantizer": ("quantizers",),
    "optimizer": ("optimizers",),
}
_KEYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys("layers layer cell cells forward_layer backward_layer teacher student".split(), ("layers",)),
    **dict.fromkeys("metrics weighted_metrics fn".split(), ("metrics",)),
    **dict.fromkeys("args kwargs arguments".split(), kinds.VALUES),
    "function": kinds.FUNCTIONS,
    "loss": ("losses",),
    "optimizer_config": ("optimizers",),
    "optimizer_map": ("optimizer_maps",),
    "learning_rate": ("schedules",),
    "dtype": ("dtype_policies",),
    "seed": ("seed_generators",),
    "quantization_config": ("quantization_configs",),
    "distillation_losses": ("distillation_losses",),
}

# What stands for a value, and names nothing.
_VALUES = {*SPECIAL, "__keras_tensor__"} - {"__lambda__"}


@dataclass
class Part:
    """One member of a file.

    Args:
        name: Its name there.
        size: Its size, in bytes.
        sha256: Hash of its bytes.
    """

    name: str
    size: int
    sha256: str


@dataclass
class Report:
    """What a file holds and asks for.

    Args:
        path: The file.
        form: What it is, in words.
    """

    path: str
    form: str = ""
    parts: list[Part] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)  # versions, dates
    named: Counter[str] = field(default_factory=Counter)  # classes and functions, with their modules
    lambdas: list[str] = field(default_factory=list)  # names of the layers that hold one
    plugins: list[Any] = field(default_factory=list)
    arrays: int = 0
    array_bytes: int = 0
    problems: list[str] = field(default_factory=list)  # why it would not load


def inspect_file(path: str, limits: FileLimits | None = None) -> Report:
    """Return what a file holds and asks for; nothing of it is made.

    Args:
        path: `.keras` file or folder, HDF5 file of any name, `.weights.json` or `.json`, safetensors file;
            checkpoint or SavedModel of TensorFlow.
        limits: What it may ask for, as for ``load_model``.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it cannot be read, as for missing permissions.
    """
    if content_of(path) is Content.MISSING:
        raise FileNotFoundError(f"There is no file {path!r}. Check the name and the folder.")
    report = Report(path)
    try:
        with reading(path, limits), reading_file(path):
            _read(report)
    except (ValueError, OSError) as error:
        # A part that is missing, as one of several files with weights, is a fault of the file.
        if is_of_the_system(error) and not isinstance(error, FileNotFoundError):
            raise
        report.problems.append(str(error))
    return report


def _read(report: Report) -> None:
    path = report.path
    if not os.path.isdir(path) and content_of(path) is not Content.TENSORFLOW_CHECKPOINT:
        check_is_file(path, "a model file")
    if path.endswith(".weights.json"):
        report.form = "list of files with weights"
        _add_part(report, path)
        for shard in shards_of(path):
            _read_weights(report, str(shard))
    elif path.endswith(".json"):
        report.form = "architecture as JSON"
        _add_part(report, path)
        _read_config(report, parsed_json_file(path))
    else:
        _read_by_content(report, content_of(path))


def _read_by_content(report: Report, content: Content) -> None:
    if content in (Content.TENSORFLOW_CHECKPOINT, Content.SAVED_MODEL):
        _read_tensorflow(report, content)
    elif content is Content.SAFETENSORS:
        _read_safetensors(report)
    elif content in (Content.KERAS_ZIP, Content.KERAS_FOLDER, Content.FOLDER, Content.STEPS):
        _read_keras(report)
    elif content in (Content.HDF5, Content.UNKNOWN):
        _read_h5(report)
    else:
        report.form = content.value
        _add_part(report, report.path)
        refuse(report.path, content, "load_model", "`.keras` files and folders, and `.h5` files")


def _read_tensorflow(report: Report, content: Content) -> None:
    report.form = f"weights in {content.value}"
    bundle = Bundle(prefix_of(report.path))
    for path in (f"{bundle.prefix}.index", *(bundle.path(i) for i in range(bundle.shards))):
        _add_part(report, path)
    arrays = [entry for entry in bundle.entries.values() if entry.dtype != STRING]
    report.arrays, report.array_bytes = len(arrays), sum(entry.size for entry in arrays)
    metadata = read_metadata(report.path) if content is Content.SAVED_MODEL else None
    if metadata is not None:
        report.form = f"model in {content.value}"
        _add_facts(report, metadata)
        check_config(metadata, source=repr(report.path))
        _read_config(report, metadata["model_config"], metadata.get("keras_version", "2"))


def _read_safetensors(report: Report) -> None:
    report.form = f"weights in {Content.SAFETENSORS.value}"
    _add_part(report, report.path)
    limit = current_limits().config_bytes
    with open(report.path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > limit:
            raise too_much(f"The header of {report.path!r} has {length:,} bytes", "config_bytes", limit)
        header = parsed_json(file.read(length), f"the header of {report.path!r}")
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        try:
            begin, end = map(int, entry["data_offsets"])
        except (TypeError, ValueError, KeyError) as error:
            raise FileContentError(f"{report.path!r} has no place for {name!r:.200}. Copy or save it again.") from error
        report.arrays += 1
        report.array_bytes += end - begin


def _add_part(report: Report, path: str) -> None:
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    report.parts.append(Part(os.path.basename(path), os.path.getsize(path), digest.hexdigest()))


class _Hash:
    """Stands for a file: hashes what is written to it."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return len(data)


def _read_keras(report: Report) -> None:
    with KerasArchive(report.path) as archive:
        is_folder = os.path.isdir(report.path)
        if CONFIG in archive.names():
            report.form = "model in a folder" if is_folder else "model in a `.keras` file"
        else:
            report.form = f"{'folder' if is_folder else 'zip file'} without a model"
        for name in archive.names():
            taker = _Hash()
            archive.copy(name, taker)
            report.parts.append(Part(name, archive.sizes(name)[0], taker.digest.hexdigest()))
        metadata = archive.json(METADATA) if METADATA in archive.names() else {}
        _add_facts(report, metadata)
        _read_config(report, archive.json(CONFIG), metadata.get("keras_version", "3"))
        with archive.opened_weights() as root:  # which says so if there are none
            _count_arrays(report, root)


def _read_weights(report: Report, path: str) -> None:
    _add_part(report, path)
    with opened_h5(path) as root:
        _count_arrays(report, root)


def _read_h5(report: Report) -> None:
    _add_part(report, report.path)
    with opened_h5(report.path) as root:
        facts = {key: text_of(attribute(root, key)) for key in ("keras_version", "backend") if key in root.attrs}
        _add_facts(report, {**facts, KEY: parsed_json(text_of(attribute(root, KEY, "null")), f"`{KEY}`")})
        _count_arrays(report, root)
        if "model_config" not in root.attrs:
            report.form = "weights in an HDF5 file"
            return
        report.form = "model in an older `.h5` file"
        version = facts.get("keras_version", "1")
        config = parsed_json(text_of(attribute(root, "model_config")), "`model_config`")
        check_config(config, source=repr(report.path))
        _read_config(report, config if is_keras2(version) else with_operations(config), version)
        if "training_config" in root.attrs:
            training = parsed_json(text_of(attribute(root, "training_config")), "`training_config`")
            check_config(training, source=repr(report.path))
            _walk_config(report, training_to_keras3(training, version) if is_keras2(version) else training)


def _add_facts(report: Report, found: Mapping[str, Any]) -> None:
    for key, label in (("keras_version", "Keras"), ("backend", "backend"), ("date_saved", "saved")):
        if key in found:
            report.facts[label] = str(found[key])[:60]
    needed = found.get(KEY)
    report.plugins = needed if isinstance(needed, list) else []


def _count_arrays(report: Report, root: Any) -> None:
    for _, found in walk(root):
        if hasattr(found, "shape") and holds_numbers(found):
            report.arrays += 1
            report.array_bytes += check_dataset(found)


# -- configs ---------------------------------------------------------------------------------------------------------


def _read_config(report: Report, config: Any, version: Any = "3") -> None:
    check_config(config, source=repr(report.path))
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise FileContentError(f"The config in {report.path!r} describes no model: it has no `class_name`.")
    version = config.get("keras_version", version)
    _walk_config(report, to_keras3(config, version) if is_keras2(version) else config)


def _walk_config(report: Report, config: Any) -> None:
    for entry, wanted, owner in _entries(config, ("layers",), ""):
        name = entry["class_name"]
        if name == "__lambda__":
            report.lambdas.append(owner)
            report.problems.append(
                f"The layer {owner!r} holds a Python lambda as bytecode, which is never run. Pass the function as"
                f" custom_objects={{{owner!r}: function}}."
            )
            continue
        inner = entry["config"] if isinstance(entry["config"], Mapping) else {}
        stored = {
            k: name_of(v) for k, v in inner.items() if isinstance(v, list) and is_stored(v, inner.get(f"{k}_type"))
        }
        if name == "Lambda" and stored:  # as Keras 1 and 2 write them
            report.lambdas.append(str(inner.get("name")))
            report.problems.append(str(refusal(inner.get("name"), stored)))
        named = entry["config"] if name == "function" else name
        report.named[f"{entry.get('module') or ''}.{named}".strip(".")] += 1
        try:
            _check_name(entry, wanted)
        except (ValueError, TypeError) as error:
            report.problems.append(str(error))


def _check_name(entry: Mapping[str, Any], wanted: tuple[str, ...]) -> None:
    if is_operation(entry.get("module"), entry["class_name"]):
        check_operation(entry["class_name"])
    elif (entry.get("module"), entry["class_name"]) == (kinds.OLD_FUNCTIONS, OLD_FUNCTION):
        old_function(entry["config"])
    else:
        find_named(wanted, entry)


def _entries(
    config: Any, wanted: tuple[str, ...], owner: str
) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...], str]]:
    """Yield the objects that a config names, the kinds that their positions take, and the layer around them."""
    if isinstance(config, (list, tuple)):
        for value in config:
            yield from _entries(value, wanted, owner)
        return
    if not isinstance(config, Mapping):
        return
    name = config.get("class_name")
    inner = config.get("config")
    is_object = isinstance(name, str) and "config" in config and name not in _VALUES
    if is_object:
        yield config, wanted, owner
    if isinstance(inner, Mapping) and isinstance(inner.get("name"), str):
        owner = inner["name"]
    for key, value in config.items():
        if isinstance(name, str) and key in ("config", "build_config", "compile_config") and isinstance(value, Mapping):
            for setting, found in value.items():
                yield from _entries(found, _wanted(setting), owner)
        elif key not in ("module", "registered_name", "class_name", "name"):
            yield from _entries(value, _wanted(key) if key != "items" else wanted, owner)


def _wanted(key: str) -> tuple[str, ...]:
    return _KEYS[key] if key in _KEYS else _SUFFIXES.get(key.rpartition("_")[2], kinds.ANY)
