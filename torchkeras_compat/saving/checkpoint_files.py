"""Folders with torch's distributed checkpoints: the state of a model, a folder for each step, read without unpickling.

``STEP/.metadata`` and ``STEP/*.distcp`` are what `torch.distributed.checkpoint.save` writes and its `load` reads. The
first is a pickle, which could run code, and each tensor has one; here `index.json` says where the bytes of the tensors
lie, and nothing is unpickled.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_model
from torchkeras_compat.dtypes.names import standardize_dtype, stored_torch_dtype
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.plugins.config_source import reading_file
from torchkeras_compat.saving.assets import load_assets
from torchkeras_compat.saving.atomic import folder_written_whole
from torchkeras_compat.saving.file_limits import FileLimits, check_config, parsed_json
from torchkeras_compat.saving.folder_members import folder_members
from torchkeras_compat.saving.keras_archive import CONFIG, KerasArchive
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.serialization import sharing_objects
from torchkeras_compat.user_warnings import warn_user

INDEX = "index.json"
METADATA = ".metadata"
PARTS = ("trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables")
_WEIGHTS = PARTS[:2]
_DATA = re.compile(r"__[0-9]+_[0-9]+\.distcp")
_FORMAT = 1
_HEADERS = 1 << 16  # bytes of a tensor's part beside its values: names, and the pickle that is not read


def write_checkpoint(
    folder: str | os.PathLike[str], state: Mapping[str, torch.Tensor], files: Mapping[str, str | bytes]
) -> None:
    """Write one step; it appears whole or not at all.

    Args:
        folder: Folder of the step; what it held goes away.
        state: Tensors on the CPU by part and path, ``"trainable_variables/dense/kernel"``.
        files: Names and contents of further files, such as the config.

    Raises:
        OSError: it cannot be written.
    """
    # 0.3 s of torch, for checkpoints only. Its `save` warns where one process is all there is, and a warning cannot be
    # caught in a thread without taking it from the others.
    from torch.distributed.checkpoint import CheckpointException, FileSystemWriter
    from torch.distributed.checkpoint.state_dict_saver import _save_state_dict

    state = {name: x.contiguous() for name, x in state.items()}  # bytes in the order of the axes
    size = sum(x.nbytes for x in state.values())
    with folder_written_whole(folder, lambda: size) as temporary:
        writer = FileSystemWriter(os.fspath(temporary), single_file_per_rank=True, sync_files=False)
        try:
            metadata = _save_state_dict(dict(state), storage_writer=writer, no_dist=True)
        except CheckpointException as error:  # no Exception, and its message is a traceback
            raise _first_error(next(iter(error.failures.values()))[0]) from None
        places = {index.fqn: info for index, info in (metadata.storage_data or {}).items()}
        tensors = {
            name: {
                "dtype": standardize_dtype(x.dtype),
                "shape": list(x.shape),
                "file": places[name].relative_path,
                "offset": places[name].offset,
                "length": places[name].length,
            }
            for name, x in state.items()
        }
        (temporary / INDEX).write_text(json.dumps({"format": _FORMAT, "tensors": tensors}))
        for name, text in files.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)


def _first_error(error: BaseException) -> BaseException:
    """Return the error of the system behind one of torch's, whose writer hides it: "unexpected pos"; else this one."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, OSError):
        found = found.__cause__ or found.__context__
    return found or error


def steps_of(folder: str | os.PathLike[str]) -> dict[int, Path]:
    """Return the folders of the steps in a folder of checkpoints, by number, ascending."""
    found = {}
    if os.path.isdir(folder):
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.isdecimal() and entry.name.isascii() and _is_step(entry.path):
                    found[int(entry.name)] = Path(entry.path)
    return dict(sorted(found.items()))


def is_checkpoint(path: str | os.PathLike[str]) -> bool:
    """Return whether this is the folder of a step, or one with such folders."""
    return _is_step(path) or bool(steps_of(path))


