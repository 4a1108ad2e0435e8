"""Hashes beside published values, and values that TensorFlow 2.21 gives."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.preprocessing.byte_strings import pack, pack_decimals
from torchkeras_compat.layers.preprocessing.fingerprints import combine, fingerprint64, remainder, siphash64

TEXT = bytes((7 * i + 3) % 256 for i in range(300))
PRIME = 2**61 - 1
FARM = {
    0: 1936946117179621459,
    1: 2215943383489617296,
    3: 50737162503519590,
    4: 1425369512755755929,
    7: 1148148772684605862,
    8: 907454142650066470,
    15: 910676046273793820,
    16: 2223105690295574891,
    17: 671476038512894253,
    31: 2115749466777338832,
    32: 378162108550026477,
    33: 166524871036432623,
    63: 1604338371932276384,
    64: 389040666157116578,
    65: 1720522903665422567,
    127: 766062817087798148,
    128: 461658089145942644,
    129: 1738507677182238855,
    200: 968561659016523738,
    300: 2286963369686183705,
}
SIP = {
    0: 316627932347062998,
    1: 1241679982580811606,
    3: 2159769173295626033,
    4: 1155732124167827736,
    7: 100924154227849442,
    8: 2282530092607586545,
    15: 1031749263971522092,
    16: 2064206500548315879,
    17: 1539496496644141839,
    31: 1885390210959374144,
    32: 1799522685569042389,
    33: 1863138269823170034,
    63: 1865613204979616042,
    64: 979338108861677221,
    65: 523119189117320320,
    127: 1756441193174080051,
    128: 546913840283162765,
    129: 451679593696205419,
    200: 975939181746235458,
    300: 523805671097940301,
}


def test_fingerprints_are_those_of_tensorflow() -> None:
    texts = [TEXT[:length] for length in FARM]
    assert remainder(fingerprint64(*pack(texts)), PRIME).tolist() == list(FARM.values())
    alone = [remainder(fingerprint64(*pack([text])), PRIME).item() for text in texts]
    assert alone == list(FARM.values())


def test_strong_hashes_are_those_of_tensorflow() -> None:
    texts = [TEXT[:length] for length in SIP]
    assert remainder(siphash64(*pack(texts), (133, 137)), PRIME).tolist() == list(SIP.values())


def test_siphash_gives_the_vector_of_its_paper() -> None:
    """Aumasson and Bernstein 2012, appendix A."""
    text = torch.arange(15, dtype=torch.uint8)[None]
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    assert siphash64(text, torch.tensor([15]), key).item() % 2**64 == 0xA129CA6149BE45E5


@pytest.mark.parametrize("number", [0, 7, -1, 10, -10, 123456789, 2**63 - 1, -(2**63), 10**18])
def test_integers_hash_as_their_decimal_forms(number: int) -> None:
    text, lengths = pack_decimals(torch.tensor([number, 5]))
    assert bytes(text[0, : lengths[0]].tolist()) == str(number).encode()
    wanted = fingerprint64(*pack([str(number).encode(), b"5"]))
    assert fingerprint64(text, lengths).tolist() == wanted.tolist()
    strong = siphash64(*pack([str(number).encode(), b"5"]), (5, 7))
    assert siphash64(text, lengths, (5, 7)).tolist() == strong.tolist()


def test_combined_fingerprints_are_those_of_tensorflow() -> None:
    start = torch.full((3,), 0xDECAFCAFFE)
    found = combine(combine(start, torch.tensor([1, 2, 3])), torch.tensor([4, 5, 6]))
    assert remainder(found, 1000).tolist() == [725, 438, 543]


@pytest.mark.parametrize(("number", "divisor"), [(-1, 10), (-1, 1), (5, 3), (-(2**63), 7), (2**63 - 1, 2**61)])
def test_remainders_are_of_unsigned_numbers(number: int, divisor: int) -> None:
    assert remainder(torch.tensor([number]), divisor).item() == number % 2**64 % divisor
