"""`FileLimits`: how much a file may ask for, and the checks of a config before anything is made of it."""

from __future__ import annotations

import contextlib
import contextvars
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from torchkeras_compat.errors import FileContentError, FileLimitError

_MIB = 1 << 20


@dataclass(frozen=True)
class FileLimits:
    """What a model file may ask for while it is read; a file that asks for more is refused with `FileLimitError`.

    The defaults are far above what the models of Keras and `keras.applications` need, and in proportion to the size of
    the file: a small file cannot take much memory, disk or time. Pass larger ones for a file that you trust.

    Args:
        compressed_ratio: Largest ratio of the size of compressed data to its size in the file, for members of zip
            files and arrays of HDF5 files, also where one lies in the other.
        config_bytes: Largest sum of the sizes of `config.json`, `metadata.json` and lists of shards, in bytes.
        config_values: Largest number of values in a config: numbers, strings, lists and dicts.
        nesting: Largest depth of lists and dicts in a config, and of groups in an HDF5 file.
        layers: Largest number of layers in a config, those of nested models included.
        calls: Largest number of calls of layers in a config.
        name_length: Largest length of the name of a layer or other object in a config; the paths of weights repeat it.
        members: Largest number of members of a zip file or folder, assets included, and of shards.
        assets_bytes: Largest sum of the sizes of the assets, in bytes.
        objects: Largest number of groups and arrays that `KerasFileEditor` reads.
        spare_bytes: Memory that a file may take whatever its size, in bytes: a model has more than its weights.
        memory_factor: Memory that a model may take while it is made, as a multiple of the size of its weights in the
            file; initial values are computed, and then replaced, and int4 weights are made of floats (29 times).
        bytes_without_weights: Memory that a model may take that is made of a config alone, as `model_from_json` does.
        operations: Largest number of operations of torch that run while a model is made; shapes are found by them.

    Raises:
        ValueError: a limit is not a positive number.

    Example:
        >>> FileLimits(layers=100).layers
        100
        >>> from torchkeras_compat.models.from_json import model_from_json
        >>> model_from_json('{"class_name": "__tuple__", "items": [[[[]]]]}', limits=FileLimits(nesting=3))
        Traceback (most recent call last):
            ...
        torchkeras_compat.errors.FileLimitError: The config in the JSON is nested deeper than 3 ...
    """

    compressed_ratio: float = 100.0
    config_bytes: int = 64 * _MIB
    config_values: int = 4_000_000
    nesting: int = 200
    layers: int = 10_000
    calls: int = 50_000
    name_length: int = 255
    members: int = 10_000
    assets_bytes: int = 1024 * _MIB
    objects: int = 100_000
    spare_bytes: int = 128 * _MIB
    memory_factor: float = 32.0
    bytes_without_weights: int = 2048 * _MIB
    operations: int = 400_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
                raise ValueError(f"`{field.name}` of FileLimits is a positive number. Received: {value!r}")

    def check_ratio(self, what: str, stored: int, unpacked: int) -> None:
        """Make sure that data does not grow too much when it is unpacked.

        Args:
            what: What it is, for the message: ``"'config.json' in 'a.keras'"``.
            stored: Its size in the file, in bytes.
            unpacked: Its size in memory, in bytes; up to 1 MiB a ratio says nothing.

        Raises:
            FileLimitError: it is larger than ``compressed_ratio`` allows.

        Example:
            >>> FileLimits(compressed_ratio=10).check_ratio("'a' in 'b.zip'", 1000, 2_000_000)
            Traceback (most recent call last):
                ...
            torchkeras_compat.errors.FileLimitError: 'a' in 'b.zip' grows from 1,000 to 2,000,000 bytes ...
        """
        if unpacked > _MIB and unpacked > self.compressed_ratio * stored:
            raise too_much(
                f"{what} grows from {stored:,} to {unpacked:,} bytes when it is unpacked",
                "compressed_ratio",
                self.compressed_ratio,
            )

    def largest_unpacked(self, stored: int) -> int:
        """Return how many bytes may come out of ``stored`` bytes of a file."""
        return int(self.spare_bytes + self.compressed_ratio * stored)


def too_much(what: str, limit: str, value: float) -> FileLimitError:
    """Return the error that says which limit is reached, and how to raise it.

    Args:
        what: Sentence without its full stop, which names the file and the place in it.
        limit: Name of the limit.
        value: Its value.
    """
    number = f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return FileLimitError(
        f"{what}: the limit `{limit}` is {number}. If you trust the file, pass `limits=FileLimits({limit}=...)`, from"
        " `keras.saving`, with a larger one."
    )


