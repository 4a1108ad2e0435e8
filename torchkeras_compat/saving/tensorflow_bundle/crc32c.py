"""The checksum of TFRecord files: CRC-32C, computed on many parts of the data at a time.

Source: RFC 3720, appendix B.4 (the polynomial); the mask is that of TFRecord's format.
"""

from __future__ import annotations

import functools

import numpy as np

_POLYNOMIAL = 0x82F63B78
_MASK = 0xA282EAD8
_SHORT = 512  # bytes, below which one loop is quicker than parts
_LANE = 64  # bytes a part


def _make_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _make_table()
_TABLE_ARRAY = np.array(_TABLE, np.uint32)


def crc32c(data: bytes | memoryview) -> int:
    """Return the CRC-32C of bytes.

    Example:
        >>> hex(crc32c(b"123456789"))
        '0xe3069283'
    """
    if len(data) < _SHORT:
        return _continued(0xFFFFFFFF, data) ^ 0xFFFFFFFF
    whole = len(data) // _LANE
    lanes = np.frombuffer(data, np.uint8, whole * _LANE).reshape(whole, _LANE)
    states = np.zeros(whole, np.uint32)
    states[0] = 0xFFFFFFFF
    for column in np.ascontiguousarray(lanes.T):
        states = states >> np.uint32(8) ^ _TABLE_ARRAY[(states ^ column) & np.uint32(255)]
    length = _LANE
    while len(states) > 1:  # neighbours are joined: the first one is moved on by the bytes of the second
        if len(states) % 2:
            states = np.concatenate([np.zeros(1, np.uint32), states])  # zeros in front change nothing
        states = _moved(states[::2], length) ^ states[1::2]
        length *= 2
    return _continued(int(states[0]), memoryview(data)[whole * _LANE :]) ^ 0xFFFFFFFF


def masked_crc32c(data: bytes | memoryview) -> int:
    """Return the CRC-32C as a TFRecord file holds it.

    Example:
        >>> hex(masked_crc32c(b"123456789"))
        '0xc78ab0e5'
    """
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def _continued(state: int, data: bytes | memoryview) -> int:
    table = _TABLE
    for byte in data:
        state = state >> 8 ^ table[(state ^ byte) & 255]
    return state


@functools.cache
def _tables(length: int) -> np.ndarray:
    """What ``length`` zero bytes make of each of the four bytes of a state."""
    bits = np.left_shift(np.uint32(1), np.arange(32, dtype=np.uint32))
    if length == 1:
        moved = bits >> np.uint32(8) ^ _TABLE_ARRAY[bits & np.uint32(255)]
    elif length % 2:
        moved = _moved(_moved(bits, length - 1), 1)
    else:
        moved = _moved(_moved(bits, length // 2), length // 2)
    tables = np.zeros((4, 256), np.uint32)
    for byte in range(256):
        for bit in range(8):
            if byte >> bit & 1:
                tables[:, byte] ^= moved[bit::8]
    return tables


def _moved(states: np.ndarray, length: int) -> np.ndarray:
    tables = _tables(length)
    found: np.ndarray = tables[0][states & np.uint32(255)]
    for place in range(1, 4):
        found = found ^ tables[place][states >> np.uint32(8 * place) & np.uint32(255)]
    return found
