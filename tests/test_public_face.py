"""The public face: every name loads, the list is Keras's with each difference accounted for, the import is light."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("public_names", HERE / "public_names.py")
public_names = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(public_names)
STUBS, NAMESPACES, KERAS_NAMES = public_names.STUBS, public_names.NAMESPACES, public_names.KERAS_NAMES

# What `import torchkeras_compat` may load beyond torch and the standard library.
LOADED_BY_A_BARE_IMPORT = {"torchkeras_compat", "torchkeras_compat.device", "lazy_loader"}
# Modules that are imported where a function needs them, and not before.
PUT_OFF = set(
    """
    callbacks.progbar_logger data.dataset_adapters data.generator data.pipeline layers.core.described_module
    losses.crossentropy metrics.accuracy metrics.probabilistic metrics.torch_metric_inputs models.from_json
    models.functional_config models.graph_recipe models.operation_config models.summary
    optimizers.loss_scale_optimizer optimizers.replayable random.draw_operation saving.file_limits
    saving.memory_budget training.tracing.compiled_function training.tracing.recorder
    """.split()
)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_name_of_a_stub_loads(namespace: str) -> None:
    module = importlib.import_module(namespace)
    for name in dir(module):
        assert getattr(module, name) is not None or name


@pytest.mark.parametrize("stub", STUBS, ids=NAMESPACES)
def test_the_list_of_a_stub_is_complete(stub: Path) -> None:
    tree = ast.parse(stub.read_text())
    imported = {a.asname or a.name for node in tree.body if isinstance(node, ast.ImportFrom) for a in node.names}
    listed = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert listed and sorted(listed[0]) == sorted(imported)


@pytest.mark.slow
def test_every_name_loads_eagerly() -> None:
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    env = {**os.environ, "EAGER_IMPORT": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *NAMESPACES], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_bare_import_is_light() -> None:
    code = "import sys, torch; before = set(sys.modules); import torchkeras_compat; print(*(set(sys.modules) - before))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {name for name in out.split() if name.partition(".")[0] not in sys.stdlib_module_names}
    assert loaded == LOADED_BY_A_BARE_IMPORT


def test_the_table_of_keras_names_is_that_of_keras(real_keras) -> None:
    for namespace, names in KERAS_NAMES.items():
        module = importlib.import_module(namespace)
        assert set(names) <= set(dir(module)), namespace


@pytest.mark.parametrize("kind", ["absent", "added"])
def test_names_are_those_of_keras_and_each_difference_has_its_reason(kind: str) -> None:
    found = dict(zip(("absent", "added"), public_names.differences()))[kind]
    listed: dict[str, list[str]] = {}
    for entry in public_names.table().get(kind, []):
        assert entry["reason"].strip("? "), f"{entry['namespace']}: a reason is missing"
        listed.setdefault(entry["namespace"], []).extend(entry.get("names", []))
    assert {n: sorted(names) for n, names in listed.items()} == found, "python tests/public_names.py updates the table"


@pytest.mark.slow
def test_a_model_of_common_layers_trains_without_the_compiler_of_torch() -> None:
    """`torch._dynamo` and `sympy` cost a second and 60 MB, which `import torch` alone does not spend."""
    code = (
        "import sys, numpy as np, torchkeras_compat as keras; from torchkeras_compat import layers as l\n"
        "x = l.Input((6,)); y = l.Embedding(5, 4)(x); y = l.LSTM(4, return_sequences=True)(y)\n"
        "y = l.Conv1D(4, 2, padding='same', activation='relu')(y) + y; y = l.LayerNormalization()(y)\n"
        "y = l.Add()([l.Dropout(0.1)(y), l.Activation('tanh')(y)]); y = l.GlobalAveragePooling1D()(y)\n"
        "model = keras.Model(x, l.Dense(3, 'softmax')(l.BatchNormalization()(y)))\n"
        "model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])\n"
        "model.fit(np.ones((8, 6), 'int64'), np.zeros(8, 'int64'), verbose=0)\n"
        "model.predict(np.ones((1, 6)), verbose=0)\n"
        "print(*({'sympy', 'torch._dynamo', 'torch._inductor'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr


@pytest.mark.slow
def test_a_short_run_loads_nothing_that_it_does_not_need() -> None:
    """What files, summaries, graphs and other data need adds 25 ms to a start-up, where it is not put off."""
    code = (
        "import sys, numpy as np, torchkeras_compat as keras; from torchkeras_compat.layers import Dense\n"
        "model = keras.Sequential([Dense(4, 'relu', input_shape=(3,)), Dense(1)]); model.compile('adam', 'mse')\n"
        "x = np.ones((100, 3), 'float32'); model.fit(x, x[:, :1], epochs=2, verbose=0); model.predict(x, verbose=0)\n"
        "print(*(name.partition('.')[2] for name in sys.modules if name.startswith('torchkeras_compat.')))"
    )
    env = {**os.environ, "TORCHKERAS_PLUGINS": ""}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"models.functional", "data.arrays", "training.predict"} <= loaded
    assert not loaded & PUT_OFF
