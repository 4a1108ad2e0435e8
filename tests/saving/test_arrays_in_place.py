import contextlib
import struct
import zipfile

import h5py
import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import Sequential, layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving import arrays_in_place
from torchkeras_compat.saving.arrays_in_place import check, deliver, delivery, place_of
from torchkeras_compat.saving.open_h5 import opened_h5
from torchkeras_compat.variables import Variable


def values(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def network():
    return Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(20, 3, padding="same"),
            layers.DepthwiseConv2D(3, depth_multiplier=2),
            layers.BatchNormalization(),
            layers.Reshape((6, 240)),
            layers.GRU(20, return_sequences=True),
            layers.LSTM(20, return_sequences=True),
            layers.Conv1DTranspose(16, 2),
            layers.Flatten(),
            layers.Dense(30),
        ]
    )


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "uint8"])
def test_an_array_goes_into_any_tensor(tmp_path, dtype):
    given = (values(70, 50) * 40).astype(dtype) if dtype != "uint8" else np.arange(3500, dtype="uint8").reshape(70, 50)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = given
    plain, permuted = torch.zeros(70, 50), torch.zeros(50, 70).t()
    variable = Variable(np.zeros((70, 50), "float32"))
    with opened_h5(tmp_path / "a.h5") as root, torch.no_grad():
        found = [delivery(root["x"], target) for target in (plain, permuted, variable)]
        check(found)
        deliver(found)
    for target in (plain, permuted, variable.value.detach()):
        assert np.array_equal(target.numpy(), given.astype("float32"))


def test_bfloat16_is_kept_bit_for_bit(tmp_path):
    model = Sequential([keras.Input((40,)), layers.Dense(40, dtype="bfloat16")])
    model.save_weights(tmp_path / "a.weights.h5")
    other = Sequential([keras.Input((40,)), layers.Dense(40, dtype="bfloat16")])
    with opened_h5(tmp_path / "a.weights.h5") as root:
        assert place_of(root["layers/dense/vars/0"]).dtype is torch.bfloat16
    other.load_weights(tmp_path / "a.weights.h5")
    assert torch.equal(other.layers[0].kernel.value, model.layers[0].kernel.value)


@pytest.mark.parametrize(
    "options",
    [
        {"chunks": (10, 10)},
        {"compression": "gzip"},
        {"chunks": (10, 10), "shuffle": True},
        {"dtype": ">f4"},
        {"dtype": "bool"},
        {"dtype": "complex64"},
    ],
)
def test_other_arrays_are_left_to_hdf5(tmp_path, options):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        given = values(70, 50).astype(options.get("dtype", "float32"))
        file.create_dataset("x", data=given, **options)
        file["number"] = 3.0
    with opened_h5(tmp_path / "a.h5") as root:
        assert place_of(root["x"]) is None
        assert place_of(root["number"]) is None


def test_numbers_of_other_bits_are_left_to_hdf5(tmp_path):
    kind = h5py.h5t.IEEE_F32LE.copy()
    kind.set_ebias(100)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        space = h5py.h5s.create_simple((70, 50))
        dataset = h5py.h5d.create(file.id, b"x", kind, space)
        dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, values(70, 50))
    with opened_h5(tmp_path / "a.h5") as root:
        assert place_of(root["x"]) is None


def test_a_place_outside_the_file_is_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w", userblock_size=512) as file:
        file["x"] = values(7000, 50)
        offset, start = file["x"].id.get_offset(), 512
        size = file["x"].id.get_storage_size()
    content = (tmp_path / "a.h5").read_bytes()
    assert content[offset : offset + size] == values(7000, 50).tobytes()
    message = struct.pack("<QQ", offset - start, size)  # of the layout, as HDF5 stores it
    assert content.count(message) == 1
    for outside in (len(content) - 100, 1 << 62, (1 << 64) - 8):
        (tmp_path / "b.h5").write_bytes(content.replace(message, struct.pack("<QQ", outside, size)))
        with contextlib.suppress(FileContentError), opened_h5(tmp_path / "b.h5") as root:  # HDF5 knows most of them
            assert place_of(root["x"]) is None


