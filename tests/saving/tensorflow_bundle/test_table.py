from __future__ import annotations

import random
import runpy
import struct
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.file_limits import FileLimits, reading_within
from torchkeras_compat.saving.tensorflow_bundle.crc32c import masked_crc32c
from torchkeras_compat.saving.tensorflow_bundle.table import read_table
from torchkeras_compat.saving.tensorflow_bundle.wire import varint

writer: Any = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("writer.py"))))

VALUES = {f"layer_{i:03d}/kernel": bytes([i]) * i for i in range(100)}


@pytest.mark.parametrize("blocks", [1, 3, 100])
def test_a_table_is_read_in_order(tmp_path: Path, blocks: int) -> None:
    (tmp_path / "t").write_bytes(writer.table(VALUES, blocks))
    found = read_table(str(tmp_path / "t"))
    assert {key: bytes(value) for key, value in found.items()} == VALUES and list(found) == sorted(VALUES)


def whole(*entries: tuple[bytes, bytes], raw: bytes | None = None, handle: bytes | None = None) -> bytes:
    one = writer.block(list(entries)) if raw is None else raw
    index = writer.block([(b"z", varint(0) + varint(len(one) - 5) if handle is None else handle)])
    return (
        one
        + index
        + (varint(0) + varint(0) + varint(len(one)) + varint(len(index) - 5)).ljust(40, b"\0")
        + writer.MAGIC
    )


BROKEN = {
    "empty": (b"", "does not end as one"),
    "other": (b"hello" * 50, "does not end as one"),
    "snappy": (writer.table({"a": b"1"}, kind=1), r"compressed \(snappy\)"),
    "unknown method": (writer.table({"a": b"1"}, kind=9), r"compressed \(method 9\)"),
    "block outside": (whole((b"a", b"1"), handle=varint(0) + varint(10**12)), "1000000000000 bytes at 0 lies outside"),
    "block far away": (whole((b"a", b"1"), handle=varint(2**63) + varint(3)), "lies outside"),
    "checksum": (whole(raw=writer.block([(b"a", b"1")])[:-1] + b"\0"), "checksum of the block at 0 is wrong"),
    "order": (whole((b"b", b"1"), (b"a", b"2")), "not in order"),
    "twice": (whole((b"a", b"1"), (b"a", b"2")), "not in order"),
    "not UTF-8": (whole((b"\xff\xfe", b"1")), "is not UTF-8"),
}


@pytest.mark.parametrize(("data", "words"), BROKEN.values(), ids=BROKEN)
def test_broken_tables_are_refused(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "t").write_bytes(data)
    with pytest.raises(FileContentError, match=rf"t' is not a whole table of TensorFlow: .*{words}"):
        read_table(str(tmp_path / "t"))


def checked(content: bytes) -> bytes:
    from torchkeras_compat.saving.tensorflow_bundle.crc32c import masked_crc32c

    return content + b"\0" + struct.pack("<I", masked_crc32c(content + b"\0"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (struct.pack("<I", 2**31), "claims 2147483648 restart points"),
        (b"ab", "has no restart points"),
        (b"\x05\x01\x01ab" + struct.pack("<II", 0, 1), "more bytes than there are"),
        (b"\x00" + varint(2**40) + b"\x01ab" + struct.pack("<II", 0, 1), "more bytes than there are"),
        (b"\x80\x80" + struct.pack("<II", 0, 1), "does not end"),
    ],
)
def test_broken_blocks_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "t").write_bytes(whole(raw=checked(content)))
    with pytest.raises(FileContentError, match=words):
        read_table(str(tmp_path / "t"))


def test_sizes_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(writer.table({"k" * 50_000 + f"{i:05d}": b"" for i in range(100)}))
    assert (tmp_path / "t").stat().st_size < 110_000
    with reading_within(FileLimits(config_bytes=1_000_000)), pytest.raises(FileLimitError, match="keys are too long"):
        read_table(str(tmp_path / "t"))
    with reading_within(FileLimits(config_bytes=1_000)), pytest.raises(FileLimitError, match="config_bytes"):
        read_table(str(tmp_path / "t"))


def test_no_change_of_a_byte_goes_unseen(tmp_path: Path) -> None:
    data = writer.table({name: VALUES[name] for name in list(VALUES)[:6]}, 2)
    path = tmp_path / "t"
    rng = random.Random(0)
    for _ in range(400):
        changed = bytearray(data)
        for _ in range(rng.choice([1, 1, 3])):
            changed[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(changed[: rng.choice([len(data), rng.randrange(len(data))])])
        try:
            found = read_table(str(path))
        except FileContentError:
            continue
        assert list(found) == list(VALUES)[:6]  # the padding, or the meta index


def test_a_block_is_read_once(tmp_path: Path) -> None:
    count = 100_000
    content = bytes(4 * count) + count.to_bytes(4, "little")  # nothing but restart points
    one = content + b"\0"
    one += struct.pack("<I", masked_crc32c(one))
    index = writer.block([(b"%05d" % i, varint(0) + varint(len(content))) for i in range(10_000)])
    footer = (varint(0) + varint(0) + varint(len(one)) + varint(len(index) - 5)).ljust(40, b"\0") + writer.MAGIC
    (tmp_path / "t").write_bytes(one + index + footer)
    begun = time.process_time()
    with pytest.raises(FileContentError, match="the block at 0 overlaps the one before it"):
        read_table(str(tmp_path / "t"))
    assert time.process_time() - begun < 2


def test_entries_are_counted_while_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(writer.table(VALUES))
    with reading_within(FileLimits(objects=99)), pytest.raises(FileLimitError, match="too many entries"):
        read_table(str(tmp_path / "t"))
