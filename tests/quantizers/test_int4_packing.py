"""Two integers in a byte, beside real Keras."""

from __future__ import annotations

import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.quantizers import pack_int4, unpack_int4

DTYPES = {"int8": torch.int8, "uint8": torch.uint8}
SHAPES = [((5, 8), 0), ((4, 8), -2), ((8, 7), 1), ((8, 6), -1), ((2, 5, 4, 6), 1), ((2, 4, 6, 7), -1), ((7,), 0)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("shape", "axis"), [*SHAPES, ((0, 3), 0), ((3, 0), 0), ((1, 3), 0)])
def test_bytes_are_those_of_keras_and_give_the_integers_back(real_keras, shape, axis, dtype):
    low = -8 if dtype == "int8" else 0
    x = torch.randint(low, low + 16, shape).to(DTYPES[dtype])
    packed, packed_shape, length = pack_int4(x, axis, dtype)
    other, other_shape, other_length = real_keras.quantizers.pack_int4(x, axis, dtype)
    assert torch.equal(packed, other) and packed.dtype is DTYPES[dtype] and packed.is_contiguous()
    assert packed_shape == tuple(packed.shape) == tuple(other_shape)
    assert length == other_length == x.shape[axis]
    again = unpack_int4(packed, length, axis, dtype)
    assert torch.equal(again, x) and again.dtype is x.dtype


@pytest.mark.parametrize("stored", DTYPES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("length", [None, 0, 1, 6, 9])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_all_bytes_unpack_as_in_keras(real_keras, axis, length, dtype, stored):
    every = torch.arange(256).to(torch.uint8).view(DTYPES[stored]).reshape(4, 64)
    mine = unpack_int4(every, length, axis, dtype)
    assert torch.equal(mine, real_keras.quantizers.unpack_int4(every, length, axis, dtype))
    assert mine.dtype is DTYPES[dtype]


def test_only_the_low_four_bits_count(real_keras):
    x = torch.arange(-128, 127).to(torch.int8)
    assert torch.equal(pack_int4(x)[0], real_keras.quantizers.pack_int4(x)[0])


def test_dtypes_of_torch_and_arrays():
    x = torch.tensor([1, 2, 3], dtype=torch.uint8)
    packed, _, length = pack_int4(x.numpy(), dtype=torch.uint8)
    assert unpack_int4(packed.numpy(), length, dtype=torch.uint8).tolist() == [1, 2, 3]


def test_symbolic_bytes():
    assert unpack_int4(keras.KerasTensor((3, 4), "int8"), 5).shape == (5, 4)
    assert unpack_int4(keras.KerasTensor((None, 4), "int8"), 7, axis=1).shape == (None, 7)


def test_bad_arguments_are_refused(real_keras):
    int8 = torch.ones(2, 3, dtype=torch.int8)
    for pack, unpack in (
        (pack_int4, unpack_int4),
        (real_keras.quantizers.pack_int4, real_keras.quantizers.unpack_int4),
    ):
        with pytest.raises(TypeError, match="Expected uint8 tensor for packing, got .*int8"):
            pack(int8, dtype="uint8")
        with pytest.raises(TypeError, match="float32"):
            pack(int8.float())
        with pytest.raises(ValueError, match="int16"):
            pack(int8, dtype="int16")
        with pytest.raises(IndexError, match="2"):
            pack(int8, axis=2)
        with pytest.raises(TypeError, match=r"Expected int8 or uint8 .* torch.int32"):
            unpack(int8.int(), 4)
        with pytest.raises(ValueError, match="int16"):
            unpack(int8, 4, dtype="int16")
    with pytest.raises(IndexError, match="no axis -3"):
        unpack_int4(int8, 4, axis=-3)


@pytest.mark.cuda
def test_nothing_waits_for_the_gpu():
    x = torch.randint(-8, 8, (7, 5), dtype=torch.int8, device="cuda")
    torch.cuda.set_sync_debug_mode("error")
    try:
        packed, _, length = pack_int4(x)
        again = unpack_int4(packed, length)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert torch.equal(again, x) and torch.equal(packed.cpu(), pack_int4(x.cpu())[0])
