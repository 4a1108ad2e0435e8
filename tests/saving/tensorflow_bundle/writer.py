"""Checkpoints of TensorFlow, written for tests: tables, entries, graphs of objects."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from torchkeras_compat.saving.tensorflow_bundle.crc32c import crc32c, masked_crc32c
from torchkeras_compat.saving.tensorflow_bundle.object_graph import KEY
from torchkeras_compat.saving.tensorflow_bundle.wire import field, varint, varint_field

MAGIC = bytes.fromhex("57fb808b247547db")
DTYPES = {"float32": 1, "float64": 2, "int32": 3, "int64": 9, "float16": 19, "bool": 10}


def block(entries: list[tuple[bytes, bytes]], kind: int = 0, shared: bool = True) -> bytes:
    """A block with its compression and checksum."""
    data, before = b"", b""
    for key, value in entries:
        n = 0
        while shared and n < min(len(key), len(before)) and key[n] == before[n]:
            n += 1
        data += varint(n) + varint(len(key) - n) + varint(len(value)) + key[n:] + value
        before = key
    data += struct.pack("<II", 0, 1) + bytes([kind])
    return data + struct.pack("<I", masked_crc32c(data))


def table(values: dict[str, bytes], blocks: int = 1, kind: int = 0) -> bytes:
    """A whole table, in so many blocks."""
    entries = sorted((k.encode(), v) for k, v in values.items())
    size = -(-len(entries) // blocks)
    data, index = b"", []
    for i in range(0, len(entries), size):
        one = block(entries[i : i + size], kind)
        index.append((entries[i : i + size][-1][0], varint(len(data)) + varint(len(one) - 5)))
        data += one
    meta, data = len(data), data + block([])
    last = block(index)
    handles = varint(meta) + varint(8) + varint(len(data)) + varint(len(last) - 5)
    return data + last + handles.ljust(40, b"\0") + MAGIC


def entry(dtype: int, shape: tuple[int, ...], shard: int, offset: int, size: int, checksum: int) -> bytes:
    """The message of one tensor."""
    axes = b"".join(field(2, varint_field(1, n)) for n in shape)
    numbers = b"".join(varint_field(n, v) for n, v in ((3, shard), (4, offset), (5, size)) if v)
    return varint_field(1, dtype) + field(2, axes) + numbers + varint(6 << 3 | 5) + struct.pack("<I", checksum)


def masked(crc: int) -> int:
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def graph(nodes: list[dict]) -> bytes:
    """A graph of objects: each with `children`, and `key`, `name` or `slots`."""
    data = b""
    for node in nodes:
        message = b"".join(
            field(1, varint_field(1, n) + field(2, name.encode())) for name, n in node.get("children", {}).items()
        )
        if "key" in node:
            texts = ((1, "VARIABLE_VALUE"), (2, node.get("name", "")), (3, node["key"]))
            message += field(2, b"".join(field(n, text.encode()) for n, text in texts))
        for (original, name), slot in node.get("slots", {}).items():
            message += field(3, varint_field(1, original) + field(2, name.encode()) + varint_field(3, slot))
        data += field(1, message)
    return data


def nodes_of(keys: list[str]) -> list[dict]:
    """The graph that keys such as ``layer_with_weights-0/kernel`` describe."""
    nodes: list[dict] = [{"children": {}}]
    for key in keys:
        at = 0
        for part in key.split("/"):
            below = nodes[at]["children"]
            if part not in below:
                below[part] = len(nodes)
                nodes.append({"children": {}})
            at = below[part]
        nodes[at]["key"] = f"{key}/.ATTRIBUTES/VARIABLE_VALUE"
    return nodes


def write_bundle(
    prefix: Path, arrays: dict[str, np.ndarray], objects: bytes | None = None, shards: int = 1, **changed: bytes
) -> None:
    """Write a checkpoint; ``changed`` entries take the place of those of the same name."""
    data = [b""] * shards
    entries = {"": varint_field(1, shards) + field(3, varint_field(1, 1))}
    for i, (name, array) in enumerate(arrays.items()):
        number = i % shards
        content = np.ascontiguousarray(array).tobytes()
        place = len(data[number])
        entries[name] = entry(
            DTYPES[str(array.dtype)], array.shape, number, place, len(content), masked(crc32c(content))
        )
        data[number] += content
    if objects is not None:
        length = len(objects).to_bytes(4, "little")
        check = struct.pack("<I", masked_crc32c(length))
        content = varint(len(objects)) + check + objects
        entries[KEY] = entry(7, (), 0, len(data[0]), len(content), masked(crc32c(length + check + objects)))
        data[0] += content
    Path(f"{prefix}.index").write_bytes(table({**entries, **changed}))
    for number, content in enumerate(data):
        Path(f"{prefix}.data-{number:05d}-of-{shards:05d}").write_bytes(content)
