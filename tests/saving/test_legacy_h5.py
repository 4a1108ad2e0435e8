"""Whole models in `.h5` files, and configs of Keras 2. Oracle: real Keras, and files of it and of tf_keras."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.old_files import to_keras3, training_to_keras3
from torchkeras_compat.saving.saving_and_loading import load_model

FIXTURES = Path(__file__).parent / "fixtures"
X = np.random.RandomState(0).normal(size=(4, 5)).astype("float32")
Y = np.random.RandomState(1).normal(size=(4, 2)).astype("float32")


@pytest.mark.parametrize(
    "file",
    ["keras_shared_layer.h5", "tf_keras_lstm_hard_sigmoid.h5", "tf_keras_operators.keras", "tf_keras_train_adam.h5"],
)
def test_a_file_of_keras_gives_the_outputs_it_stored(file):
    model = load_model(FIXTURES / file)
    data = np.load((FIXTURES / file).with_suffix(".npz"))
    inputs = [data[k] for k in sorted(data) if k.startswith("in_")]
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    np.testing.assert_allclose(outputs, data["out_0"], rtol=1e-4, atol=1e-5)
    if "after_0" in data:  # one more step, from the stored state of the optimizer
        model.train_on_batch(data["train_x"], data["train_y"])
        np.testing.assert_allclose(model.predict(inputs[0], verbose=0), data["after_0"], rtol=1e-3, atol=1e-4)


def make(optimizer="adam"):
    inner = ours.Sequential([ours.Input((5,)), layers.Dense(4, name="b"), layers.BatchNormalization(name="a")])
    model = ours.Sequential([ours.Input((5,)), inner, layers.Dropout(0.1), layers.Dense(2, name="head")])
    model.compile(optimizer, "mse", metrics=["mae"])
    model.fit(X, Y, verbose=0)
    return model


def test_keras_loads_what_is_written_here(real_keras, tmp_path):
    model = make()
    model.save(tmp_path / "a.h5")
    theirs = real_keras.saving.load_model(tmp_path / "a.h5", compile=False)
    np.testing.assert_allclose(theirs.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)
    with h5py.File(tmp_path / "a.h5") as file:
        names = list(file["model_weights"][model.layers[0].name].attrs["weight_names"])
    assert [str(n).rsplit("/", 1)[-1].strip("'") for n in names] == [
        *("kernel", "bias", "gamma", "beta"),
        *("moving_mean", "moving_variance"),
    ]


def test_training_goes_on(tmp_path):
    model = make(ours.optimizers.RMSprop(0.01, momentum=0.5))
    model.layers[1].rate = 0.0
    model.save(tmp_path / "a.h5")
    loaded = load_model(tmp_path / "a.h5")
    model.compile(model.optimizer, "mse")  # the layer without dropout, as it is loaded
    for m in (model, loaded):
        m.train_on_batch(X, Y)
    np.testing.assert_allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def dense(*units, names=None):
    return ours.Sequential([ours.Input((5,)), *(layers.Dense(n, name=names and names[i]) for i, n in enumerate(units))])


def test_weights_are_matched_by_position_or_by_name(tmp_path):
    source = dense(3, 2, names=["one", "two"])
    source.save(tmp_path / "a.h5")
    model = dense(3, 2)
    model.load_weights(tmp_path / "a.h5")
    np.testing.assert_array_equal(model.get_weights()[2], source.get_weights()[2])
    other = dense(3, 4, names=["one", "three"])
    before = other.get_weights()
    other.load_weights(tmp_path / "a.h5", by_name=True)
    np.testing.assert_array_equal(other.get_weights()[0], source.get_weights()[0])
    np.testing.assert_array_equal(other.get_weights()[2], before[2])


def test_a_file_that_does_not_fit_changes_nothing(tmp_path):
    dense(3, 2).save(tmp_path / "a.h5")
    for model, message in [
        (dense(3, 4), r"layer 'dense_3' in .*a\.h5' do not fit: .*shapes \[\(3, 4\), \(4,\)\], the file has 2 of"),
        (dense(3, 2, 2), r"Layer count mismatch .*a\.h5'.* expected 3 layers .*, found 2 saved"),
    ]:
        before = model.get_weights()
        with pytest.raises(FileContentError, match=message):
            model.load_weights(tmp_path / "a.h5")
        for a, b in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    model = dense(3, 4)
    with pytest.warns(UserWarning, match="keep their values"):
        model.load_weights(tmp_path / "a.h5", skip_mismatch=True)


def test_broken_files_are_refused(tmp_path):
    dense(3).save(tmp_path / "a.h5")
    with pytest.raises(FileNotFoundError, match=r"none\.h5"):
        load_model(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("hello")
    with pytest.raises(FileContentError, match=r"text\.h5' is not an HDF5 file"):
        load_model(tmp_path / "text.h5")
    dense(3).save_weights(tmp_path / "a.weights.h5")
    (tmp_path / "a.weights.h5").rename(tmp_path / "b.h5")
    with pytest.raises(FileContentError, match=r"b\.h5' holds no model"):
        load_model(tmp_path / "b.h5")
    dense(3).load_weights(tmp_path / "b.h5")  # the content decides
    with h5py.File(tmp_path / "c.h5", "w") as file:
        file["any"] = [1.0]
    with pytest.raises(FileContentError, match=r"c\.h5' holds no weights: it has no `layer_names`"):
        dense(3).load_weights(tmp_path / "c.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        group = file["model_weights/dense"]
        del group[str(group.attrs["weight_names"][0], "utf-8")]
    with pytest.raises(FileContentError, match=r"a\.h5.*lists the array .*kernel', but does not hold it"):
        load_model(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file.attrs["model_config"] = "{"
    with pytest.raises(FileContentError, match=r"`model_config` in .*a\.h5' is not JSON"):
        load_model(tmp_path / "a.h5")
    with pytest.raises(ValueError, match="is not built"):
        ours.Sequential([layers.Dense(2)]).save(tmp_path / "c.h5")


def test_long_lists_of_names_are_cut_in_parts(tmp_path):
    model = dense(*[5] * 300, names=[f"{'x' * 300}{i}" for i in range(300)])
    model.save(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as file:
        assert "layer_names1" in file["model_weights"].attrs
    other = dense(*[5] * 300)
    other.load_weights(tmp_path / "a.h5")
    np.testing.assert_array_equal(other.get_weights()[-2], model.get_weights()[-2])


def test_settings_of_keras_2_become_those_of_keras_3():
    def settings(kind, **config):
        return to_keras3({"class_name": kind, "config": config})["config"]

    assert settings("InputLayer", batch_input_shape=[None, 3]) == {"batch_shape": [None, 3]}
    assert settings("LSTM", time_major=False, implementation=2, units=3) == {"units": 3}
    with pytest.raises(FileContentError, match=r"`time_major=True` of LSTM, of Keras 2.1-2.15, is not supported here"):
        settings("LSTM", name="l", time_major=True)
    assert settings("BatchNormalization", axis=[3]) == {"axis": 3}
    kernel = {"filters": 2, "kernel_size": [3, 3]}
    assert settings("Conv2D", **kernel, groups=1) == {**kernel, "groups": 1}
    assert settings("DepthwiseConv2D", kernel_size=[3, 3], groups=1) == {"kernel_size": [3, 3]}
    assert settings("Dense", units=2, activation="hard_sigmoid")["activation"]["config"].endswith("keras2_hard_sigmoid")
    training = {
        "loss": "mse",
        "metrics": [[{"class_name": "MeanMetricWrapper", "config": {"name": "mae", "fn": "mean_absolute_error"}}]],
        "optimizer_config": {"class_name": "Custom>SGD", "config": {"lr": 0.5, "decay": 0.0}},
    }
    found = training_to_keras3(training)
    assert [(m["class_name"], m["config"]) for m in found["metrics"]] == [("MeanAbsoluteError", {"name": "mae"})]
    assert found["optimizer_config"]["class_name"] == "SGD"
    assert found["optimizer_config"]["config"] == {"learning_rate": 0.5}
    with pytest.raises(ValueError, match="uses the function 'tf.io.read_file', which is none"):
        to_keras3(
            {
                "class_name": "Functional",
                "config": {
                    "layers": [
                        {
                            "class_name": "TFOpLambda",
                            "name": "read",
                            "config": {"function": "io.read_file"},
                            "inbound_nodes": [["x", 0, 0, {}]],
                        }
                    ],
                    "input_layers": [["x", 0, 0]],
                    "output_layers": [["read", 0, 0]],
                },
            }
        )


@ours.saving.register_keras_serializable("test_legacy_h5")
class Twin(ours.Model):
    """A model of a class of the user's, whose parts come from its config."""

    def __init__(self, part, **kwargs):
        super().__init__(**kwargs)
        self.part = part

    def call(self, x):
        return self.part(x)

    def get_config(self):
        return {**super().get_config(), "part": ours.saving.serialize_keras_object(self.part)}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "part": ours.saving.deserialize_keras_object(config["part"])})


def test_a_model_of_ones_own_class_trains_on_before_its_first_call(tmp_path):
    x, y = np.arange(6, dtype="float32").reshape(3, 2), np.ones((3, 1), "float32")
    model = Twin(ours.Sequential([ours.Input((2,)), ours.layers.Dense(1)]))
    model.compile("adam", "mse")
    model.fit(x, y, epochs=2, verbose=0)
    model.save(tmp_path / "a.h5")
    first = ours.models.load_model(tmp_path / "a.h5")
    first.save(tmp_path / "b.h5")
    again = ours.models.load_model(tmp_path / "b.h5")
    expected = [model.train_on_batch(x, y) for _ in range(3)]
    assert [first.train_on_batch(x, y) for _ in range(3)] == expected
    assert [again.train_on_batch(x, y) for _ in range(3)] == expected
