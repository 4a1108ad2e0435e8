"""What lies under a path, by its first bytes: the one place that decides it, whatever the name ends in."""

from __future__ import annotations

import enum
import os
import re
import stat
from typing import Any, NoReturn

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.checkpoint_files import is_checkpoint
from torchkeras_compat.saving.keras_archive import CONFIG
from torchkeras_compat.saving.open_h5 import HDF5_MAGIC

SHARDS = ".weights.json"
SAFETENSORS, SAFETENSORS_LIST = ".safetensors", ".safetensors.index.json"
_LOOKED_AT = 1024  # bytes at the beginning of a file


class Content(enum.Enum):
    """What lies under a path: the formats that are read, and those that people take for one of them."""

    HDF5 = "an HDF5 file"
    KERAS_ZIP = "a `.keras` zip file"
    KERAS_FOLDER = "a folder with the parts of a `.keras` file"
    SHARDS = "a list of files with weights"
    STEPS = "a folder of checkpoints of torch"
    TENSORFLOW_CHECKPOINT = "a checkpoint of TensorFlow"
    SAVED_MODEL = "a SavedModel of TensorFlow"
    SAFETENSORS = "a safetensors file"
    SAFETENSORS_LIST = "a list of safetensors files"
    # What is never read here.
    EMPTY = "an empty file"
    ZEROS = "a file that begins with nothing but zeros"
    LFS_POINTER = "a Git LFS pointer, a text that stands for the file"
    HTML = "a web page"
    TORCH = "a file of `torch.save`"
    PICKLE = "a pickle"
    NUMPY = "an array of NumPy"
    ONNX = "an ONNX model"
    TFLITE = "a TensorFlow Lite model"
    GGUF = "a GGUF file"
    FROZEN_GRAPH = "a graph of TensorFlow"
    COMPRESSED = "a compressed file or archive"
    JSON = "a JSON text"
    FOLDER = "a folder with nothing that is known"
    PIPE = "a pipe, socket or device"
    UNKNOWN = "a file of an unknown format"
    MISSING = "nothing"


READ = frozenset(list(Content)[:9])

_SAVE_IT = "Save it again with `model.save('model.keras')` or `model.save_weights('model.weights.h5')`, and load that."
_IN_TORCH = (
    "Pickles can run code, so this one is not opened. If you trust it, load it with torch, `model.load_state_dict("
    "torch.load(path, weights_only=True))`, and save it as `.keras` or `.weights.h5` here."
)
_CONVERT = "Convert it where its library is installed, and save the model as `.keras` or its weights as `.weights.h5`."
_WHAT_TO_DO = {
    Content.SHARDS: "It has the weights of a model. Make the model, and use `load_weights`.",
    Content.TENSORFLOW_CHECKPOINT: "It has the weights of a model. Make the model, and use `load_weights`.",
    Content.SAFETENSORS: "It has the weights of a model. Make the model, and use `load_weights`.",
    Content.SAFETENSORS_LIST: "It has the weights of a model. Make the model, and use `load_weights`.",
    Content.EMPTY: "A copy or download stopped before it began, or the disk was full. Copy or save it again.",
    Content.ZEROS: "A download or copy was cut off. Copy it again.",
    Content.LFS_POINTER: "Run `git lfs pull` in the repository, or download the file itself.",
    Content.HTML: "The download failed and gave an error or login page. Download the file itself (the `raw` link).",
    Content.TORCH: _IN_TORCH,
    Content.PICKLE: (
        "Pickles can run code, so it is not opened. Load it in the program that wrote it, and save the model there with"
        " `model.save('model.keras')`, or its `get_weights()` with `numpy.savez`."
    ),
    Content.NUMPY: "Read it with `numpy.load`, and give the arrays to `model.set_weights`.",
    Content.ONNX: _CONVERT,
    Content.TFLITE: "It is made for inference on devices. Load the Keras model that it was made from.",
    Content.GGUF: _CONVERT,
    Content.FROZEN_GRAPH: "It holds a program of TensorFlow. Load the Keras model that it was made from.",
    Content.COMPRESSED: "Unpack it first, and load the file or folder inside.",
    Content.JSON: "If it is an architecture, use `model_from_json(text)`, and `load_weights` for the weights.",
    Content.FOLDER: "It has no `config.json`, `saved_model.pb` or checkpoint. Give the path of the file inside it.",
    Content.PIPE: "Copy it into a file first.",
    Content.UNKNOWN: _SAVE_IT,
    Content.MISSING: "There is no such file or folder. Check the name and the folder.",
}

