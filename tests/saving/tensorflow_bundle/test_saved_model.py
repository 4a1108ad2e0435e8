"""Models of SavedModels: their config lies beside the program, which is not run."""

from __future__ import annotations

import json
import runpy
import shutil
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError, FileSafetyError, UnknownNameError
from torchkeras_compat.saving.tensorflow_bundle.wire import field, varint_field

writer: Any = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("writer.py"))))
FILES = Path(__file__).parents[1] / "fixtures" / "tensorflow_2_15"
VALUES = np.load(FILES / "values.npz")
END = "/.ATTRIBUTES/VARIABLE_VALUE"
DENSE = {"name": "d", "trainable": True, "batch_input_shape": [None, 3], "dtype": "float32", "units": 2}


def test_a_model_of_tensorflow_is_made_and_trains_on() -> None:
    model = ours.models.load_model(FILES / "saved_model")
    x = [VALUES["img"], VALUES["aux"]]
    np.testing.assert_allclose(model.predict(x, verbose=0), VALUES["model_out"], atol=1e-6)
    assert model.loss == "sparse_categorical_crossentropy" and int(model.optimizer.iterations) == 1
    model.train_on_batch(x, VALUES["classes"])
    np.testing.assert_allclose(model.predict(x, verbose=0), VALUES["model_after"], atol=1e-5)
    assert not ours.models.load_model(FILES / "saved_model", compile=False).compiled


def written(folder: Path, metadata: Any, form: str = "keras_metadata.pb") -> Path:
    """A SavedModel with one dense layer, and this metadata of the root."""
    (folder / "variables").mkdir(parents=True)
    shapes = {"layer_with_weights-0/kernel": (3, 2), "layer_with_weights-0/bias": (2,)}
    arrays = {f"{k}{END}": np.ones(s, "float32") for k, s in shapes.items()}
    writer.write_bundle(folder / "variables" / "variables", arrays, writer.graph(writer.nodes_of([*shapes])))
    text = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
    if form == "keras_metadata.pb":
        (folder / "saved_model.pb").write_bytes(b"")
        other = field(1, varint_field(2, 1) + field(5, b"{}"))
        (folder / form).write_bytes(other + field(1, field(3, b"root") + field(5, text)))
    else:  # as before 2.5: meta graph, object graph, node, user object, metadata
        (folder / form).write_bytes(varint_field(1, 1) + field(2, field(7, field(1, field(4, field(3, text))))))
    return folder


def sequential(settings: Any = None, **more: Any) -> dict[str, Any]:
    entry = {"class_name": "Dense", "config": settings or DENSE}
    return {"model_config": {"class_name": "Sequential", "config": {"name": "s", "layers": [entry]}}, **more}


@pytest.mark.parametrize("form", ["keras_metadata.pb", "saved_model.pb"])
def test_metadata_of_both_ages(tmp_path: Path, form: str) -> None:
    model = ours.models.load_model(written(tmp_path / "m", sequential(), form))
    assert model.layers[0].name == "d" and model.get_weights()[0].tolist() == [[1.0, 1.0]] * 3


def test_a_model_without_input_is_built_by_its_metadata(tmp_path: Path) -> None:
    settings = {k: v for k, v in DENSE.items() if k != "batch_input_shape"}
    shape = {"class_name": "TensorShape", "items": [None, 3]}
    model = ours.models.load_model(written(tmp_path / "m", sequential(settings, build_input_shape=shape)))
    assert model.input_shape == (None, 3)
    with pytest.raises(FileContentError, match="the shape of its inputs is not in it"):
        ours.models.load_model(written(tmp_path / "n", sequential(settings)))


class Own(ours.Model):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.d = layers.Dense(2)

    def call(self, x: Any) -> Any:
        return self.d(x)


def test_classes_of_the_user(tmp_path: Path) -> None:
    path = written(tmp_path / "m", {"model_config": {"class_name": "Own", "config": {}}, "build_input_shape": [1, 3]})
    with pytest.raises(UnknownNameError) as caught:
        ours.models.load_model(path)
    assert "model.load_weights(" in str(caught.value.__notes__)
    with pytest.raises(FileContentError, match=r"is not in it.*layer_with_weights-0"):  # found, made, and other weights
        ours.models.load_model(path, custom_objects={"Own": Own})


def test_what_holds_no_model_says_how_to_convert(tmp_path: Path) -> None:
    for i, metadata in enumerate((b"", {}, [1], {"model_config": None})):
        with pytest.raises(
            FileContentError, match=r"(?s)tf\.keras\.models\.load_model.*\n +model\.save\('model\.keras'"
        ):
            ours.models.load_model(written(tmp_path / str(i), metadata))
    shutil.rmtree(tmp_path / "0" / "variables")
    (tmp_path / "0" / "keras_metadata.pb").unlink()
    with pytest.raises(FileContentError, match=r"model\.load_weights\('"):
        ours.models.load_model(tmp_path / "0")


def test_metadata_is_hostile_until_checked(tmp_path: Path) -> None:
    for i, data in enumerate((b"\xff" * 20, b"{", b'{"model_config": ' + b"[" * 10_000)):
        path = written(tmp_path / str(i), data)
        with pytest.raises(FileContentError):
            ours.models.load_model(path)
    for i, units in enumerate((10**8, 10**12)):
        begun = time.perf_counter()
        with pytest.raises(FileContentError):
            ours.models.load_model(written(tmp_path / f"units{i}", sequential({**DENSE, "units": units})))
        assert time.perf_counter() - begun < 2
    hostile = {
        "model_config": {"class_name": "Sequential", "config": {"layers": [{"class_name": "TFSMLayer", "config": {}}]}}
    }
    with pytest.raises((FileSafetyError, FileContentError, UnknownNameError)):
        ours.models.load_model(written(tmp_path / "tfsm", hostile))
