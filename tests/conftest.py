"""What every test gets: the oracle, fixed seeds, clean global state, no plugin that happens to be installed."""

from __future__ import annotations

import gc
import importlib
import os
import random
import sys
import types
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.install import ROOTS

os.environ.setdefault("TORCHKERAS_TRACEBACK", "full")  # whoever runs these tests wants to see the package

if "PYTEST_XDIST_WORKER" in os.environ:
    torch.set_num_threads(1)  # as many processes as cores are active already


def keep_for_good() -> None:
    """Leave all that is there out of later collections of garbage, of which Keras asks for one after every layer."""
    gc.collect()
    gc.freeze()


def pytest_collection_finish() -> None:
    """The tests themselves live as long as the process."""
    keep_for_good()


@pytest.fixture(autouse=True, scope="module")
def what_a_module_leaves_is_kept() -> Iterator[None]:
    """What tests import and cache lives on: later collections, which tests ask for by the hundred, pass it over."""
    yield
    keep_for_good()


@pytest.fixture(scope="session")
def real_keras() -> types.ModuleType:
    """Keras from PyPI on its torch backend: the oracle."""
    os.environ["KERAS_BACKEND"] = "torch"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its own imports warn about is not ours to fix
        keras = importlib.import_module("keras")
        for space in ("layers", "losses", "metrics", "optimizers", "ops"):
            importlib.import_module(f"keras.{space}")
    if keras.backend.backend() != "torch":
        pytest.fail("keras was imported with another backend than torch before the fixture `real_keras`")
    keep_for_good()
    return keras


@pytest.fixture
def hidden_keras() -> Iterator[None]:
    """The real Keras, where another test has imported it, is out of the way."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}
    yield
    sys.modules.update(hidden)


@pytest.fixture(autouse=True)
def seed() -> int:
    """The same random numbers in every test, whatever ran before."""
    random.seed(0)
    np.random.seed(0)
    if torch.cuda.is_available():
        torch.manual_seed(0)
    else:
        torch.default_generator.manual_seed(0)  # a tenth of the time: no stack is kept for a device that is not there
    return 0


@pytest.fixture(autouse=True)
def clean_global_state() -> Iterator[None]:
    """Names start at `dense` again, and a switch that a test sets ends with the test."""
    from torchkeras_compat import config, naming

    naming.reset_names()
    before = config.floatx(), config.epsilon(), config.image_data_format()
    yield
    floatx, epsilon, image_data_format = before
    config.set_floatx(floatx)
    config.set_epsilon(epsilon)
    config.set_image_data_format(image_data_format)


@pytest.fixture(autouse=True)
def no_installed_plugins() -> Iterator[None]:
    """A test sees the plugins that it registers itself, and none that the environment has."""
    from torchkeras_compat.plugins import manager

    with manager.isolated_plugins():
        yield


WORKBENCH = Path(__file__).parent / "plugins" / "fixtures" / "workbench"


@pytest.fixture
def workbench(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """The plugin that uses every hook, installed by its `dist-info`; no other one is in use."""
    from torchkeras_compat.plugins import manager

    monkeypatch.syspath_prepend(str(WORKBENCH))
    for variable in ("TORCHKERAS_PLUGINS_BLOCK", "TORCHKERAS_PLUGINS_STRICT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "workbench")
    with manager.isolated_plugins(discover=True) as plugins:
        yield plugins
    sys.modules.pop("torchkeras_workbench", None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """An argument `case` of a check that a class inherits takes each of the class's `cases`; likewise other names."""
    for name in metafunc.fixturenames:
        values = getattr(metafunc.cls, f"{name}s", None)
        if isinstance(values, list):
            metafunc.parametrize(name, values, ids=str)


SLOW_LIMIT = 1800  # seconds; of a test that starts processes, on a machine whose cores do other things, too


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = slow_ones_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_LIMIT))
        if item.get_closest_marker("cuda") and not torch.cuda.is_available():
            item.add_marker(pytest.mark.skip(reason="torch sees no NVIDIA GPU"))


def slow_ones_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Put the slow tests where a worker begins: `--dist=worksteal` gives each worker an equal part of the list.

    A slow test that starts last would keep one worker busy while the others have nothing left to steal.
    """
    slow = [item for item in items if item.get_closest_marker("slow")]
    quick = [item for item in items if not item.get_closest_marker("slow")]
    result = []
    for worker in range(workers):
        mine = slow[worker::workers]
        end = len(items) * (worker + 1) // workers
        others = max(0, end - len(result) - len(mine))
        result += [*mine, *quick[:others]]
        quick = quick[others:]
    return result + quick


@pytest.fixture
def early(monkeypatch):
    """Record a step from the fourth batch of a form on."""
    from torchkeras_compat.training.tracing import traced_step

    monkeypatch.setattr(traced_step, "_STEPS_TO_PAY", 6)
    monkeypatch.setattr(traced_step, "_EAGER_STEPS", 2)


@pytest.fixture
def all_code_is_known(monkeypatch):
    """Record steps with the code of tests in them, which counts as code of the user otherwise."""
    from torchkeras_compat.training.tracing.foreign_code import ForeignCode

    monkeypatch.setattr(ForeignCode, "is_known", staticmethod(lambda *_: True))
