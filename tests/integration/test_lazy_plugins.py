"""Fifty installed plugins cost nothing before somebody needs one: none is loaded, and nobody looks which there are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.plugin_start import install

ROOT = Path(__file__).parents[2]

CODE = """\
import importlib.metadata, sys
scans = []
real = importlib.metadata.entry_points
def counting(**params):
    scans.append(params.get("group"))
    return real(**params)
importlib.metadata.entry_points = counting
import torchkeras_compat as keras

dense = keras.layers.Dense
model = keras.Sequential([keras.Input((4,)), dense(3, "relu", kernel_regularizer="l2"), dense(1)])
model.compile("adam", "mse", metrics=["mae", "accuracy"])
x, y = keras.ops.zeros((4, 4)), keras.ops.zeros((4, 1))
model.predict(x, verbose=0)
model.evaluate(x, y, verbose=0)
model.train_on_batch(x, y)
for name in ("a.keras", "a.h5", "a.weights.h5"):
    model.save_weights(name) if "weights" in name else model.save(name)
keras.saving.load_model("a.keras")
keras.saving.load_model("a.h5")
print(scans.count("torchkeras_compat"), sum(name.startswith("fake_plugin_") for name in sys.modules))
try:
    keras.losses.get("unheard_of")
except ValueError:
    pass
print(scans.count("torchkeras_compat"), sum(name.startswith("fake_plugin_") for name in sys.modules))
"""


@pytest.mark.slow
def test_import_model_compile_save_and_load_neither_look_for_plugins_nor_load_them(tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    install(plugins, 50, "def torchkeras_losses():\n    return {{'Loss{i}': type('Loss{i}', (), {{}})}}\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(plugins)])}
    environment.pop("TORCHKERAS_PLUGINS", None)
    environment["TORCHKERAS_PLUGINS_BLOCK"] = "focal"  # which the environment of the tests may have
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["0 0", "1 50"]
