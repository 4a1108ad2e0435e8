"""A module of `torch.nn` as a file describes it: its class, of a list of those, and arguments that are plain values."""

from __future__ import annotations

import base64
import binascii
import inspect
import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.errors import FileContentError, FileSafetyError
from torchkeras_compat.module_hooks import HOOKS_OF_CALLS

_MEMBER = "archive/torchkeras_compat.json"  # in the folder of what `torch.save` writes; torch does not read it
_LARGEST = 2**20  # bytes of a description
_DEEPEST = 50  # `nn.Sequential` in one another

# Classes that do nothing but compute, whose constructors take numbers, strings and lists of these.
_NAMES = frozenset(
    """
    AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d
    AlphaDropout AvgPool1d AvgPool2d AvgPool3d BatchNorm1d BatchNorm2d BatchNorm3d Bilinear CELU ChannelShuffle
    CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Conv1d Conv2d Conv3d
    ConvTranspose1d ConvTranspose2d ConvTranspose3d CosineSimilarity Dropout Dropout1d Dropout2d Dropout3d ELU Embedding
    EmbeddingBag FeatureAlphaDropout Flatten Fold GELU GLU GRU GroupNorm Hardshrink Hardsigmoid Hardswish Hardtanh
    Identity InstanceNorm1d InstanceNorm2d InstanceNorm3d LPPool1d LPPool2d LPPool3d LSTM LayerNorm LeakyReLU Linear
    LocalResponseNorm LogSigmoid LogSoftmax MaxPool1d MaxPool2d MaxPool3d Mish MultiheadAttention PReLU PairwiseDistance
    PixelShuffle PixelUnshuffle RMSNorm RNN RReLU ReLU ReLU6 ReflectionPad1d ReflectionPad2d ReflectionPad3d
    ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink
    Softsign Tanh Tanhshrink Threshold Unflatten Unfold Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d
    ZeroPad2d ZeroPad3d
    """.split()
)
_CLASSES: dict[str, type[nn.Module]] = {name: getattr(nn, name) for name in _NAMES if hasattr(nn, name)}
_RECURRENT = "input_size hidden_size num_layers nonlinearity bias batch_first dropout bidirectional proj_size".split()


def description_of(module: nn.Module) -> dict[str, Any] | None:
    """Return what describes a module and those in it; None if class and plain arguments do not say all of it.

    Its weights are not part of it, which files have elsewhere.

    Example:
        >>> description_of(nn.Linear(4, 3, bias=False))
        {'class': 'Linear', 'arguments': {'in_features': 4, 'out_features': 3, 'bias': False}, 'dtype': 'float32'}
    """
    if type(module) is nn.Sequential:
        inner = {name: description_of(child) for name, child in module._modules.items() if child is not None}
        has_all = len(inner) == len(module._modules) and None not in inner.values()
        return {"class": "Sequential", "modules": inner} if has_all and _is_as_made(module, nn.Sequential()) else None
    if _CLASSES.get(type(module).__name__) is not type(module):
        return None
    arguments = dict(_arguments_of(module))
    dtypes = {standardize_dtype(t.dtype) for t in module.parameters()}
    described = {"class": type(module).__name__, "arguments": arguments, "dtype": min(dtypes, default=None)}
    if len(dtypes) > 1 or not _is_plain(list(arguments.values())):
        return None
    try:
        with torch.device("meta"):
            twin = _made(described)
    except (ValueError, TypeError, RuntimeError):
        return None
    return described if _is_as_made(module, twin) else None


def described_module(description: Any) -> nn.Module:
    """Return the module that a description of a file says, with weights of its own.

    Raises:
        FileSafetyError: the class is none of the list, or an argument is not a plain value.
        FileContentError: the description is broken, or the class refuses the arguments.

    Example:
        >>> described_module({"class": "Flatten", "arguments": {"start_dim": 2}, "dtype": None})
        Flatten(start_dim=2, end_dim=-1)
    """
    try:
        return _made(description)
    except (FileSafetyError, FileContentError):
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, AssertionError, OverflowError) as error:
        raise FileContentError(f"A torch module cannot be made as the file describes it: {error}") from error


