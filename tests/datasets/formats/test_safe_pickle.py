"""Pickles: the values of Python's own module, and programs, bombs and broken files, of which nothing is run."""

from __future__ import annotations

import pickle
import random
import struct
import time
from typing import Any

import numpy as np
import pytest

from tests.datasets.files import lists, python_2_pickle
from torchkeras_compat.datasets.formats.safe_pickle import load_pickle
from torchkeras_compat.errors import FileContentError, FileLimitError

VALUES: list[Any] = [
    None,
    True,
    [1, 255, 256, 65535, 65536, -1, 2**31, -(2**31) - 1, 2**70],
    {"a": [1.5, -0.0], b"b": ("caf\u00e9" * 100, b"\x00\xff" * 200), 3: ()},
    [[], {}, (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    list(range(5000)),
    [["same"]] * 3,
]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_plain_values_come_back(value, protocol) -> None:
    assert load_pickle(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "<i8", ">i4", "float32", "bool", "float16"])
def test_arrays_come_back(protocol, dtype) -> None:
    for array in (
        np.arange(6).reshape(2, 3).astype(dtype),
        np.asfortranarray(np.arange(6).reshape(2, 3)).astype(dtype),
    ):
        found = load_pickle(pickle.dumps({"data": array}, protocol))["data"]
        assert found.dtype == array.dtype.newbyteorder("=") and found.flags.writeable
        np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_arrays_of_lists_come_back(protocol) -> None:
    array = lists(20, 0, words=70_000)
    found = load_pickle(pickle.dumps(array, protocol))
    assert found.tolist() == array.tolist()


def test_what_python_2_wrote() -> None:
    found = load_pickle(python_2_pickle({"labels": [1, 300], "data": np.arange(6, dtype="uint8").reshape(2, 3)}))
    assert found[b"labels"] == [1, 300]
    assert load_pickle(python_2_pickle(list(range(20_000)))) == list(range(20_000))  # in one piece
    np.testing.assert_array_equal(found[b"data"], [[0, 1, 2], [3, 4, 5]])


class Program:
    def __reduce__(self) -> Any:
        return open, ("touched", "w")


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: {"data": [value]}, lambda value: (1, value)])
def test_a_program_is_not_run(protocol, wrap, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileContentError, match=r"asks for|operation"):
        load_pickle(pickle.dumps(wrap(Program()), protocol))
    assert not (tmp_path / "touched").exists()


G = b"cnumpy.core.multiarray\n_reconstruct\n"
D = b"cnumpy\ndtype\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b".",
        b"N",
        b"NN.",
        b"N.N",
        b"(N.",
        b"]e.",
        b"(e.",
        b"Na.",
        b"]Na",
        b"NNs.",
        b"}(Nu.",
        b"}]Ns.",  # a list as a key
        b"})Ns.",  # a tuple as a key: its hash may take for ever
        b"h\x00.",
        b"q\x00.",
        b"K",
        b"X\xff\xff\xff\xffabc.",
        b"T\xff\xff\xff\xffabc.",
        b"\x8a\xff" + b"\x01" * 255 + b".",
        b"X\x01\x00\x00\x00\xff.",
        b"P1\n.",
        b"\x82\x01.",
        b"(cos\nsystem\nR.",
        b"cbuiltins\neval\n.",
        b"\x8c\x02os\x8c\x06system\x93.",
        b"NN\x93.",
        b"c\n\n.",
        G + b".",  # the function itself
        b"cnumpy\nndarray\n)R.",
        D + b")R.",
        D + b"U\x02u1\x85R.",  # a dtype as the result
        b"]" + D + b"U\x02u1\x85Ra.",
        G + b")R.",  # an array without a state
        G + b")RNb.",
        G + b"Nb.",
        b"]Nb.",
        G + b")R(K\x01K\x02\x85" + D + b"U\x02u1\x85R\x89U\x01atb.",  # one byte for two values
        G + b")R(K\x01J\xff\xff\xff\xff\x85" + D + b"U\x02u1\x85R\x89U\x01atb.",
        G + b")R(K\x01K\x01\x85" + D + b"U\x02O8\x85R\x89U\x01atb.",  # bytes for objects: addresses
        G + b")R(K\x01K\x01\x85" + D + b"U\x02V1\x85R\x89U\x01atb.",
        G + b")R(K\x01K\x01\x85" + D + b"U\x02u1\x85R(K\x03U\x01|NNU\x01xtb\x89U\x01atb.",
        G + b")R(K\x01K\x01\x85N\x89U\x01atb.",
        G + b")R(K\x01" + b"K\x01" * 9 + b"t" + D + b"U\x02u1\x85R\x89U\x01atb.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00aU\x05utf-7\x86R.\x00",
        b"c_codecs\nencode\nX\x03\x00\x00\x00\xe2\x82\xacN\x86R.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00a\x85R.",
    ],
)
def test_broken_and_hostile_bytes_are_refused(data) -> None:
    with pytest.raises(FileContentError, match="The pickle"):
        load_pickle(data)


def test_bombs_are_refused_in_time() -> None:
    start = time.monotonic()
    # An index that Python's own reader makes room for: 64 GiB.
    assert load_pickle(b"Nr\xff\xff\xff\xff.") is None
    # Tuples of tuples, whose hash takes 2^60 steps.
    nested = b")q\x00" + b"0".join([b""]) + b"".join(b"h%c" % i * 2 + b"\x86q%c" % (i + 1) for i in range(60))
    with pytest.raises(FileContentError):
        load_pickle(b"}" + nested + b"Ns.")
    # A million lists in lists; many arrays of the same bytes; more values than a dataset has.
    deep = load_pickle(b"]" * 100_000 + b"a" * 99_999 + b".")
    assert type(deep) is list
    state = b"(K\x01M\xe8\x03\x85" + D + b"U\x02u1\x85R\x89B" + struct.pack("<I", 1000) + bytes(1000) + b"tq\x00b"
    with pytest.raises(FileLimitError, match="larger than the file"):
        load_pickle(b"](" + G + b")R" + state + (G + b")Rh\x00b") * 1000 + b"e.")
    with pytest.raises(FileLimitError, match="more values"):
        load_pickle(b"](" + b"N" * 2_000_001 + b"e.")
    assert time.monotonic() - start < 30


def test_mutations_raise_nothing_else() -> None:
    chance = random.Random(0)
    seeds = [pickle.dumps(lists(5, 0), 2), pickle.dumps({"a": [1, "b"], "c": np.arange(3)}, 4)]
    seeds.append(python_2_pickle({"labels": [1, 2], "data": np.zeros((2, 3), "uint8")}))
    for _ in range(3000):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            load_pickle(bytes(data[: chance.choice([len(data), chance.randrange(len(data))])]))
        except FileContentError:
            pass
