"""The command `torchkeras-compat plugins`."""

from __future__ import annotations

import types

import pytest

from torchkeras_compat.cli.main import main
from torchkeras_compat.plugins import register_plugin


def test_it_lists_names_by_plugin_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    plugin = types.ModuleType("mine")
    plugin.torchkeras_losses = lambda: {"Tilted": object, "Bent": object}
    plugin.torchkeras_train_callbacks = lambda model: []
    register_plugin(plugin)
    assert main(["plugins"]) == 0
    assert capsys.readouterr().out == "mine\n  losses: Tilted, Bent\n  adds callbacks to every fit\n"


def test_it_says_when_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins"]) == 0
    assert capsys.readouterr().out == "No plugins are installed.\n"


def test_help_and_version_need_no_sub_command(capsys: pytest.CaptureFixture[str]) -> None:
    for option, word in (("--help", "run"), ("--version", "torchkeras-compat")):
        with pytest.raises(SystemExit) as raised:
            main([option])
        assert raised.value.code == 0
        assert word in capsys.readouterr().out
