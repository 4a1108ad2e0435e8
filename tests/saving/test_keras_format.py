"""`.keras` files: models both ways between this package and real Keras, hooks, and files that are refused.

Oracle: real Keras, and files that it wrote (`fixtures/`).
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError, UnknownNameError
from torchkeras_compat.saving.saving_and_loading import load_model

FIXTURES = Path(__file__).parent / "fixtures"
X = np.random.RandomState(0).normal(size=(4, 5)).astype("float32")
Y = np.random.RandomState(1).normal(size=(4, 2)).astype("float32")


@pytest.mark.parametrize("case", ["bidirectional", "operators", "batchnorm", "train_adam"])
def test_a_file_of_keras_gives_the_outputs_it_stored(case):
    model = load_model(FIXTURES / f"keras_{case}.keras")
    data = np.load(FIXTURES / f"keras_{case}.npz")
    inputs = [data[k] for k in sorted(data) if k.startswith("in_")]
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    for i, output in enumerate(outputs if isinstance(outputs, list) else [outputs]):
        np.testing.assert_allclose(output, data[f"out_{i}"], rtol=1e-4, atol=1e-5)
    if "after_0" in data:  # one more step, from the stored state of the optimizer
        model.train_on_batch(data["train_x"], data["train_y"])
        np.testing.assert_allclose(model.predict(inputs[0], verbose=0), data["after_0"], rtol=1e-3, atol=1e-4)


def trained(optimizer="adam"):
    model = ours.Sequential([ours.Input((5,)), layers.Dense(3, "relu"), layers.Dense(2, kernel_regularizer="l2")])
    model.compile(optimizer, ours.losses.MeanSquaredError(), metrics=["mae"])
    model.fit(X, Y, verbose=0)
    return model


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: ours.optimizers.Adam(ours.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9), amsgrad=True),
        lambda: ours.optimizers.SGD(0.1, momentum=0.9, use_ema=True, gradient_accumulation_steps=2),
        lambda: ours.optimizers.RMSprop(centered=True, clipnorm=1.0),
    ],
)
def test_training_goes_on_in_keras_and_here(optimizer, real_keras, tmp_path):
    model = trained(optimizer())
    model.save(tmp_path / "a.keras")
    theirs = real_keras.saving.load_model(tmp_path / "a.keras")
    theirs.save(tmp_path / "b.keras")
    again = load_model(tmp_path / "b.keras")
    assert again.optimizer.get_config().keys() == model.optimizer.get_config().keys()
    for m in (model, theirs, again):
        m.train_on_batch(X, Y)
    expected = model.predict(X, verbose=0)
    np.testing.assert_allclose(theirs.predict(X, verbose=0), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(again.predict(X, verbose=0), expected, rtol=1e-5, atol=1e-6)
    assert not load_model(tmp_path / "a.keras", compile=False).compiled


def functional():
    inputs = ours.Input((4, 5))
    x = layers.LSTM(3, return_sequences=True)(inputs)
    x = layers.LayerNormalization()(x) + 1.0
    dense = layers.Dense(3, dtype="mixed_bfloat16")
    return ours.Model(inputs, {"a": dense(dense(x)), "b": ours.ops.relu(x)[:, 1:]})


def test_a_functional_model_loads_in_keras(real_keras, tmp_path):
    model = functional()
    model.save(tmp_path / "a.keras")
    x = np.random.rand(2, 4, 5).astype("float32")
    expected = model.predict(x, verbose=0)
    for loaded in (real_keras.saving.load_model(tmp_path / "a.keras"), load_model(tmp_path / "a.keras")):
        found = loaded.predict(x, verbose=0)
        # bfloat16 has eight bits, and the two libraries add up in another order
        np.testing.assert_allclose(found["a"].astype("float32"), expected["a"].astype("float32"), rtol=2e-2, atol=1e-2)
        np.testing.assert_allclose(found["b"], expected["b"], rtol=1e-5, atol=1e-6)


def test_a_folder_holds_the_same_parts(real_keras, tmp_path):
    model = trained()
    model.save(tmp_path / "model", zipped=False)
    assert sorted(os.listdir(tmp_path / "model")) == ["config.json", "metadata.json", "model.weights.h5"]
    for loaded in (load_model(tmp_path / "model"), real_keras.saving.load_model(tmp_path / "model")):
        np.testing.assert_allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)
    trained().save(tmp_path / "model", zipped=False)
    with pytest.raises(FileExistsError, match="overwrite=False"):
        model.save(tmp_path / "model", zipped=False, overwrite=False)
    assert os.listdir(tmp_path) == ["model"]


def test_weights_of_a_whole_model_load_into_another(tmp_path):
    model, other = trained(), trained()
    model.save(tmp_path / "a.keras")
    other.load_weights(tmp_path / "a.keras")
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_layer_in_two_models_stays_one(tmp_path):
    shared = layers.Dense(5)
    model = ours.Sequential([ours.Input((5,)), ours.Sequential([shared]), ours.Sequential([shared, layers.Dense(2)])])
    model.save(tmp_path / "a.keras")
    loaded = load_model(tmp_path / "a.keras")
    assert loaded.layers[0].layers[0] is loaded.layers[1].layers[0]
    np.testing.assert_allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6)


class Vocabulary(layers.Layer):
    """Keeps words in a file of its own, a table of numbers, and shapes of its own making."""

    def __init__(self, size=0, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.words = []
        self.table = None

    def build(self, input_shape):
        self.inner = layers.Dense(self.size)
        self.inner.build(input_shape)

    def call(self, x):
        return self.inner(x)

    def get_config(self):
        return super().get_config()  # without `size`: it comes with the shapes

    def get_build_config(self):
        return {"features": 5, "size": self.size}

    def build_from_config(self, config):
        self.size = config["size"]
        self.build((None, config["features"]))
        self.built = True

    def save_own_variables(self, store):
        store["table"] = self.table
        store["two"] = torch.ones(2, dtype=torch.bfloat16)

    def load_own_variables(self, store):
        assert set(store.keys()) == {"table", "two"} and len(store) == 2
        self.table = store["table"]

    def save_assets(self, path):
        Path(path, "words.txt").write_text(" ".join(self.words))

    def load_assets(self, path):
        self.words = Path(path, "words.txt").read_text().split()


@pytest.mark.parametrize("zipped", [True, False])
def test_layers_save_and_load_in_their_own_way(zipped, tmp_path):
    layer = Vocabulary(3)
    model = ours.Sequential([ours.Input((5,)), layer])
    layer.words, layer.table = ["one", "two"], np.arange(3)
    path = tmp_path / ("a.keras" if zipped else "a")
    model.save(path, zipped=zipped)
    loaded = load_model(path, custom_objects={"Vocabulary": Vocabulary})
    assert loaded.layers[0].words == ["one", "two"] and loaded.layers[0].table.tolist() == [0, 1, 2]
    np.testing.assert_allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6)
    with pytest.raises(ValueError, match="Could not locate 'Vocabulary'"):
        load_model(path)


def test_a_hook_that_fails_leaves_the_weights_as_they_were(tmp_path):
    class Picky(layers.Dense):
        def load_own_variables(self, store):
            raise RuntimeError("not mine")

    def make():
        return ours.Sequential([ours.Input((5,)), layers.Dense(5), Picky(2)])

    make().save_weights(tmp_path / "a.weights.h5")
    model = make()
    before = model.get_weights()
    with pytest.raises(RuntimeError, match="not mine"):
        model.load_weights(tmp_path / "a.weights.h5")
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_subclassed_model_is_made_by_its_config(tmp_path):
    @ours.saving.register_keras_serializable("test_keras_format")
    class Net(ours.Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.blocks = [layers.Dense(units), [layers.Dense(units), layers.Dense(2)]]

        def call(self, x):
            return self.blocks[1][1](self.blocks[1][0](self.blocks[0](x)))

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    model = Net(3)
    model.save(tmp_path / "unbuilt.keras")
    assert not load_model(tmp_path / "unbuilt.keras").built
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "a.keras")
    loaded = load_model(tmp_path / "a.keras")
    assert type(loaded) is Net and int(loaded.optimizer.iterations) == 1
    np.testing.assert_allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6)


def rewritten(path, target, **parts):
    """Copy a `.keras` file with other parts; None leaves one out."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = {n.replace(".", "_"): n for n in old.namelist()}
        for key, name in names.items():
            content = parts.pop(key, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in parts.items():
            new.writestr(name, content)
    return target


def test_broken_files_are_refused(tmp_path):
    model = trained()
    path = tmp_path / "a.keras"
    model.save(path)
    whole = path.read_bytes()
    (tmp_path / "cut.keras").write_bytes(whole[:-100])
    (tmp_path / "text.keras").write_text("hello")
    for name in ("cut", "text"):
        with pytest.raises(FileContentError, match=rf"{name}.keras' is not a `.keras` zip file, or it is cut off"):
            load_model(tmp_path / f"{name}.keras")
    with pytest.raises(FileContentError, match=r"File not found: filepath=.*none\.keras"):
        load_model(tmp_path / "none.keras")
    with pytest.raises(ValueError, match="File format not supported"):
        load_model(tmp_path / "model.pkl")
    flipped = bytearray(whole)
    place = whole.index(b"\x89HDF") + 5000
    flipped[place : place + 400] = b"\xaa" * 400
    (tmp_path / "flipped.keras").write_bytes(flipped)
    with pytest.raises(FileContentError, match="'model.weights.h5' in .*flipped.keras' is broken: Bad CRC-32"):
        load_model(tmp_path / "flipped.keras")
    for changed, message in [
        ({"config_json": None}, r"has no 'config\.json'"),
        ({"config_json": "{"}, r"'config\.json' in .*b\.keras' is not JSON"),
        ({"config_json": "[1]"}, "is not a JSON object but list"),
        ({"config_json": '{"class_name": "Sequential", "module": "keras", "config": {}}'}, "'name' and 'layers' keys"),
        (
            {"config_json": '{"class_name": "Adam", "module": "keras.optimizers", "config": {}}'},
            "'Adam' of .* a layer is wanted",
        ),
        ({"model_weights_h5": None}, r"has no 'model\.weights\.h5'"),
        ({"model_weights_h5": "hello"}, r"model\.weights\.h5' is not an HDF5 file"),
        ({"model_weights_h5": b"\0" * (2 << 20)}, "when it is unpacked"),
    ]:
        with pytest.raises(ValueError, match=message) as error:
            load_model(rewritten(path, tmp_path / "b.keras", **changed))
        assert "b.keras" in "\n".join([str(error.value), *getattr(error.value, "__notes__", [])])


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("builtins", "eval"), ("keras.__main__", "main"), ("keras.cli.main", "main"), ("torch", "load")],
)
def test_nothing_that_a_file_names_is_imported(module, name, tmp_path):
    model = ours.Sequential([ours.Input((5,)), layers.Dense(2)])
    model.save(tmp_path / "a.keras")
    config = json.loads(zipfile.ZipFile(tmp_path / "a.keras").read("config.json"))
    for key in ("class_name", "function"):
        layer = config["config"]["layers"][1]
        if key == "class_name":
            layer.update(module=module, class_name=name)
        else:
            layer["config"]["activation"] = {"module": module, "class_name": "function", "config": name}
        with pytest.raises(ValueError, match="Could not locate|Unknown name"):
            load_model(rewritten(tmp_path / "a.keras", tmp_path / "b.keras", config_json=json.dumps(config)))
        layer.update(module="keras.layers", class_name="Dense")