def with_description(archive: bytes, description: dict[str, Any]) -> bytes:
    """Return an archive of `torch.save`, or an empty one, with a description in it."""
    buffer = io.BytesIO(archive)
    with zipfile.ZipFile(buffer, "a" if archive else "w") as file:
        file.writestr(_MEMBER, json.dumps(description))
    return buffer.getvalue()


def description_in(text: str) -> Any:
    """Return the description in the archive that a config holds as text; None if there is none.

    Nothing else of the archive is read: its pickles stay what they are.

    Raises:
        FileContentError: the description is broken, or larger than 1 MiB.
    """
    try:
        file = zipfile.ZipFile(io.BytesIO(base64.b64decode(text, validate=True)))
    except (binascii.Error, zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    with file:
        if _MEMBER not in file.namelist():
            return None
        try:
            with file.open(_MEMBER) as member:
                found = member.read(_LARGEST + 1)
            if len(found) > _LARGEST:
                raise ValueError(f"it is larger than {_LARGEST} bytes")
            return json.loads(found)
        except (ValueError, RecursionError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise FileContentError(f"The description of a torch module is broken: {error}") from error


def _arguments_of(module: nn.Module) -> Iterator[tuple[str, Any]]:
    """Yield the arguments of the constructor that differ from its defaults, as attributes show them."""
    is_recurrent = isinstance(module, nn.RNNBase)
    given = inspect.signature(nn.RNNBase if is_recurrent else type(module)).parameters
    names = _RECURRENT if is_recurrent else [n for n in given if n not in ("device", "dtype") and n[0] != "_"]
    for name in names:
        if not hasattr(module, name):
            continue
        value = getattr(module, name)
        default = given[name].default if name in given else inspect.Parameter.empty
        if isinstance(default, bool) and not isinstance(value, bool):
            value = value is not None  # a bias, of which the module keeps the tensor
        if isinstance(value, torch.Size):
            value = list(value)
        if type(value) is not type(default) or value != default:
            yield name, list(value) if isinstance(value, tuple) else value


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (bool, int, str))


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, (list, tuple)) else value


def _is_as_made(module: nn.Module, twin: nn.Module) -> bool:
    """Whether nothing was done to a module that its constructor does not do."""
    if any(getattr(module, name) for name in (*HOOKS_OF_CALLS, "_state_dict_hooks")):
        return False
    if type(module) is nn.Sequential:
        return _settings(module) == _settings(twin)
    ours, theirs = module.state_dict(), twin.state_dict()
    same = ours.keys() == theirs.keys() and all(ours[k].shape == theirs[k].shape for k in ours)
    return same and _settings(module) == _settings(twin)


def _settings(module: nn.Module) -> dict[str, Any]:
    own = {k: v for k, v in vars(module).items() if k != "training" and not k.startswith("_")}
    return {k: v if _is_plain(v) else str(type(v)) if isinstance(v, nn.Module) else repr(v) for k, v in own.items()}


def _made(description: Any, depth: int = 0) -> nn.Module:
    if not isinstance(description, Mapping):
        raise FileContentError(f"A torch module is described by a dict. Received: {description!r:.100}")
    name = description.get("class")
    if name == "Sequential":
        if depth > _DEEPEST:
            raise FileContentError(f"The torch modules of the file lie in one another more than {_DEEPEST} deep.")
        made = nn.Sequential()
        for key, inner in description["modules"].items():
            made.add_module(key, _made(inner, depth + 1))
        return made
    if not isinstance(name, str) or name not in _CLASSES:
        raise FileSafetyError(
            f"The file names the torch module {name!r:.100}, and takes only modules of torch.nn that do nothing but"
            " compute. Pass the module in `custom_objects` under the name of its layer."
        )
    arguments = description.get("arguments", {})
    if (
        not isinstance(arguments, dict)
        or not _is_plain(list(arguments.values()))
        or {"device", "dtype"} & set(arguments)
    ):
        raise FileSafetyError(
            f"Arguments of a torch module are numbers, strings and lists. Received: {arguments!r:.200}"
        )
    module = _CLASSES[name](**{key: _as_tuples(value) for key, value in arguments.items()})
    dtype = description.get("dtype")
    return module if dtype is None else module.to(to_torch_dtype(dtype))
