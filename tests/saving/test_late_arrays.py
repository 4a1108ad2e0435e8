import h5py
import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import Sequential, layers
from torchkeras_compat.saving.late_arrays import LateArrays, late_arrays_of
from torchkeras_compat.saving.open_h5 import new_h5
from torchkeras_compat.saving.stores import ArrayWriter
from torchkeras_compat.variables import Variable

TENSORS = {
    "float32": torch.rand(300, 50),
    "permuted": torch.rand(1100, 700).t(),
    "a kernel": torch.rand(96, 64, 3, 3).to(memory_format=torch.channels_last).permute(2, 3, 1, 0),
    "float16": torch.rand(3000).half(),
    "int64": torch.arange(2000),
    "uint8": torch.arange(2000).to(torch.uint8),
    "small": torch.rand(3),
    "bool": torch.rand(2000) > 0.5,
    "complex": torch.rand(2000, dtype=torch.complex64),
}


@pytest.mark.parametrize("userblock", [0, 512])
def test_values_arrive_in_their_places(tmp_path, userblock):
    with new_h5(tmp_path / "a.h5", userblock_size=userblock) as file:
        writer = ArrayWriter(file)
        for name, tensor in TENSORS.items():
            writer.put(name, tensor)
        writer.put("bits", torch.rand(50, 50).bfloat16())
        writer["now"] = TENSORS["float32"]
    with h5py.File(tmp_path / "a.h5") as file:
        for name, tensor in TENSORS.items():
            assert np.array_equal(file[name][()], tensor.numpy()), name
        assert file["bits"].attrs["dtype"] == "bfloat16" and file["bits"].dtype == "V2"
        assert np.array_equal(file["now"][()], TENSORS["float32"].numpy())


def test_a_whole_file_goes_somewhere_else(tmp_path):
    late = LateArrays()
    with new_h5(tmp_path / "a.h5", late) as file:
        for name, tensor in TENSORS.items():
            ArrayWriter(file).put(name, tensor)
    with open(tmp_path / "b.h5", "wb") as target:
        late.copy_to(tmp_path / "a.h5", target)
    with h5py.File(tmp_path / "b.h5") as file:
        for name, tensor in TENSORS.items():
            assert np.array_equal(file[name][()], tensor.numpy()), name


def test_values_are_read_at_the_end(tmp_path):
    variable = Variable(np.zeros((50, 50), "float32"))
    with new_h5(tmp_path / "a.h5") as file:
        assert late_arrays_of(file) is not None
        ArrayWriter(file.create_group("g")).put("x", variable)
        variable.assign(np.ones((50, 50)))
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["g/x"][()].all()
        assert late_arrays_of(file) is None


def test_arrays_of_users_are_stored_at_once(tmp_path):
    class Mine(layers.Layer):
        def build(self, shape):
            self.w = self.add_weight((50, 50), "ones")

        def call(self, x):
            return x @ self.w

        def save_own_variables(self, store):
            buffer = np.zeros((50, 50), "float32")
            for key in "ab":
                buffer += 1
                store[key] = buffer

        def load_own_variables(self, store):
            self.found = float(store["a"][0, 0]), float(store["b"][0, 0])

    model = Sequential([keras.Input((50,)), Mine()])
    model.save(tmp_path / "a.keras")
    assert keras.saving.load_model(tmp_path / "a.keras", {"Mine": Mine}).layers[0].found == (1.0, 2.0)


@pytest.mark.parametrize("ending", ["keras", "h5", "weights.h5"])
def test_real_keras_reads_them(tmp_path, ending, real_keras):
    stack = [
        ("Conv2D", 40, 5),
        ("BatchNormalization",),
        ("Flatten",),
        ("Reshape", (16, 40)),
        ("GRU", 30),
        ("Dense", 40),
    ]

    def make(package):
        made = [getattr(package.layers, kind)(*arguments) for kind, *arguments in stack]
        return package.Sequential([package.Input((8, 8, 2)), *made])

    x = np.random.default_rng(0).normal(size=(3, 8, 8, 2)).astype("float32")
    model = make(keras)
    path = str(tmp_path / f"a.{ending}")
    if ending == "weights.h5":
        model.save_weights(path)
        theirs = make(real_keras)
        theirs.load_weights(path)
    else:
        model.save(path)
        theirs = real_keras.saving.load_model(path)
    np.testing.assert_allclose(theirs.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-4, atol=1e-5)
