"""The examples in docstrings run, and print what they show."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import sys

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat.dialects.install import ROOTS

MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(torchkeras_compat.__path__, "torchkeras_compat.")
    if not info.name.endswith("__main__")
)
PLUGIN_MODULES = ["balanced_accuracy", "focal_tversky", "gamma_annealing", "logit_adjustment", "prior_bias"]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(autouse=True)
def nothing_imported():
    """One example calls `install_as_keras`."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}
    yield
    sys.modules.update(hidden)


def run_examples(name: str) -> None:
    module = importlib.import_module(name)
    names = {"torch": torch, "np": np, "keras": torchkeras_compat, **vars(module)}
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    for example in doctest.DocTestFinder(exclude_empty=True).find(module, name, globs=names):
        if example.examples:
            torch.manual_seed(0)
            runner.run(example, out=report.append, clear_globs=False)
    assert not report, "".join(report)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    run_examples(name)


@pytest.mark.parametrize("name", PLUGIN_MODULES)
def test_the_examples_of_the_focal_plugin_run(name: str) -> None:
    pytest.importorskip("torchkeras_focal")
    run_examples(f"torchkeras_focal.{name}")