def _is_step(path: str | os.PathLike[str]) -> bool:
    return all(os.path.isfile(os.path.join(path, name)) for name in (INDEX, METADATA))


def _latest(path: str) -> str:
    return path if _is_step(path) else os.fspath(list(steps_of(path).values())[-1])


def load_checkpoint_weights(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Set the state of a model, built, from a step, or from the last one in a folder.

    Its optimizer and metrics get theirs where the model is compiled and the checkpoint has it. Variables are matched by
    path, or, where the names of the model differ, by position.

    Raises:
        FileContentError: it is broken, or does not fit; nothing has been changed.
    """
    folder = _latest(path)
    with reading(folder) as limits, _Step(folder, limits) as step:
        step.assign(model, skip_mismatch)


def load_checkpoint_model(path: str, custom_objects: Mapping[str, Any] | None = None, compile: bool = True) -> Any:
    """Return the model of a step, or of the last one in a folder, with the state of its optimizer.

    Raises:
        ValueError: the step holds weights only.
        FileContentError: it is broken.
        FileLimitError: it asks for more than the limits allow.
    """
    folder = _latest(path)
    if not os.path.isfile(os.path.join(folder, CONFIG)):
        raise ValueError(
            f"The checkpoint {folder!r} holds no model: it was saved with `save_weights_only=True`. Make the model,"
            " and call `model.load_weights(folder)`."
        )
    with reading(folder) as limits, _Step(folder, limits) as step, KerasArchive(folder) as archive:
        config = archive.json(CONFIG)
        if not compile:
            config.pop("compile_config", None)
        check_config(config, limits, repr(folder))
        with (
            custom_object_scope(custom_objects or {}),
            sharing_objects(),
            reading_file(folder),
            MemoryBudget(folder, step.size, limits),
        ):
            model = deserialize_model(config)
        if not isinstance(model, Layer):
            raise FileContentError(
                f"The config in {folder!r} describes {config.get('class_name')!r}, which is not a model or layer."
            )
        step.assign(model)
        load_assets(model, archive)
    return model


class _Step:
    """An open step: the places of its tensors, checked against the files that are there."""

    def __init__(self, folder: str, limits: FileLimits) -> None:
        self.folder = folder
        members = folder_members(folder)
        self.files = {name: real for name, (real, fault) in members.items() if fault is None and _DATA.fullmatch(name)}
        self.sizes = {name: os.path.getsize(real) for name, real in self.files.items()}
        self.size = sum(self.sizes.values())
        self.tensors = self._checked(self._index(members, limits))

    def __enter__(self) -> _Step:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def _index(self, members: dict[str, tuple[str, str | None]], limits: FileLimits) -> Any:
        real, fault = members[INDEX]
        if fault is not None:
            raise FileContentError(f"{INDEX} of the checkpoint {fault}.")
        if os.path.getsize(real) > limits.config_bytes:
            raise FileContentError(f"{INDEX} of the checkpoint is larger than {limits.config_bytes:,} bytes.")
        return parsed_json(Path(real).read_bytes(), repr(INDEX), limits)

    def _checked(self, index: Any) -> dict[str, dict[str, Any]]:
        tensors = index.get("tensors") if isinstance(index, dict) and index.get("format") == _FORMAT else None
        if not isinstance(tensors, dict):
            raise FileContentError(f"{INDEX} of the checkpoint is not a list of its tensors in the format {_FORMAT}.")
        for name, entry in tensors.items():
            numbers: list[Any] = [entry.get("offset"), entry.get("length")] if isinstance(entry, dict) else [None]
            shape = entry.get("shape") if isinstance(entry, dict) else None
            if (
                not isinstance(shape, list)
                or not all(type(n) is int and n >= 0 for n in (*numbers, *shape))
                or not isinstance(entry.get("dtype"), str)
                or not isinstance(entry.get("file"), str)
            ):
                raise FileContentError(f"{INDEX} of the checkpoint is malformed at {name!r:.100}.")
            if entry["file"] not in self.files or sum(numbers) > self.sizes[entry["file"]]:
                raise FileContentError(f"The tensor {name!r:.100} of the checkpoint lies outside its files.")
            needed = math.prod(shape) * stored_torch_dtype(entry["dtype"]).itemsize
            if not needed <= entry["length"] <= needed + _HEADERS:
                raise FileContentError(f"The tensor {name!r:.100} of the checkpoint has another size than its part.")
        return tensors

    def _value(self, name: str) -> torch.Tensor:
        """Return a tensor from the bytes of its values; the pickle beside them, which says the same, is not read."""
        entry = self.tensors[name]
        with open(self.files[entry["file"]], "rb") as file:
            file.seek(entry["offset"])
            data = file.read(entry["length"])
        dtype = stored_torch_dtype(entry["dtype"])
        needed = math.prod(entry["shape"]) * dtype.itemsize
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as part:
                values = [m for m in part.infolist() if m.filename.endswith("data/0")]
                orders = [m for m in part.infolist() if m.filename.endswith("byteorder") and m.file_size < 16]
                if len(values) != 1 or values[0].file_size != needed or values[0].compress_type != zipfile.ZIP_STORED:
                    raise FileContentError(
                        f"The tensor {name!r:.100} of the checkpoint has another size than its part."
                    )
                if orders and part.read(orders[0]) != b"little":
                    raise FileContentError(
                        f"The tensor {name!r:.100} of the checkpoint is of a computer of other bytes."
                    )
                found = bytearray(part.read(values[0]))
        except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise FileContentError(f"The tensor {name!r:.100} of the checkpoint is broken: {error}") from error
        if not needed:
            return torch.empty(entry["shape"], dtype=dtype)
        return torch.frombuffer(found, dtype=dtype).reshape(entry["shape"])

    def assign(self, model: Any, skip_mismatch: bool = False) -> None:
        """Set the variables of a model; all are checked first."""
        pairs = [pair for part in PARTS for pair in self._pairs(model, part, skip_mismatch)]
        for variable, value in [(variable, self._value(name)) for variable, name in pairs]:
            variable.assign(value)

    def _pairs(self, model: Any, part: str, skip_mismatch: bool) -> Iterator[tuple[Any, str]]:
        stored = {name[len(part) + 1 :]: name for name in self.tensors if name.startswith(f"{part}/")}
        variables = _variables(model, part, stored)
        if part not in _WEIGHTS and (not stored or not variables):
            return
        own = {v.path: v for v in variables}
        if part == "metrics_variables":  # which are made by the first epoch, and reset by the next
            stored = {path: name for path, name in stored.items() if path in own}
            own = {path: v for path, v in own.items() if path in stored}
        if own.keys() != stored.keys():
            if len(own) != len(stored) and not skip_mismatch:
                raise FileContentError(
                    f"The checkpoint has {len(stored)} {part.replace('_', ' ')}, and model '{model.name}' has"
                    f" {len(own)}. Not in the model: {sorted(set(stored) - set(own))[:3]}; not in the checkpoint:"
                    f" {sorted(set(own) - set(stored))[:3]}."
                )
            if len(own) == len(stored):  # names that Keras numbered differ; their order does not
                stored = dict(zip(own, stored.values()))
        for path, variable in own.items():
            name = stored.get(path)
            shape = None if name is None else tuple(self.tensors[name]["shape"])
            if name is not None and shape == tuple(variable.shape):
                yield variable, name
            elif not skip_mismatch:
                raise FileContentError(
                    f"The variable '{path}' of model '{model.name}' has the shape {tuple(variable.shape)}, and the"
                    f" checkpoint has {shape}."
                )
            else:
                warn_user(f"The variable '{path}' of model '{model.name}' keeps its value: the checkpoint has {shape}.")


def _variables(model: Any, part: str, stored: Mapping[str, str]) -> list[Any]:
    if part != "optimizer_variables":
        return list(getattr(model, part, ()))
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return []
    if stored and not getattr(optimizer, "built", True):
        optimizer.build(model.trainable_variables)
    return list(optimizer.variables)