def test_assets_stay_in_their_folder(tmp_path):
    layer = Vocabulary(3)
    layer.table = np.arange(2)
    ours.Sequential([ours.Input((5,)), layer]).save(tmp_path / "a.keras")
    for name in ("assets/../../evil.txt", "assets/..\\evil.txt"):
        evil = rewritten(tmp_path / "a.keras", tmp_path / "b.keras", **{name: "evil"})
        with pytest.raises(FileContentError, match="outside its own folder"):
            load_model(evil, custom_objects={"Vocabulary": Vocabulary})


def test_arguments_that_are_not_known_are_refused(tmp_path):
    model = trained()
    with pytest.raises(ValueError, match="`save_format` argument is deprecated"):
        model.save(tmp_path / "a.keras", save_format="keras")
    with pytest.raises(ValueError, match=r"not supported: \['signatures'\]"):
        model.save(tmp_path / "a.keras", signatures=None)
    with pytest.raises(ValueError, match="Invalid filepath extension"):
        model.save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="should not end in"):
        model.save(tmp_path / "a.keras", zipped=False)
    with pytest.raises(ValueError, match="`filepath` is the name of a file"):
        model.save(5)
    assert not list(tmp_path.iterdir())


def test_a_failed_save_keeps_the_old_file(tmp_path):
    class Broken(layers.Dense):
        def save_own_variables(self, store):
            raise RuntimeError("stop")

    trained().save(tmp_path / "a.keras")
    before = (tmp_path / "a.keras").read_bytes()
    with pytest.raises(RuntimeError, match="stop"):
        ours.Sequential([ours.Input((5,)), Broken(2)]).save(tmp_path / "a.keras")
    assert (tmp_path / "a.keras").read_bytes() == before and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"optimizer": None, "loss": "mse"},
            "`optimizer` of `compile`, of type .*torch.optim.sgd.SGD",
        ),
        ({"optimizer": "sgd", "loss": torch.nn.MSELoss()}, "`loss` of `compile`, of type .*MSELoss"),
        ({"optimizer": "sgd", "loss": lambda y, p: (y - p) ** 2}, "`loss` of `compile`, of type .*function"),
    ],
)
def test_what_no_file_can_hold_is_left_out_with_a_warning(arguments, message, tmp_path):
    model = ours.Sequential([ours.Input((5,)), layers.Dense(2)])
    is_torch = arguments["optimizer"] is None
    model.compile(torch.optim.SGD(model.parameters()) if is_torch else "sgd", arguments["loss"])
    with pytest.warns(UserWarning, match=message):
        model.save(tmp_path / "a.keras")
    loaded = load_model(tmp_path / "a.keras")
    assert not loaded.compiled
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])