def test_all_layouts_are_read_as_they_were_written(tmp_path):
    model = network()
    model.compile("adam", "mse")
    model.train_on_batch(values(2, 8, 8, 3), values(2, 30))
    for ending in ("keras", "h5"):
        model.save(tmp_path / f"a.{ending}")
        loaded = keras.saving.load_model(tmp_path / f"a.{ending}")
        for own, other in zip(model.variables, loaded.variables, strict=True):
            assert np.array_equal(own.numpy(), other.numpy()), own.path
        for own, other in zip(model.optimizer.variables, loaded.optimizer.variables, strict=True):
            assert np.array_equal(own.numpy(), other.numpy()), own.path


def test_nothing_is_copied_between_a_file_and_the_weights(tmp_path, monkeypatch):
    model = Sequential([keras.Input((60,)), layers.Dense(60), layers.Dense(60)])
    model.compile("adam", "mse")
    model.train_on_batch(values(2, 60), values(2, 60))
    model.save(tmp_path / "a.keras")
    delivered = []
    own = arrays_in_place.deliver
    for module in ("weights_h5",):
        monkeypatch.setattr(f"torchkeras_compat.saving.{module}.deliver", lambda d: (delivered.extend(d), own(d)))
    keras.saving.load_model(tmp_path / "a.keras")
    assert sum(d.place.size == 60 * 60 * 4 for d in delivered) == 6  # two kernels, their two moments


def broken_archive(path, name="model.weights.h5"):
    with zipfile.ZipFile(path) as archive:
        content = archive.read(name)
        start = path.read_bytes().index(content)
    place = start + content.rindex(values(60, 60).tobytes()) + 1000
    whole = bytearray(path.read_bytes())
    whole[place] ^= 1
    path.write_bytes(whole)


def test_wrong_bytes_of_an_archive_change_nothing(tmp_path):
    model = Sequential([keras.Input((60,)), layers.Dense(60)])
    model.layers[0].kernel.assign(values(60, 60))
    model.save(tmp_path / "a.keras")
    broken_archive(tmp_path / "a.keras")
    with pytest.raises(FileContentError, match="'model.weights.h5' in .* is broken: Bad CRC-32"):
        keras.saving.load_model(tmp_path / "a.keras")
    model.layers[0].kernel.assign(values(60, 60) * 2)
    with pytest.raises(FileContentError, match="Bad CRC-32"):
        model.load_weights(tmp_path / "a.keras")
    assert np.array_equal(model.layers[0].kernel.numpy(), values(60, 60) * 2)


def test_a_file_that_is_cut_off_meanwhile_is_an_error(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = values(70, 50)
    target = torch.zeros(70, 50)
    with pytest.raises(FileContentError, match="is cut off"), opened_h5(tmp_path / "a.h5") as root:
        found = delivery(root["x"], target)
        with open(tmp_path / "a.h5", "rb+") as other:
            other.truncate(3000)
        check([found])
    assert not target.any()


def test_autograd_notices_values_that_came_from_a_file(tmp_path):
    model = Sequential([keras.Input((40,)), layers.Dense(40)])
    model.save_weights(tmp_path / "a.weights.h5")
    x = torch.ones(1, 40, requires_grad=True)
    loss = (model(x) ** 2).sum()
    model.load_weights(tmp_path / "a.weights.h5")
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_the_error_says_that_a_file_changed_between_the_two_readings(tmp_path, monkeypatch):
    model = Sequential([keras.Input((60,)), layers.Dense(60)])
    path = tmp_path / "a.weights.h5"
    model.save_weights(path)

    def check_and_cut(deliveries):
        check(deliveries)
        with open(path, "rb+") as other:
            other.truncate(3000)

    monkeypatch.setattr("torchkeras_compat.saving.weights_h5.check", check_and_cut)
    with pytest.raises(FileContentError, match="is cut off") as caught:
        model.load_weights(path)
    assert "some weights have new values" in caught.value.__notes__[0]
