"""The command `torchkeras-compat plugins`."""

from __future__ import annotations

import re
import types

import pytest

from torchkeras_compat.cli.main import main
from torchkeras_compat.plugins import manager, register_plugin


def test_it_lists_names_by_plugin_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    plugin = types.ModuleType("mine")
    plugin.torchkeras_losses = lambda: {"Tilted": object, "Bent": object}
    plugin.torchkeras_train_callbacks = lambda model: []
    register_plugin(plugin)
    for words in (["plugins"], ["plugins", "list"]):
        assert main(words) == 0
        assert capsys.readouterr().out == (
            "PLUGIN  VERSION  STATE   REGISTERS\n"
            "mine    -        in use  losses: Tilted, Bent; hooks: train_callbacks\n"
        )


def test_of_many_names_the_list_shows_some(capsys: pytest.CaptureFixture[str]) -> None:
    plugin = types.ModuleType("mine")
    plugin.torchkeras_losses = lambda: {f"Loss{i}": object for i in range(7)}
    register_plugin(plugin)
    main(["plugins", "list"])
    assert "losses: Loss0, Loss1, Loss2, Loss3, and 3 others\n" in capsys.readouterr().out
    main(["plugins", "show", "mine"])
    assert "Loss6" in capsys.readouterr().out


def test_the_list_shows_the_state_of_every_plugin(workbench, monkeypatch, capsys) -> None:
    broken = types.ModuleType("broken")
    broken.torchkeras_losses = lambda: 3
    register_plugin(broken)
    monkeypatch.setenv("TORCHKERAS_PLUGINS_BLOCK", "workbench")
    assert main(["plugins", "list"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^broken +- +broken", out, flags=re.MULTILINE)
    assert re.search(r"^workbench +1.2.0 +blocked +-$", out, flags=re.MULTILINE)
    assert "Plugin 'broken' failed in its hook 'torchkeras_losses': TypeError: it must return a mapping" in out


@pytest.mark.parametrize("name", ["workbench", "torchkeras-workbench"])
def test_show_tells_all_of_one_plugin(name, workbench, capsys) -> None:
    assert main(["plugins", "show", name]) == 0
    out = capsys.readouterr().out
    assert "package:     torchkeras-workbench 1.2.0" in out
    assert "summary:     A plugin that uses every hook" in out
    assert re.search(r"Scale +torchkeras_workbench.Scale$", out, flags=re.MULTILINE)
    assert re.search(r"Gadget +torchkeras_workbench.Gadget  \(not from files\)$", out, flags=re.MULTILINE)
    assert "before_train, after_train, train_step, device" in out


def test_show_of_nothing_is_an_error(workbench, capsys) -> None:
    assert main(["plugins", "show", "workbensh"]) == 2
    assert "no plugin 'workbensh'. Did you mean 'workbench'? Installed are " in capsys.readouterr().err


def test_check_runs_the_checks_and_says_what_failed(capsys) -> None:
    plugin = types.ModuleType("mine")
    plugin.torchkeras_activations = lambda: {"half": lambda x: x.to("meta"), "same": lambda x: 1.0 * x}
    register_plugin(plugin)
    assert main(["plugins", "check", "mine", "--quiet"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("failed  activation   half") for line in lines[:-1]) and len(lines) > 1
    assert re.fullmatch(r"\d+ passed, \d failed, 0 skipped", lines[-1])
    del plugin.torchkeras_activations
    manager.unregister_plugin("mine")
    register_plugin(plugin)
    assert main(["plugins", "check", "mine"]) == 0
    assert capsys.readouterr().out.endswith("2 passed, 0 failed, 0 skipped\n")


def test_check_of_nothing_is_an_error(capsys) -> None:
    assert main(["plugins", "check", "no_such_plugin"]) == 2
    assert "There is no plugin 'no_such_plugin'" in capsys.readouterr().err


def test_it_says_when_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins"]) == 0
    assert capsys.readouterr().out == "No plugins are installed.\n"
