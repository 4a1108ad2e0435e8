"""SavedModels, by Keras on TensorFlow. Oracle: the model itself, run in a process with TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import torchkeras_compat as ours
from tests.export.models_of_all_kinds import named, stack
from torchkeras_compat import layers
from torchkeras_compat.export import ExportArchive
from torchkeras_compat.export.converters import is_installed

needs_tensorflow = pytest.mark.skipif(not is_installed("tensorflow"), reason="TensorFlow is not installed")


def served(path, feed, endpoint="serve"):
    code = (
        "import json, sys, tensorflow as tf\n"
        "path, feed, endpoint = json.loads(sys.argv[1])\n"
        "loaded = tf.saved_model.load(path)\n"
        "found = loaded.signatures[endpoint](**{k: tf.constant(*v) for k, v in feed.items()})\n"
        "print(json.dumps({k: v.numpy().tolist() for k, v in found.items()}))"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, json.dumps([str(path), feed, endpoint])]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.slow
@needs_tensorflow
def test_tensorflow_computes_what_the_model_does(tmp_path):
    model = named()
    model.export(tmp_path / "a", verbose=False)
    data = {"left": np.ones((4, 3), "float32"), "words": np.full((4, 2), 3)}
    feed = {"left": (data["left"].tolist(), "float32"), "words": (data["words"].tolist(), "int64")}
    found = served(tmp_path / "a", feed, "serving_default")
    for key, expected in model.predict(data, verbose=0).items():
        np.testing.assert_allclose(found[key], expected, atol=1e-5)


@pytest.mark.slow
@needs_tensorflow
def test_an_archive(tmp_path):
    model = stack(ours.Input((3,), name="x"), layers.Dense(2))
    archive = ExportArchive()
    archive.track_and_add_endpoint("score", model, [ours.InputSpec(shape=(None, 3), name="x")])
    archive.add_variable_collection("all", model.variables)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "older").touch()
    archive.write_out(tmp_path / "a", verbose=False)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a"]
    assert not (tmp_path / "a" / "older").exists()
    x = np.ones((2, 3), "float32")
    found = served(tmp_path / "a", {"x": (x.tolist(), "float32")}, "score")
    np.testing.assert_allclose(found["output_0"], model.predict(x, verbose=0), atol=1e-5)


def test_what_keras_cannot_write_is_said_and_the_older_folder_stays(tmp_path, monkeypatch):
    """A Python without TensorFlow, or layers that Keras does not have."""
    monkeypatch.setattr("torchkeras_compat.export.saved_model_format.is_installed", lambda _: True)

    class Mine(layers.Layer):
        def call(self, x):
            return x

    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "older").touch()
    with pytest.raises(RuntimeError, match="Keras on TensorFlow cannot write the SavedModel.*It says: "):
        stack(ours.Input((3,)), Mine()).export(tmp_path / "a")
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["older"]
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
