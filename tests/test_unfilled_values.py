import copy
import gc

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import Sequential, layers
from torchkeras_compat.device import shape_inference_device
from torchkeras_compat.saving.file_limits import FileLimits
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.unfilled_values import UnfilledValues


def scope():
    return UnfilledValues(MemoryBudget("'a file'", 1 << 24, FileLimits()))


@pytest.fixture(autouse=True)
def _nan_in_new_memory():
    """What nobody filled is NaN, so that it cannot look like a value."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


KINDS = ("glorot_uniform", "he_normal", "orthogonal", "random_normal", "truncated_normal", "zeros", "ones")


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_come_from_elsewhere_gets_its_first_values(kind):
    def build():
        keras.utils.set_random_seed(3)
        layer = layers.Dense(40, kernel_initializer=kind)
        layer.build((None, 50))
        return layer

    expected = build().kernel.numpy()
    unfilled = scope()
    with unfilled:
        layer = build()
    assert np.isnan(layer.linear.weight.detach().numpy()).all()
    unfilled.fill()
    assert np.array_equal(layer.kernel.numpy(), expected)


def test_what_comes_from_a_file_is_left_alone():
    unfilled = scope()
    with unfilled:
        one, other = layers.Dense(40), layers.Dense(40)
        one.build((None, 50))
        other.build((None, 50))
    unfilled.come_from_file([one.linear.weight])
    assert np.isnan(one.linear.weight.detach().numpy()).all()
    assert not np.isnan(other.kernel.numpy()).any()


USES = {
    "an operation of torch": lambda kernel: kernel.value.abs().sum().item(),
    "an operation in place": lambda kernel: kernel.value.detach().mul_(1).sum().item(),
    "an assignment": lambda kernel: kernel.assign(kernel.value * 1).sum().item(),
    "NumPy": lambda kernel: float(kernel.numpy().sum()),
    "a list": lambda kernel: torch.stack([kernel.value, kernel.value]).sum().item(),
    "keras.ops": lambda kernel: keras.ops.sum(kernel).item(),
}


@pytest.mark.parametrize("use", USES)
def test_a_weight_that_is_used_is_filled_before(use):
    unfilled = scope()
    with unfilled:
        layer = layers.Dense(40)
        layer.build((None, 50))
        assert not np.isnan(USES[use](layer.kernel))
    unfilled.come_from_file([])
    assert not np.isnan(layer.kernel.numpy()).any()


def test_initializers_of_users_and_seed_generators_are_called_at_once():
    calls = []

    def mine(shape, dtype=None):
        calls.append(shape)
        return torch.full(shape, 2.0)

    generator = keras.random.SeedGenerator(4)
    drawn = keras.initializers.RandomNormal(seed=generator)
    unfilled = scope()
    with unfilled:
        layer = layers.Layer()
        a = layer.add_weight((50, 50), mine)
        b = layer.add_weight((50, 50), drawn)
        small = layer.add_weight((5, 5), "ones")
        c = layer.add_weight((50, 50), "ones")
    assert calls == [(50, 50)]
    assert not any(torch.isnan(v.parameter).any() for v in (a, b, small))
    assert torch.isnan(c.parameter).all()


def test_dropped_weights_keep_no_memory():
    unfilled = scope()
    with unfilled:
        layer = layers.Dense(40)
        layer.build((None, 50))
        del layer
        gc.collect()
        layer = layers.Dense(40)
        layer.build((None, 50))
    unfilled.fill()
    assert not np.isnan(layer.kernel.numpy()).any()
    assert not unfilled._waiting


def test_values_made_in_the_end_are_within_the_budget():
    unfilled = UnfilledValues(MemoryBudget("'a file'", 0, FileLimits(spare_bytes=1 << 16)))
    with unfilled:
        layer = layers.Dense(100)
        layer.build((None, 100))
    with pytest.raises(keras.errors.FileLimitError, match="asks for"):
        unfilled.fill()


class Scaled(layers.Layer):
    """A layer of a user, whose `build` uses the first values."""

    def build(self, shape):
        self.inner = layers.Dense(shape[-1])
        self.inner.build(shape)
        self.norm = torch.linalg.norm(self.inner.kernel.value).item()
        self.doubled = self.inner.kernel.value.detach() * 2
        self.rest = self.add_weight((shape[-1], shape[-1]), "glorot_uniform", name="rest")
        self.sum = self.add_weight((), lambda *a, **k: self.rest.value.sum().detach(), name="sum")

    def call(self, x):
        return self.inner(x) @ self.rest

    def save_own_variables(self, store):
        store["sum"] = self.sum

    def load_own_variables(self, store):
        self.sum.assign(store["sum"])


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_layers_of_users_are_as_without_it(tmp_path, ending):
    model = Sequential([keras.Input((40,)), Scaled(), layers.Dense(40, name="last")])
    model.save(tmp_path / f"a.{ending}")
    loaded = keras.saving.load_model(tmp_path / f"a.{ending}", custom_objects={"Scaled": Scaled})
    mine = loaded.layers[0]
    assert mine.norm > 0 and not torch.isnan(mine.doubled).any()
    assert not any(np.isnan(v.numpy()).any() for v in loaded.variables)
    assert np.array_equal(loaded.layers[1].kernel.numpy(), model.layers[1].kernel.numpy())
    assert np.array_equal(mine.inner.kernel.numpy(), model.layers[0].inner.kernel.numpy())
    assert np.array_equal(mine.rest.numpy(), model.layers[0].rest.numpy()) == (ending == "h5")


READS = {
    "numpy": lambda t: t.numpy().sum(),
    "tolist": lambda t: np.sum(t.tolist()),
    "asarray": lambda t: np.asarray(t).sum(),
    "dlpack": lambda t: np.from_dlpack(t).sum(),
    "deepcopy": lambda t: float(copy.deepcopy(t).sum()),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_reads_the_memory_of_a_tensor_gets_its_values(read):
    with scope() as unfilled:
        layer = layers.Dense(64, kernel_initializer="ones")
        layer.build((None, 64))
        assert read(layer.kernel.value.detach()) == 64 * 64
        unfilled.fill()


def test_values_are_made_on_their_device_whatever_is_under_way():
    with scope() as unfilled:
        variable = keras.Variable(keras.initializers.RandomNormal(seed=1), shape=(64, 64))
        layer = layers.Dense(64, kernel_initializer=keras.initializers.RandomNormal(seed=1))
        layer.build((None, 64))
        with shape_inference_device():
            unfilled.fill()
    expected = keras.initializers.RandomNormal(seed=1)((64, 64))
    assert torch.equal(variable.value, expected) and torch.equal(layer.kernel.value, expected)


@keras.saving.register_keras_serializable("unfilled_values")
class Hidden(layers.Layer):
    """Uses a variable that nobody knows of when its output shape is worked out."""

    def build(self, shape):
        hidden = keras.Variable(keras.initializers.RandomNormal(seed=1), shape=(64, 64))
        self.table = lambda: hidden

    def call(self, x):
        return x @ self.table()


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_variable_that_nobody_knows_of_has_its_values(tmp_path, ending):
    path = str(tmp_path / f"m{ending}")
    Sequential([keras.Input((64,)), Hidden()]).save(path)
    loaded = keras.saving.load_model(path)
    expected = keras.initializers.RandomNormal(seed=1)((64, 64))
    assert torch.equal(loaded.layers[0].table().value, expected)
