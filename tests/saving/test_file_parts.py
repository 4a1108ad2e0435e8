import io
import zlib

import pytest

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_parts import FilePart, Reading

CONTENT = bytes(range(256)) * 8192  # 2 MiB, more than one block


@pytest.fixture
def raw(tmp_path):
    path = tmp_path / "whole"
    path.write_bytes(b"before" + CONTENT + b"after")
    with open(path, "rb", buffering=0) as file:
        yield file


def part(raw, crc=None):
    return FilePart(raw, 6, len(CONTENT), crc, "'it'")


def test_a_part_reads_like_a_file(raw):
    found = part(raw)
    assert found.read() == CONTENT
    assert found.seek(-3, io.SEEK_END) == len(CONTENT) - 3 and found.tell() == len(CONTENT) - 3
    assert found.read(10) == CONTENT[-3:]  # what lies behind is another's
    found.seek(2)
    found.seek(3, io.SEEK_CUR)
    assert found.read(2) == CONTENT[5:7]


def test_what_is_cut_off_is_refused(raw):
    with pytest.raises(FileContentError, match="'it' is cut off"):
        FilePart(raw, 6, len(CONTENT) + 6, source="'it'")
    found = part(raw)
    with open(raw.name, "rb+") as other:
        other.truncate(1000)
    with pytest.raises(FileContentError, match="'it' is cut off"):
        found.read_exactly(900, memoryview(bytearray(200)))


def test_the_checksum_is_compared_on_the_way(raw):
    found = part(raw, zlib.crc32(CONTENT))
    reading, buffer = Reading(found), memoryview(bytearray(1000))
    reading.into(10, buffer)
    reading.into(500, buffer)  # bytes of another array
    reading.into(1_500_000, buffer)
    assert bytes(buffer) == CONTENT[1_500_000:1_501_000]
    assert not found.is_checked
    reading.finish()
    assert found.is_checked


def test_wrong_bytes_are_found(raw):
    found = part(raw, zlib.crc32(CONTENT) ^ 1)
    with pytest.raises(FileContentError, match="'it' is broken: Bad CRC-32"):
        found.check()
    reading = Reading(found)
    reading.into(10, memoryview(bytearray(1000)))
    with pytest.raises(FileContentError, match="Bad CRC-32"):
        reading.finish()
    unknown = part(raw)
    unknown.check()
    assert not unknown.is_checked
