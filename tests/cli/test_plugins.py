"""The command `torchkeras-compat plugins`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import types
from pathlib import Path

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


@pytest.fixture(scope="module")
def sparkle(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A package made by `plugins new`, and an environment in which it is installed as pip would do it."""
    into = tmp_path_factory.mktemp("new")
    assert main(["plugins", "new", "bright-sparkle", "--into", str(into)]) == 0
    folder = into / "torchkeras-bright-sparkle"
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = into / "site" / f"torchkeras_bright_sparkle-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    (entry,) = project["entry-points"]["torchkeras_compat"].items()
    (info / "entry_points.txt").write_text(f"[torchkeras_compat]\n{entry[0]} = {entry[1]}\n")
    path = [str(folder / "src"), str(into / "site"), str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "TORCHKERAS_PLUGINS": "bright_sparkle"}
    return folder, {k: v for k, v in environment.items() if not k.startswith(("PYTEST_", "TORCHKERAS_PLUGINS_"))}


def test_the_tests_of_a_new_package_pass_at_once(sparkle) -> None:
    folder, environment = sparkle
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-W", "ignore:.torch.jit.script:DeprecationWarning"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"8 passed", done.stdout)


def test_a_new_package_is_complete_and_names_itself_everywhere(sparkle) -> None:
    folder, _ = sparkle
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and "cache" not in str(p)}
    assert files == {
        ".github/workflows/tests.yml",
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "src/torchkeras_bright_sparkle/__init__.py",
        "src/torchkeras_bright_sparkle/gate.py",
        "src/torchkeras_bright_sparkle/pinball.py",
        "src/torchkeras_bright_sparkle/plugin.py",
        "tests/test_plugin.py",
    }
    for name in files:
        text = (folder / name).read_text()
        assert "$module" not in text and "${" not in text.replace("${{ matrix", "")


def test_the_checks_of_the_kit_pass_for_a_new_package(sparkle) -> None:
    folder, environment = sparkle
    command = [sys.executable, "-m", "torchkeras_compat", "--strict-plugins", "plugins", "check", "bright_sparkle"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and re.search(r"\d+ passed, 0 failed", done.stdout), done.stdout + done.stderr


def test_new_overwrites_nothing_and_refuses_other_names(sparkle, capsys) -> None:
    folder, _ = sparkle
    assert main(["plugins", "new", "torchkeras-bright-sparkle", "--into", str(folder.parent)]) == 2
    assert "exists already" in capsys.readouterr().err
    for name in ("Sparkle", "9lives", "a b", "../up", "torchkeras-"):
        assert main(["plugins", "new", name, "--into", str(folder.parent)]) == 2
        assert f"Received: {name!r}" in capsys.readouterr().err


def test_it_says_when_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins"]) == 0
    assert capsys.readouterr().out == "No plugins are installed.\n"


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
