"""Models in MLflow's format: written, loaded as models and as pyfunc, registered; and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
import torch

import torchkeras_compat as keras
import torchkeras_mlflow
from torchkeras_compat.plugins import register_plugin

pytestmark = [
    pytest.mark.usefixtures("store"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType"),
    pytest.mark.filterwarnings("ignore:.*integer column"),  # MLflow's advice about missing values
]


def as_pyfunc(uri: str) -> Any:
    return mlflow.pyfunc.load_model(uri)


def test_a_logged_model_predicts_as_before_and_trains_on(model: Any, data: Any) -> None:
    model.fit(*data, verbose=0)
    expected = model.predict(data[0], verbose=0)
    with mlflow.start_run() as run:
        info = torchkeras_mlflow.log_model(model, "net")
    for uri in (info.model_uri, f"runs:/{run.info.run_id}/net"):
        again = torchkeras_mlflow.load_model(uri)
        np.testing.assert_array_equal(again.predict(data[0], verbose=0), expected)
    again.fit(*data, shuffle=False, verbose=0)
    model.fit(*data, shuffle=False, verbose=0)
    np.testing.assert_array_equal(again.predict(data[0], verbose=0), model.predict(data[0], verbose=0))
    assert torchkeras_mlflow.load_model(uri, compile=False).optimizer is None


def test_pyfunc_takes_arrays_and_frames(model: Any, data: Any) -> None:
    x = data[0]
    expected = model.predict(x, verbose=0)
    info = torchkeras_mlflow.log_model(model)
    loaded = as_pyfunc(info.model_uri)
    np.testing.assert_array_equal(loaded.predict(x), expected)
    frame = pd.DataFrame(x, columns=list("abcd"), index=range(100, 120))
    found = loaded.predict(frame)
    np.testing.assert_array_equal(found.to_numpy(), expected)
    assert list(found.index) == list(range(100, 120))


def test_several_inputs_are_a_dict_or_columns() -> None:
    a, b = keras.Input((2,), name="a"), keras.Input((1,), name="b")
    model = keras.Model([a, b], keras.layers.Dense(1)(keras.layers.Concatenate()([a, b])))
    inputs = {"a": np.ones((3, 2), "float32"), "b": np.full((3, 1), 2.0, "float32")}
    expected = model.predict(inputs, verbose=0)
    loaded = as_pyfunc(torchkeras_mlflow.log_model(model).model_uri)
    np.testing.assert_array_equal(loaded.predict(inputs), expected)
    frame = pd.DataFrame({"a": list(inputs["a"]), "b": inputs["b"][:, 0]})
    np.testing.assert_array_equal(loaded.predict(frame).to_numpy(), expected)


def test_an_example_gives_the_signature_which_mlflow_insists_on(model: Any, data: Any) -> None:
    info = torchkeras_mlflow.log_model(model, input_example=data[0][:2])
    (given,) = info.signature.inputs.inputs
    assert given.shape == (-1, 4) and given.type == np.dtype("float32")
    with pytest.raises(mlflow.exceptions.MlflowException, match="shape"):
        as_pyfunc(info.model_uri).predict(np.zeros((2, 3), "float32"))


def test_a_registered_model_is_found_by_name_and_alias(model: Any, data: Any) -> None:
    torchkeras_mlflow.log_model(model, registered_model_name="net")
    mlflow.MlflowClient().set_registered_model_alias("net", "best", "1")
    for uri in ("models:/net/1", "models:/net@best"):
        again = torchkeras_mlflow.load_model(uri)
        np.testing.assert_array_equal(again.predict(data[0], verbose=0), model.predict(data[0], verbose=0))


class Halved(keras.layers.Layer):
    """Half of its input."""

    def call(self, inputs: Any) -> Any:
        return inputs / 2


def test_requirements_name_torch_this_package_and_what_the_user_adds(model: Any, tmp_path: Path) -> None:
    torchkeras_mlflow.save_model(model, tmp_path / "m", extra_pip_requirements=["some-package==1.0"])
    needed = (tmp_path / "m" / "requirements.txt").read_text().split()
    version = torch.__version__.partition("+")[0]
    assert {f"torch=={version}", "some-package==1.0"} <= set(needed)
    assert any(line.startswith("torchkeras-mlflow==") for line in needed)
    flavors = mlflow.models.Model.load(str(tmp_path / "m")).flavors
    assert set(flavors) == {"torchkeras_compat", "python_function"}
    assert flavors["torchkeras_compat"]["torchkeras_compat_version"]


def test_objects_of_a_plugin_are_recorded(tmp_path: Path) -> None:
    import types

    plugin = types.ModuleType("halving")
    plugin.torchkeras_layers = lambda: {"Halved": Halved}
    plugin.torchkeras_file_safe = lambda: [Halved]
    register_plugin(plugin)
    torchkeras_mlflow.save_model(keras.Sequential([keras.Input((2,)), Halved()]), tmp_path / "m")
    (entry,) = mlflow.models.Model.load(str(tmp_path / "m")).flavors["torchkeras_compat"]["plugins"]
    assert (entry["plugin"], entry["names"]) == ("halving", ["Halved"])
    assert torchkeras_mlflow.load_model(str(tmp_path / "m")).layers[0].__class__ is Halved


def test_custom_objects_are_passed_on(tmp_path: Path) -> None:
    torchkeras_mlflow.save_model(keras.Sequential([keras.Input((2,)), Halved()]), tmp_path / "m")
    with pytest.raises(ValueError, match="Halved"):
        torchkeras_mlflow.load_model(str(tmp_path / "m"))
    found = torchkeras_mlflow.load_model(str(tmp_path / "m"), custom_objects={"Halved": Halved})
    assert type(found.layers[0]) is Halved


def test_what_is_not_a_model_is_refused_before_anything_is_written(model: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"Received: Linear.*mlflow.pytorch"):
        torchkeras_mlflow.save_model(torch.nn.Linear(1, 1), tmp_path / "m")
    with pytest.raises(FileNotFoundError, match="no file 'none.keras'"):
        torchkeras_mlflow.log_model("none.keras")
    with pytest.raises(ValueError, match=r"ends in `.keras`. Received: 'm.h5'"):
        torchkeras_mlflow.log_model("m.h5")
    assert not (tmp_path / "m").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(FileExistsError, match="is not empty"):
        torchkeras_mlflow.save_model(model, tmp_path / "full")


def test_a_model_of_another_flavor_is_refused(tmp_path: Path) -> None:
    other = mlflow.models.Model()
    other.add_flavor("sklearn", data="x")
    (tmp_path / "m").mkdir()
    other.save(str(tmp_path / "m" / "MLmodel"))
    with pytest.raises(ValueError, match=r"no model of the flavor 'torchkeras_compat', but of sklearn"):
        torchkeras_mlflow.load_model(str(tmp_path / "m"))
