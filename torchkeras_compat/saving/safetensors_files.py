"""Weights in safetensors files: tensors by name, mapped into memory, and nothing that could act.

Written under the names of torch's ``state_dict``, in torch's layout, so that torch programs read them; read under these
names, or under the paths of Keras's variables (``dense/kernel``) in Keras's layout.

Source: safetensors documentation, format; metadata ``{"format": "pt"}`` and names of shared tensors as its
``save_model`` writes them.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.saving.contents import SAFETENSORS, SAFETENSORS_LIST
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.open_h5 import check_is_file
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.saving.sharded_weights import shards_of
from torchkeras_compat.saving.weights_h5 import size_of_weights
from torchkeras_compat.user_warnings import warn_user
from torchkeras_compat.variables import Variable

_FOLDER_LIST = f"model{SAFETENSORS_LIST}"
_WRAPPERS = ("module.", "_orig_mod.", "model.")  # of DistributedDataParallel, torch.compile, and transformers
_FIRST_BIAS, _SECOND_BIAS = "bias_ih_l0", "bias_hh_l0"
_OF_TORCH_ALONE = ".num_batches_tracked"


def save_safetensors(model: Any, path: str) -> None:
    """Write the weights of a model, without the state of its optimizer.

    A tensor that stands under several names is written under the first.

    Args:
        model: Layer or model, built.
        path: File.

    Raises:
        ImportError: the package safetensors is missing.
    """
    library = _library()
    tensors: dict[str, torch.Tensor] = {}
    metadata = {"format": "pt"}
    first: dict[Any, str] = {}
    for name, tensor in model.state_dict().items():
        tensor = tensor.detach()
        key = (tensor.untyped_storage().data_ptr(), tensor.storage_offset(), tensor.shape, tensor.stride())
        if tensor.numel() and key in first:
            metadata[name] = first[key]
            continue
        first[key] = name
        tensors[name] = tensor.cpu().clone(memory_format=torch.contiguous_format)
    with written_whole(path, functools.partial(size_of_weights, model)) as temporary:
        library.torch.save_file(tensors, os.fspath(temporary), metadata)


def load_safetensors(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Set the weights of a model. All is checked first; then the tensors are read one after the other.

    Args:
        model: Layer or model, built.
        path: File, list of files (``model.safetensors.index.json``), or a folder with one.
        skip_mismatch: Whether variables that the file does not fit keep their values, with a warning.

    Raises:
        ImportError: the package safetensors is missing.
        FileNotFoundError: a file of a list is missing.
        FileContentError: a file is broken, or does not fit; nothing has been changed.
        FileLimitError: its header, or the list, is longer than a config may be.
    """
    library = _library()
    with reading(path), contextlib.ExitStack() as stack:
        files = [stack.enter_context(_opened(library, name)) for name in _files(path)]
        stored: dict[str, Any] = {}
        for file in files:
            for name in file.keys():
                if name in stored:
                    raise FileContentError(f"{path!r} has the tensor {name!r:.200} in several files.")
                stored[name] = file
        aliases = {
            k: v for file in files for k, v in (file.metadata() or {}).items() if v in stored and k not in stored
        }
        targets = _targets(model, stored, aliases)
        faults = [fault for fault in (_fault(target, name, stored) for name, target in targets.items()) if fault]
        plan = _checked(model, path, targets, stored, faults, skip_mismatch)
        with torch.no_grad():
            for name, target in plan.items():
                value = _value(plan, stored, name)
                if isinstance(target, Variable):
                    target.assign(value)
                elif value is not None:
                    target.copy_(value)
            for layer in model._flatten_layers():
                layer._on_loaded()


def _library() -> Any:
    try:
        import safetensors  # only these files need it
        import safetensors.torch
    except ImportError as error:
        raise ImportError(
            "Files in the format safetensors need the package of that name: pip install safetensors. Weights are also"
            " saved as `.weights.h5`, without it."
        ) from error
    return safetensors


def _files(path: str) -> list[str]:
    if os.path.isdir(path):
        path = os.path.join(
            path, _FOLDER_LIST if os.path.isfile(os.path.join(path, _FOLDER_LIST)) else f"model{SAFETENSORS}"
        )
    return [str(shard) for shard in shards_of(path)] if path.lower().endswith(".json") else [path]


@contextlib.contextmanager
def _opened(library: Any, path: str) -> Iterator[Any]:
    check_is_file(path, "a safetensors file")
    limit = current_limits().config_bytes
    with Path(path).open("rb") as start:
        length = int.from_bytes(start.read(8), "little")
    if limit < length <= os.path.getsize(path):
        raise too_much(f"The header of {path!r} has {length:,} bytes", "config_bytes", limit)
    try:
        file = library.safe_open(path, framework="pt", device="cpu")
    except library.SafetensorError as error:
        raise FileContentError(
            f"{path!r} is not a safetensors file, or it is cut off or broken ({error}). Copy or save it again."
        ) from error
    with file as opened:
        yield opened


