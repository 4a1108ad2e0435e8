"""The pytest plugin of torchkeras_compat: ``pytest --torchkeras-plugin NAME`` checks what a plugin registers.

It is a package of its own because pytest imports it in every run, and importing torchkeras_compat loads torch.
"""

from __future__ import annotations

from typing import Any


def pytest_addoption(parser: Any) -> None:
    """Add the options."""
    group = parser.getgroup("torchkeras", "plugins of torchkeras_compat")
    group.addoption(
        "--torchkeras-plugin",
        action="append",
        default=[],
        metavar="NAME",
        help="check everything that this plugin registers: an installed plugin, its package, or a module with hooks. "
        "Without paths of tests, nothing else is collected. May be given several times.",
    )
    group.addoption(
        "--torchkeras-hypothesis",
        action="store_true",
        help="also check with shapes and values that Hypothesis draws, here and in the check functions of the tests",
    )


def pytest_configure(config: Any) -> None:
    """Make ready for the options that are used."""
    names, draws = config.getoption("torchkeras_plugin"), config.getoption("torchkeras_hypothesis")
    if not (names or draws):
        return
    from torchkeras_compat.testing.collection import CheckCollection  # only now: it loads torch

    config.pluginmanager.register(CheckCollection(names, draws), "torchkeras-checks")
    if names and config.args_source is not config.ArgsSource.ARGS:
        config.args = []  # not the tests that happen to lie in this folder