def test_a_custom_compile_is_left_to_the_user(tmp_path):
    class Own(ours.Sequential):
        def compile(self, *args, **kwargs):
            super().compile(*args, **kwargs)

    model = Own([ours.Input((5,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "a.keras")
    with pytest.warns(UserWarning, match="`compile\\(\\)` was not called as part of model loading"):
        loaded = load_model(tmp_path / "a.keras", custom_objects={"Own": Own})
    assert not loaded.compiled


def test_an_unknown_name_in_a_file_of_a_newer_keras_says_so(tmp_path):
    model = ours.Sequential([ours.Input((2,)), layers.Dense(1)])
    model.save(tmp_path / "a.keras")
    for version, expected in (("4.2.0", "written by Keras 4.2; this package knows"), ("3.15.9", "a.keras'$")):
        with zipfile.ZipFile(tmp_path / "a.keras") as old, zipfile.ZipFile(tmp_path / "b_a.keras", "w") as new:
            for name in old.namelist():
                data = old.read(name).replace(b'"Dense"', b'"HyperDense"')
                new.writestr(name, json.dumps({"keras_version": version}) if name == "metadata.json" else data)
        with pytest.raises(UnknownNameError) as caught:
            ours.models.load_model(tmp_path / "b_a.keras")
        assert re.search(expected, caught.value.__notes__[-1])