_MAGIC = (
    (HDF5_MAGIC, Content.HDF5),
    (b"version https://git-lfs", Content.LFS_POINTER),
    (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", Content.TORCH),  # before torch 1.6
    (b"\x93NUMPY", Content.NUMPY),
    (b"GGUF", Content.GGUF),
    (b"\x1f\x8b", Content.COMPRESSED),
    (b"BZh", Content.COMPRESSED),
    (b"\xfd7zXZ\x00", Content.COMPRESSED),
    (b"\x28\xb5\x2f\xfd", Content.COMPRESSED),
    (b"7z\xbc\xaf\x27\x1c", Content.COMPRESSED),
    (b"Rar!", Content.COMPRESSED),
    (b"\x00asm", Content.UNKNOWN),
)
_PATTERNS = (
    (rb"\s*(<!doctype html|<html|<head|<\?xml)", Content.HTML),
    (rb"\x80[\x02-\x05][\x00-\xff]", Content.PICKLE),
    (rb"\x08[\x01-\x20]\x12[\x00-\x40][ -~]", Content.ONNX),  # ir_version, then the name of the producer
    (rb"\s*[{\[]", Content.JSON),
)


def content_of(path: str) -> Content:
    """Return what lies under a path.

    Args:
        path: File or folder; or the prefix of a checkpoint of TensorFlow, or one of its files.

    Raises:
        OSError: the file cannot be read, as for missing permissions.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Content.TENSORFLOW_CHECKPOINT if os.path.isfile(f"{path}.index") else Content.MISSING
    if stat.S_ISDIR(mode):
        return _content_of_folder(path)
    if not stat.S_ISREG(mode):
        return Content.PIPE
    with open(path, "rb") as file:
        start = file.read(_LOOKED_AT)
    return _content_of_bytes(start, path)


def _content_of_folder(path: str) -> Content:
    if is_checkpoint(path):
        return Content.STEPS
    for name, content in (
        (CONFIG, Content.KERAS_FOLDER),
        ("saved_model.pb", Content.SAVED_MODEL),
        ("saved_model.pbtxt", Content.SAVED_MODEL),
        ("variables/variables.index", Content.SAVED_MODEL),
        ("checkpoint", Content.TENSORFLOW_CHECKPOINT),
        ("model.safetensors.index.json", Content.SAFETENSORS_LIST),
        ("model.safetensors", Content.SAFETENSORS),
    ):
        if os.path.isfile(os.path.join(path, name)):
            return content
    return Content.TENSORFLOW_CHECKPOINT if os.path.isfile(f"{path}.index") else Content.FOLDER


def _content_of_bytes(start: bytes, path: str) -> Content:
    for magic, content in _MAGIC:
        if start.startswith(magic):
            return content
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _content_of_zip(start)
    if not start.strip(b"\0"):
        return Content.ZEROS if start else Content.EMPTY
    if start[4:8] == b"TFL3":
        return Content.TFLITE
    if _is_safetensors(start, path):
        return Content.SAFETENSORS
    if start[257:262] == b"ustar":
        return Content.COMPRESSED
    for listing, content in ((SAFETENSORS_LIST, Content.SAFETENSORS_LIST), (SHARDS, Content.SHARDS)):
        if path.lower().endswith(listing):
            return content
    if re.fullmatch(r".*(\.index|\.data-[0-9]{5}-of-[0-9]{5})", path, re.DOTALL) and _has_index(path):
        return Content.TENSORFLOW_CHECKPOINT
    if os.path.isfile(f"{path}.index") or start.startswith(b"model_checkpoint_path:"):
        return Content.TENSORFLOW_CHECKPOINT  # a prefix "checkpoint", and the text beside it, are of one name
    for pattern, content in _PATTERNS:
        if re.match(pattern, start, re.IGNORECASE):
            return content
    return _ENDINGS.get(os.path.splitext(path)[1].lower(), Content.UNKNOWN)


_ENDINGS = {  # of formats that begin in many ways
    ".onnx": Content.ONNX,
    ".pb": Content.FROZEN_GRAPH,
    ".pkl": Content.PICKLE,
    ".pickle": Content.PICKLE,
    ".joblib": Content.PICKLE,
}


def _has_index(path: str) -> bool:
    return os.path.isfile(f"{checkpoint_prefix(path)}.index")


def checkpoint_prefix(path: str) -> str:
    """Return the prefix that the files of a checkpoint of TensorFlow share, given it or the name of one of them."""
    return re.sub(r"(\.index|\.data-[0-9]{5}-of-[0-9]{5})\Z", "", path)


def _content_of_zip(start: bytes) -> Content:
    """What a zip file is, by the name of its first member; the others are looked at when it is read."""
    first = start[30 : 30 + int.from_bytes(start[26:28], "little")]
    if first.endswith(
        (b"/data.pkl", b"/data/0", b"/.data/serialization_id", b"/byteorder", b"/version", b"/.format_version")
    ):
        return Content.TORCH
    return Content.NUMPY if first.endswith(b".npy") else Content.KERAS_ZIP


def _is_safetensors(start: bytes, path: str) -> bool:
    """Whether a file begins with the length of a JSON header, and that."""
    length = int.from_bytes(start[:8], "little")
    return start[8:9] == b"{" and 2 <= length <= os.path.getsize(path) - 8


def is_of_layers(root: Any, path: str) -> bool:
    """Return whether an open HDF5 file has the older layout, arrays by layer and name, and not that of `.weights.h5`.

    Args:
        root: `h5py.File`.
        path: Its name, which decides only where neither is there.
    """
    if any(key in root.attrs for key in ("layer_names", "layer_names0", "nb_layers", "model_config")):
        return True
    is_new = any(name in root for name in ("vars", "layers", "_layer_checkpoint_dependencies"))
    return "model_weights" in root if is_new else not path.endswith(".weights.h5")


def refuse(path: str, content: Content, reader: str, reads: str) -> NoReturn:
    """Raise the error that says what lies under a path, and what to do.

    Args:
        path: What the user gave.
        content: What it is.
        reader: What was called, ``"load_model"``.
        reads: What that reads, in words.

    Raises:
        FileContentError: always.
    """
    what = "" if content is Content.MISSING else f" It is {content.value}."
    message = f"File format not supported: filepath={path}. `{reader}` reads {reads}.{what} {_WHAT_TO_DO[content]}"
    raise FileContentError(message)
