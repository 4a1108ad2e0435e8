from __future__ import annotations

import random

import pytest

from torchkeras_compat.saving.tensorflow_bundle import crc32c


@pytest.mark.parametrize(
    ("data", "wanted"),
    [  # RFC 3720, appendix B.4
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
)
def test_published_values(data: bytes, wanted: int) -> None:
    assert crc32c.crc32c(data) == wanted


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1000, 4096, 4097, 100_003])
def test_many_parts_at_a_time_give_the_same(size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert crc32c.crc32c(data) == crc32c._continued(0xFFFFFFFF, data) ^ 0xFFFFFFFF