_current: contextvars.ContextVar[FileLimits] = contextvars.ContextVar("limits", default=FileLimits())  # noqa: B039


def current_limits() -> FileLimits:
    """Return the limits of the file that is being read, or the default ones."""
    return _current.get()


@contextlib.contextmanager
def reading_within(limits: FileLimits | None) -> Iterator[FileLimits]:
    """Read files within ``limits`` inside the scope; None keeps the limits of the scope around it.

    Raises:
        TypeError: ``limits`` is something else.
    """
    if limits is not None and not isinstance(limits, FileLimits):
        raise TypeError(f"`limits` is a `keras.saving.FileLimits`, or None for the default. Received: {limits!r}")
    token = _current.set(limits or _current.get())
    try:
        yield _current.get()
    finally:
        _current.reset(token)


def parsed_json(text: str | bytes, source: str, limits: FileLimits | None = None) -> Any:
    """Return what a JSON text holds.

    Args:
        text: The text; bytes are UTF-8.
        source: What it is, for messages: ``"'config.json' in 'a.keras'"``.
        limits: The current ones by default.

    Raises:
        FileLimitError: it is too long, has too many values, or is nested too deep.
        FileContentError: it is not JSON.
    """
    limits = limits or current_limits()
    if len(text) > limits.config_bytes:
        raise too_much(f"{source} has {len(text):,} bytes", "config_bytes", limits.config_bytes)
    signs: tuple[Any, ...] = (b",", b"[", b"{") if isinstance(text, bytes) else (",", "[", "{")
    if sum(map(text.count, signs)) > limits.config_values:  # before they take memory
        raise too_much(f"{source} has too many values", "config_values", limits.config_values)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise too_much(f"{source} is nested too deep", "nesting", limits.nesting) from error
    except ValueError as error:
        raise FileContentError(f"{source} is not JSON: {error}. Save the model again.") from error


def parsed_json_file(path: str | os.PathLike[str]) -> Any:
    """Return what a JSON file holds; one that is too long is not read.

    Args:
        path: File, in UTF-8.

    Raises:
        FileLimitError: it is too long, has too many values, or is nested too deep.
        FileContentError: it is not JSON.
        OSError: it cannot be read.
    """
    limits, size = current_limits(), os.path.getsize(path)
    if size > limits.config_bytes:
        raise too_much(f"{os.fspath(path)!r} has {size:,} bytes", "config_bytes", limits.config_bytes)
    with open(path, "rb") as file:
        return parsed_json(file.read(size + 1), repr(os.fspath(path)))


def check_config(config: Any, limits: FileLimits | None = None, source: str = "the file") -> None:
    """Check the depth and the size of a config before anything is made of it.

    Args:
        config: Config of a model or other object, of JSON's types.
        limits: The current ones by default.
        source: Name of the file, for messages.

    Raises:
        FileLimitError: it is nested too deep, or has too many values, layers or calls; also if it contains itself.

    Example:
        >>> check_config({"config": {"layers": [{"class_name": "Dense"}]}})
    """
    limits = limits or current_limits()
    values = layers = calls = 0
    level: list[tuple[Any, Any]] = [(None, config)]
    for _ in range(limits.nesting):
        below: list[tuple[Any, Any]] = []
        for _, value in level:
            if isinstance(value, dict):
                below.extend(value.items())
            elif isinstance(value, (list, tuple)):
                below.extend((None, item) for item in value)
        for key, value in below:
            if isinstance(value, (list, tuple)):
                layers += len(value) * (key == "layers")
                calls += len(value) * (key == "inbound_nodes")
            elif key == "name" and isinstance(value, str) and len(value) > limits.name_length:
                what = f"The config in {source} has the name {value[:40]!r}..., of {len(value):,} characters"
                raise too_much(what, "name_length", limits.name_length)
        values += len(below)
        for what, number, name in (
            ("values", values, "config_values"),
            ("layers", layers, "layers"),
            ("calls", calls, "calls"),
        ):
            if number > getattr(limits, name):
                raise too_much(f"The config in {source} has too many {what}", name, getattr(limits, name))
        level = [(key, value) for key, value in below if isinstance(value, (dict, list, tuple))]
        if not level:
            return
    raise too_much(
        f"The config in {source} is nested deeper than {limits.nesting} lists and dicts", "nesting", limits.nesting
    )