def _targets(model: Any, stored: dict[str, Any], aliases: dict[str, str]) -> dict[str, Any]:
    """The tensor or variable of each name in the file.

    Marked by ``\\0`` are names of the model that the file lacks, by ``\\1`` those of the file that the model lacks.
    """
    own = dict(model.state_dict(keep_vars=True))
    names = [name for name in stored if not name.endswith(_OF_TORCH_ALONE) or name in own]
    prefix = next((p for p in _WRAPPERS if names and all(n.startswith(p) and n[len(p) :] in own for n in names)), "")
    found = {name: own[name.removeprefix(prefix)] for name in names if name.removeprefix(prefix) in own}
    if not found:
        return _by_path(model, names)
    given = {(t.data_ptr(), t.shape) for t in found.values() if t.numel()}
    given |= {(own[n].data_ptr(), own[n].shape) for n, other in aliases.items() if n in own and other in found}
    for name, tensor in own.items():  # a tensor under several names needs to be there once
        if prefix + name not in stored and (not tensor.numel() or (tensor.data_ptr(), tensor.shape) not in given):
            found[f"\0{name}"] = tensor
    found.update({f"\1{name}": None for name in names if name not in found})
    return found


def _by_path(model: Any, names: list[str]) -> dict[str, Any]:
    """As `_targets`, by the paths of Keras's variables, where the name of the model may stand in front or not."""
    variables = [v for v in model.variables if not v.path.endswith("seed_generator_state")]
    by_path: dict[str, list[Any]] = {}
    for variable in variables:
        for path in {variable.path, variable.path.removeprefix(f"{model.name}/")}:
            by_path.setdefault(path, []).append(variable)
    found: dict[str, Any] = {}
    for name in names:
        several = by_path.get(name, by_path.get(name.replace(".", "/"), []))
        if len(several) > 1:
            raise FileContentError(
                f"The name {name!r:.200} fits {len(several)} variables of model '{model.name}'. Give its layers"
                " different names, or save with the names of `state_dict`."
            )
        found[name if several else f"\1{name}"] = several[0] if several else None
    given = {id(v) for v in found.values()}
    found.update({f"\0{v.path}": v for v in variables if id(v) not in given})
    return found


def _fault(target: Any, name: str, stored: dict[str, Any]) -> str | None:
    """Why a tensor of the file cannot be the value of its target, or None."""
    if name.startswith("\0"):
        return f"{name[1:]!r:.200} is not in it"
    if name.startswith("\1"):
        return f"{name[1:]!r:.200} is nothing that the model has"
    described = stored[name].get_slice(name)
    shape, dtype = tuple(described.get_shape()), described.get_dtype()
    if shape != tuple(target.shape):
        return f"{name!r:.200} has the shape {shape} in it, and {tuple(target.shape)} in the model"
    kind = getattr(torch, target.dtype) if isinstance(target.dtype, str) else target.dtype
    if not re.fullmatch(_kinds(kind), dtype):
        return f"{name!r:.200} is of {dtype} in it, and of {kind} in the model"
    return None


def _kinds(dtype: torch.dtype) -> str:
    """What safetensors calls the dtypes whose values another one can take."""
    if dtype.is_complex:
        return r"B?F\d+(_.*)?|C\d+|[IU]\d+|BOOL"
    if dtype.is_floating_point:
        return r"B?F\d+(_.*)?|[IU]\d+|BOOL"
    return "BOOL" if dtype is torch.bool else r"[IU]\d+|BOOL"


def _checked(
    model: Any, path: str, targets: dict[str, Any], stored: dict[str, Any], faults: list[str], skip_mismatch: bool
) -> dict[str, Any]:
    """The tensors that are set; an error if some do not fit and that is not wanted."""
    plan = {name: target for name, target in targets.items() if name in stored and not _fault(target, name, stored)}
    if not faults and plan:
        return plan
    more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
    message = (
        f"The tensors of {path!r} do not fit the model '{getattr(model, 'name', model)}':"
        f" {'; '.join(faults[:3]) or 'there are none'}{more}. Names are those of `model.state_dict()`, or the paths of"
        " `model.variables`."
    )
    if not skip_mismatch:
        raise FileContentError(
            f"{message} Nothing was changed. Build the model as the one that was saved, or pass `skip_mismatch=True` to"
            " load the others."
        )
    warn_user(f"{message} What does not fit keeps its value, as `skip_mismatch=True` says.")
    return plan


def _value(plan: dict[str, Any], stored: dict[str, Any], name: str) -> torch.Tensor | None:
    """What a target gets, or None for what stays zero.

    torch's recurrent layers have two biases that are added, where Keras's have one: the second is not a parameter.
    """
    value: torch.Tensor = stored[name].get_tensor(name)
    if name.endswith(_SECOND_BIAS) and not isinstance(plan[name], nn.Parameter):
        return None
    second = name.removesuffix(_FIRST_BIAS) + _SECOND_BIAS
    if name.endswith(_FIRST_BIAS) and second in plan and not isinstance(plan[second], nn.Parameter):
        value = value + stored[second].get_tensor(second).to(value.dtype)
    return value
