"""64-bit fingerprints of many byte strings at a time: FarmHash, SipHash, and how two fingerprints become one.

Unsigned 64-bit numbers lie in int64 tensors: sums, products and shifts to the left have the same bits.
"""

from __future__ import annotations

import torch

_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_CROSSING = 0xC6A4A7935BD1E995

Pair = tuple[torch.Tensor, torch.Tensor]


def fingerprint64(text: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return FarmHash's ``Fingerprint64`` of byte strings, as int64 with the bits of the unsigned number.

    Args:
        text: Bytes, ``(strings, longest)``, uint8.
        lengths: Length of each string in bytes, ``(strings,)``.

    Example:
        >>> text = torch.tensor([[97, 98, 99]], dtype=torch.uint8)
        >>> fingerprint64(text, torch.tensor([3])).item() % 2**64
        2640714258260161385

    Source: Geoff Pike, FarmHash, ``farmhashna::Hash64``.
    """
    width = text.shape[1]
    if width < 64:
        text = torch.nn.functional.pad(text, (0, 64 - width))
    if width <= 20:  # also decimal numbers, which may lie on a device: nothing here depends on the values
        result = _up_to_16(text, lengths)
        return torch.where(lengths > 16, _17_to_32(text, lengths), result) if width > 16 else result
    result = torch.empty_like(lengths)
    for low, high, function in ((0, 16, _up_to_16), (17, 32, _17_to_32), (33, 64, _33_to_64)):
        chosen = (lengths >= low) & (lengths <= high)
        result[chosen] = function(text[chosen][:, :64], lengths[chosen])
    blocks = (lengths - 1) // 64
    for count in sorted(set(blocks[lengths > 64].tolist())):
        chosen = (blocks == count) & (lengths > 64)
        result[chosen] = _longer(text[chosen], lengths[chosen], count)
    return result


def siphash64(text: torch.Tensor, lengths: torch.Tensor, key: tuple[int, int]) -> torch.Tensor:
    """Return SipHash-2-4 of byte strings under a key, as int64 with the bits of the unsigned number.

    Args:
        text: Bytes, ``(strings, longest)``, uint8.
        lengths: Length of each string in bytes, ``(strings,)``.
        key: Two numbers of 64 bits.

    Example:
        >>> text = torch.arange(15, dtype=torch.uint8)[None]
        >>> key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
        >>> hex(siphash64(text, torch.tensor([15]), key).item() % 2**64)
        '0xa129ca6149be45e5'

    Source: Aumasson and Bernstein 2012, section 2 and appendix A.
    """
    count, width = text.shape
    last = width // 8
    padded = torch.zeros((count, last * 8 + 8), dtype=torch.uint8, device=text.device)
    padded[:, :width] = text
    ends = lengths // 8
    padded.scatter_(1, (ends * 8 + 7)[:, None], (lengths % 256).to(torch.uint8)[:, None])
    start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    state = tuple(torch.full_like(lengths, _signed(x ^ key[i % 2])) for i, x in enumerate(start))
    for block in range(last + 1):
        word = _fetch(padded, torch.full_like(lengths, block * 8))
        v0, v1, v2, v3 = state
        v0, v1, v2, v3 = _sip_rounds((v0, v1, v2, v3 ^ word), 2)
        is_part = block <= ends
        new = (v0 ^ word, v1, v2, v3)
        state = tuple(torch.where(is_part, after, before) for after, before in zip(new, state, strict=True))
    v0, v1, v2, v3 = _sip_rounds((state[0], state[1], state[2] ^ 0xFF, state[3]), 4)
    return v0 ^ v1 ^ v2 ^ v3


def combine(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Return one fingerprint of two, in which their order counts.

    Source: TensorFlow, ``FingerprintCat64``, by which ``tf.sparse.cross_hashed`` crosses features.
    """
    factor = _signed(_CROSSING)
    result = (first ^ factor) ^ (_mixed(second * factor) * factor)
    result = _mixed(result * factor) * factor
    return _mixed(result)


def remainder(fingerprints: torch.Tensor, divisor: int) -> torch.Tensor:
    """Return the remainders of unsigned numbers by a divisor below 2**62.

    Example:
        >>> remainder(torch.tensor([-1]), 10).item()  # 2**64 - 1
        5
    """
    half = _shifted(fingerprints, 1) % divisor
    return (half * 2 + (fingerprints & 1)) % divisor


def _signed(x: int) -> int:
    x %= 2**64
    return x - 2**64 if x >= 2**63 else x


def _shifted(x: torch.Tensor, by: int) -> torch.Tensor:
    """To the right, with zeros from the left."""
    return (x >> by) & ((1 << (64 - by)) - 1)


def _rotated(x: torch.Tensor, right: int) -> torch.Tensor:
    return _shifted(x, right) | (x << (64 - right))


def _mixed(x: torch.Tensor) -> torch.Tensor:
    return x ^ _shifted(x, 47)


def _fetch(text: torch.Tensor, start: torch.Tensor, size: int = 8) -> torch.Tensor:
    """Return the number that ``size`` bytes make, the lowest first, from a place of each string."""
    places = torch.arange(size, device=text.device)
    found = text.gather(1, (start.clamp(min=0)[:, None] + places).clamp(max=text.shape[1] - 1)).long()
    return (found << (places * 8)).sum(dim=1)


def _hash16(u: torch.Tensor, v: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    a = _mixed((u ^ v) * factor)
    return _mixed((v ^ a) * factor) * factor


def _factor(lengths: torch.Tensor) -> torch.Tensor:
    return lengths * 2 + _signed(_K2)


def _up_to_16(text: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    k0, k2, factor = _signed(_K0), _signed(_K2), _factor(lengths)
    a, b = _fetch(text, torch.zeros_like(lengths)) + k2, _fetch(text, lengths - 8)
    from_8 = _hash16(_rotated(b, 37) * factor + a, (_rotated(a, 25) + b) * factor, factor)
    from_4 = _hash16(lengths + (_fetch(text, torch.zeros_like(lengths), 4) << 3), _fetch(text, lengths - 4, 4), factor)
    first, middle = _fetch(text, torch.zeros_like(lengths), 1), _fetch(text, lengths >> 1, 1)
    y, z = first + (middle << 8), lengths + (_fetch(text, lengths - 1, 1) << 2)
    from_1 = _mixed(y * k2 ^ z * k0) * k2
    result = torch.where(lengths >= 4, from_4, torch.where(lengths > 0, from_1, k2))
    return torch.where(lengths >= 8, from_8, result)


def _17_to_32(text: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    factor = _factor(lengths)
    a, b = _fetch(text, torch.zeros_like(lengths)) * _signed(_K1), _fetch(text, torch.full_like(lengths, 8))
    c, d = _fetch(text, lengths - 8) * factor, _fetch(text, lengths - 16) * _signed(_K2)
    return _hash16(_rotated(a + b, 43) + _rotated(c, 30) + d, a + _rotated(b + _signed(_K2), 18) + c, factor)


def _33_to_64(text: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    factor = _factor(lengths)
    a, b = _fetch(text, torch.zeros_like(lengths)) * _signed(_K2), _fetch(text, torch.full_like(lengths, 8))
    c, d = _fetch(text, lengths - 8) * factor, _fetch(text, lengths - 16) * _signed(_K2)
    y = _rotated(a + b, 43) + _rotated(c, 30) + d
    z = _hash16(y, a + _rotated(b + _signed(_K2), 18) + c, factor)
    e, f = _fetch(text, torch.full_like(lengths, 16)) * factor, _fetch(text, torch.full_like(lengths, 24))
    g, h = (y + _fetch(text, lengths - 32)) * factor, (z + _fetch(text, lengths - 24)) * factor
    return _hash16(_rotated(e + f, 43) + _rotated(g, 30) + h, e + _rotated(f + a, 18) + g, factor)


def _weak(text: torch.Tensor, start: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> Pair:
    w, x, y, z = (_fetch(text, start + i) for i in (0, 8, 16, 24))
    a = a + w
    b = _rotated(b + a + z, 21)
    total = a + x + y
    return total + z, b + _rotated(total, 44) + a


def _longer(text: torch.Tensor, lengths: torch.Tensor, blocks: int) -> torch.Tensor:
    """Of strings of more than 64 bytes, with ``blocks`` whole ones before the last, which may overlap."""
    k1, k2 = _signed(_K1), _signed(_K2)
    zeros = torch.zeros_like(lengths)
    x, y = zeros + 81, zeros + _signed(81 * _K1 + 113)
    z = _mixed(y * k2 + 113) * k2
    v: Pair = (zeros, zeros)
    w: Pair = (zeros, zeros)
    x = x * k2 + _fetch(text, zeros)
    for block in range(blocks):
        x, y, z, v, w = _block(text, zeros + block * 64, x, y, z, v, w)
    factor = ((z & 0xFF) << 1) + k1
    start = lengths - 64
    first_w = w[0] + ((lengths - 1) & 63)
    first_v = v[0] + first_w
    v, w = (first_v, v[1]), (first_w + first_v, w[1])
    x = _rotated(x + y + v[0] + _fetch(text, start + 8), 37) * factor
    y = _rotated(y + v[1] + _fetch(text, start + 48), 42) * factor
    x = x ^ (w[1] * 9)
    y = y + v[0] * 9 + _fetch(text, start + 40)
    z = _rotated(z + w[0], 33) * factor
    v = _weak(text, start, v[1] * factor, x + w[0])
    w = _weak(text, start + 32, z + w[1], y + _fetch(text, start + 16))
    z, x = x, z
    return _hash16(_hash16(v[0], w[0], factor) + _mixed(y) * _signed(_K0) + z, _hash16(v[1], w[1], factor) + x, factor)


def _block(
    text: torch.Tensor, start: torch.Tensor, x: torch.Tensor, y: torch.Tensor, z: torch.Tensor, v: Pair, w: Pair
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, Pair, Pair]:
    k1 = _signed(_K1)
    x = _rotated(x + y + v[0] + _fetch(text, start + 8), 37) * k1
    y = _rotated(y + v[1] + _fetch(text, start + 48), 42) * k1
    x = x ^ w[1]
    y = y + v[0] + _fetch(text, start + 40)
    z = _rotated(z + w[0], 33) * k1
    v = _weak(text, start, v[1] * k1, x + w[0])
    w = _weak(text, start + 32, z + w[1], y + _fetch(text, start + 16))
    return z, y, x, v, w


def _sip_rounds(
    state: tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor], count: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    v0, v1, v2, v3 = state
    for _ in range(count):
        v0, v2 = v0 + v1, v2 + v3
        v1, v3 = _rotated(v1, 51) ^ v0, _rotated(v3, 48) ^ v2
        v0, v2 = _rotated(v0, 32) + v3, v2 + v1
        v3, v1 = _rotated(v3, 43) ^ v0, _rotated(v1, 47) ^ v2
        v2 = _rotated(v2, 32)
    return v0, v1, v2, v3
