"""Files of models with objects of plugins: what they need, what to install, and what they may not make."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.errors import FileSafetyError, UnknownNameError
from torchkeras_compat.plugins import isolated_plugins, manager
from torchkeras_compat.plugins.requirements import advice
from torchkeras_compat.saving import load_model

X = np.linspace(-1, 1, 12, dtype="float32").reshape(4, 3)
Y = np.ones((4, 2), "float32")


def a_model():
    import torchkeras_workbench as workbench

    model = keras.Sequential([keras.Input((3,)), workbench.Scale(3.0), layers.Dense(2, kernel_initializer="halves")])
    model.compile("sgd", loss="largest_error", metrics=["bias"])
    model.fit(X, Y, verbose=0)
    return model


@pytest.fixture(params=["model.keras", "model.h5"])
def path(request, workbench, tmp_path) -> Path:
    """A file of a model with a layer, an initializer, a loss and a metric of the workbench."""
    a_model().save(tmp_path / request.param)
    return tmp_path / request.param


def metadata(path: Path) -> dict:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("metadata.json"))


def test_a_file_records_the_packages_that_it_needs(workbench, tmp_path):
    a_model().save(tmp_path / "model.keras")
    assert metadata(tmp_path / "model.keras")["torchkeras_plugins"] == [
        {
            "plugin": "workbench",
            "package": "torchkeras-workbench",
            "version": "1.2.0",
            "names": ["Bias", "Halves", "LargestError", "Scale"],
        }
    ]


def test_optimizers_schedules_constraints_and_functions_are_recorded(workbench, tmp_path):
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(2, activation="cube", bias_constraint="rounded", bias_regularizer="largest_weight"),
        ]
    )
    model.compile(keras.optimizers.SGD(keras.registry.lookup("schedules", "halving")()), "mse")
    model.save(tmp_path / "a.keras")
    (entry,) = metadata(tmp_path / "a.keras")["torchkeras_plugins"]
    assert entry["names"] == ["Halving", "LargestWeight", "Rounded", "cube"]
    again = load_model(tmp_path / "a.keras")
    assert again.layers[0].activation.__name__ == "cube"


def test_a_file_without_objects_of_plugins_says_nothing(workbench, tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="scale")])
    model.compile("sgd", "mse", metrics=["accuracy"])
    model.save(tmp_path / "model.keras")
    assert set(metadata(tmp_path / "model.keras")) == {"keras_version", "date_saved"}


def test_with_the_plugin_a_file_loads_without_custom_objects(path):
    model = load_model(path)
    assert type(model.layers[0]).__name__ == "Scale" and model.layers[0].factor == 3
    assert model.evaluate(X, Y, verbose=0, return_dict=True).keys() == {"loss", "bias"}


def test_without_the_plugin_the_error_says_what_to_install(path):
    with isolated_plugins(), pytest.raises(UnknownNameError) as raised:
        load_model(path)
    message = str(raised.value)
    assert "uses Bias, Halves, LargestError, Scale of the plugin 'workbench', which is not installed" in message
    assert "pip install torchkeras-workbench==1.2.0" in message


def test_a_plugin_that_is_left_out_is_not_to_be_installed(path, monkeypatch):
    monkeypatch.setenv("TORCHKERAS_PLUGINS_BLOCK", "workbench")
    with (
        isolated_plugins(discover=True),
        pytest.raises(UnknownNameError, match=r"\(torchkeras-workbench 1.2.0\), which is blocked"),
    ):
        load_model(path)


def test_another_version_is_named_where_an_object_does_not_fit(path, workbench):
    import torchkeras_workbench

    workbench.infos["workbench"].version = "1.1.0"

    def older(self, **kwargs):
        layers.Layer.__init__(self, **kwargs)

    with pytest.MonkeyPatch.context() as patch, pytest.raises((TypeError, ValueError)) as raised:
        patch.setattr(torchkeras_workbench.Scale, "__init__", older)
        load_model(path)
    assert "written with torchkeras-workbench==1.2.0, and 1.1.0 is installed" in str(raised.value)


@pytest.mark.parametrize(
    "entry",
    [
        {"plugin": "x", "package": "evil; rm -rf ~", "version": "1"},
        {"plugin": "x", "package": "--index-url=http://bad", "version": "1"},
        {"plugin": "x", "package": ["a"], "version": {}},
        {"plugin": "x"},
    ],
)
def test_what_a_file_says_is_repeated_only_if_it_is_the_name_of_a_package(entry):
    assert "pip install" not in advice([entry])


@pytest.mark.parametrize("needed", [None, 3, "x", [3], [{}], [{"plugin": 3}], {"plugin": "x"}])
def test_malformed_requirements_are_passed_over(needed):
    assert advice(needed) == ""


def test_a_version_that_is_none_is_left_out():
    words = advice([{"plugin": "x", "package": "a-b", "version": "$(x)"}])
    assert words.partition("pip install ")[2].startswith("a-b (the name is the file's word")


def test_real_keras_loads_a_file_whose_plugin_objects_are_given(workbench, tmp_path, real_keras):
    from torchkeras_workbench import Halves

    class RealHalves(real_keras.initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return real_keras.ops.full(shape, 0.5)

    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, kernel_initializer=Halves())])
    model.save(tmp_path / "model.keras")
    assert "torchkeras_plugins" in metadata(tmp_path / "model.keras")
    theirs = real_keras.saving.load_model(tmp_path / "model.keras", custom_objects={"Halves": RealHalves})
    np.testing.assert_allclose(theirs.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6)


# -- what a file may not make ----------------------------------------------------------------------------------------


def gadget_files(folder: Path) -> dict[str, Path]:
    """Files that somebody else wrote, and that name what the plugin does not declare safe."""
    import torchkeras_workbench as workbench

    plain = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    layered = keras.Sequential([keras.Input((3,)), workbench.Gadget("rm"), layers.Dense(2)])
    paths = {}
    for ending in ("keras", "h5"):
        layered.save(folder / f"layer.{ending}")
        paths[f"layer.{ending}"] = folder / f"layer.{ending}"
        plain.compile("sgd", loss="gadget_loss")
        plain.save(folder / f"loss.{ending}")
        paths[f"loss.{ending}"] = folder / f"loss.{ending}"
    workbench.LOG.clear()
    return paths


@pytest.mark.parametrize("name", ["layer.keras", "layer.h5", "loss.keras", "loss.h5"])
def test_a_file_makes_nothing_that_the_plugin_does_not_declare_safe(name, workbench, tmp_path):
    import torchkeras_workbench

    path = gadget_files(tmp_path)[name]
    with pytest.raises(FileSafetyError) as raised:
        load_model(path)
    assert torchkeras_workbench.LOG == []
    message = str(raised.value)
    cls = "Gadget" if "layer" in name else "GadgetLoss"
    assert f"{str(path)!r} names {cls!r} of the plugin 'workbench' (torchkeras-workbench 1.2.0)" in message
    assert f"`custom_objects={{'{cls}': {cls}}}`, with {cls} from 'torchkeras_workbench'" in message
    assert "torchkeras_file_safe" in message


@pytest.mark.parametrize("name", ["layer.keras", "layer.h5", "loss.keras", "loss.h5"])
def test_custom_objects_allow_it(name, workbench, tmp_path):
    from torchkeras_workbench import LOG, Gadget, GadgetLoss

    path = gadget_files(tmp_path)[name]
    load_model(path, custom_objects={"Gadget": Gadget, "GadgetLoss": GadgetLoss})
    assert LOG


@pytest.mark.parametrize(
    "change",
    [
        {"module": "keras.layers", "class_name": "workbench>Gadget", "registered_name": None},
        {"module": "keras.layers", "class_name": "gadget", "registered_name": None},
        {"module": "builtins", "class_name": "Gadget", "registered_name": "Gadget"},
        {"module": "elsewhere", "class_name": "Dense", "registered_name": "workbench>Gadget"},
        {"module": None, "class_name": "Gadget", "registered_name": None},
    ],
)
def test_no_other_spelling_gets_around_it(change, workbench, tmp_path):
    import torchkeras_workbench

    path = gadget_files(tmp_path)["layer.keras"]
    forged = tmp_path / "forged.keras"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(forged, "w") as new:
        for part in archive.namelist():
            data = archive.read(part)
            if part == "config.json":
                config = json.loads(data)
                (layer,) = [one for one in config["config"]["layers"] if one["class_name"] == "Gadget"]
                layer.update(change)
                data = json.dumps(config).encode()
            new.writestr(part, data)
    with pytest.raises(FileSafetyError):
        load_model(forged)
    assert torchkeras_workbench.LOG == []


def test_a_name_inside_a_config_is_refused_too(workbench, tmp_path, monkeypatch):
    import torchkeras_workbench

    monkeypatch.setattr(torchkeras_workbench, "torchkeras_file_safe", lambda: {"layers": ["Scale"]})
    with isolated_plugins() as plugins:
        plugins.register(torchkeras_workbench, "again")
        text = keras.Sequential([keras.Input((3,)), layers.Dense(2)]).to_json()
        config = json.loads(text)
        config["config"]["layers"][1]["config"]["activation"] = "cube"
        with pytest.raises(FileSafetyError, match="'the JSON' names 'cube' of the plugin 'again'"):
            keras.models.model_from_json(json.dumps(config))
        assert keras.models.model_from_json(text).built


def test_code_uses_what_a_file_may_not(workbench):
    from torchkeras_workbench import Gadget

    model = keras.Sequential([keras.Input((3,)), Gadget("x")])
    with pytest.raises(FileSafetyError, match="'the config' names 'Gadget'"):
        keras.Sequential.from_config(model.get_config())  # nobody knows where a config comes from
    assert keras.Sequential.from_config(model.get_config(), {"Gadget": Gadget}).layers[0].order == "x"
    assert type(keras.models.clone_model(model).layers[0]) is Gadget


def test_the_requirements_of_an_older_file_are_an_attribute(path):
    if path.suffix == ".h5":
        with h5py.File(path) as file:
            assert json.loads(file.attrs["torchkeras_plugins"])[0]["package"] == "torchkeras-workbench"


def test_a_plugin_without_a_package_is_recorded_and_named(tmp_path):
    class Twice(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    def torchkeras_layers():
        return {"Twice": Twice}

    with isolated_plugins(torchkeras_layers):
        keras.Sequential([keras.Input((3,)), Twice()]).save(tmp_path / "a.keras")
    assert manager.installed() == {}
    with pytest.raises(
        UnknownNameError, match="uses Twice of the plugin 'draft', which belongs to no package: register it"
    ):
        load_model(tmp_path / "a.keras")
