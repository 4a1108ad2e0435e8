"""Options of all sub-commands."""

from __future__ import annotations

import types

import pytest

from torchkeras_compat.cli.main import main
from torchkeras_compat.plugins import manager


def test_help_and_version_need_no_sub_command(capsys: pytest.CaptureFixture[str]) -> None:
    for option, word in (("--help", "run"), ("--version", "torchkeras-compat")):
        with pytest.raises(SystemExit) as raised:
            main([option])
        assert raised.value.code == 0
        assert word in capsys.readouterr().out


def test_p_uses_a_module_with_hooks(tmp_path, monkeypatch, capsys):
    (tmp_path / "my_draft.py").write_text("def torchkeras_activations():\n    return {'shout': abs}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(["-p", "my_draft", "plugins"]) == 0
    assert "my_draft" in capsys.readouterr().out
    assert manager.find("activations", "my_draft>shout") is abs


def test_p_uses_an_installed_plugin_whatever_the_environment_says(workbench, monkeypatch):
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "")
    assert main(["--plugin", "torchkeras-workbench", "plugins"]) == 0
    assert "workbench" in manager.installed()


def test_p_no_leaves_a_plugin_out(workbench, capsys):
    assert main(["-p", "no:workbench", "plugins"]) == 0
    assert manager.installed() == {}
    assert workbench.infos["workbench"].state == "blocked"
    assert main(["-p", "no:workbench", "plugins"]) == 2
    assert "cannot be blocked any more: plugins are loaded" in capsys.readouterr().err


def test_p_of_nothing_is_an_error(workbench, capsys):
    assert main(["-p", "workbensh", "plugins"]) == 2
    assert "There is no plugin 'workbensh'. Did you mean 'workbench'?" in capsys.readouterr().err


def test_p_of_a_broken_module_is_an_error(tmp_path, monkeypatch, capsys):
    (tmp_path / "broken_draft.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(["-p", "broken_draft", "plugins"]) == 2
    assert "'broken_draft' cannot be loaded: ZeroDivisionError" in capsys.readouterr().err


def test_strict_plugins_makes_a_broken_plugin_an_error(capsys):
    manager.register_plugin(types.SimpleNamespace, "fine")
    module = types.ModuleType("broken")
    module.torchkeras_losses = lambda: 3
    manager.register_plugin(module)
    assert main(["--strict-plugins", "plugins"]) == 2
    assert "'broken' failed in its hook 'torchkeras_losses'" in capsys.readouterr().err
