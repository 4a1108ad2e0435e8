"""A set of plugins: every hook, selection, blocking, faults and clashes."""

from __future__ import annotations

import importlib.metadata
import types
import warnings

import pytest

from torchkeras_compat.errors import NameClashError, PluginError, PluginWarning
from torchkeras_compat.plugins import hookspecs, manager, training
from torchkeras_compat.plugins.info import OFFERED_KINDS


class Thing:
    """Stands for a layer, a loss, ..."""


class Other:
    """Another one."""


def plugin(name: str, **hooks: object) -> types.ModuleType:
    module = types.ModuleType(name)
    vars(module).update(hooks)
    return module


class FakeEntryPoint:
    """An entry point of an installed distribution."""

    def __init__(self, name: str, loads: object, distribution: str = "") -> None:
        self.name, self.value, self._loads = name, f"{name}:plugin", loads
        self.dist = types.SimpleNamespace(name=distribution, version="1.0") if distribution else None
        self.loaded = 0

    def load(self) -> object:
        self.loaded += 1
        if isinstance(self._loads, Exception):
            raise self._loads
        return self._loads


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch):
    """Install entry points, and use them."""
    for variable in ("TORCHKERAS_PLUGINS", "TORCHKERAS_PLUGINS_BLOCK", "TORCHKERAS_PLUGINS_STRICT"):
        monkeypatch.delenv(variable, raising=False)

    def install(*entries: FakeEntryPoint) -> None:
        monkeypatch.setattr(
            importlib.metadata, "entry_points", lambda group: entries if group == "torchkeras_compat" else ()
        )

    with manager.isolated_plugins(discover=True):
        yield install


@pytest.mark.parametrize("kind", OFFERED_KINDS)
def test_a_registration_hook_offers_names_of_its_kind(kind: str) -> None:
    manager.register_plugin(plugin("mine", **{f"torchkeras_{kind}": lambda: {"NewThing": Thing}}))
    assert manager.names(kind) == {"NewThing": Thing}
    for name in ("NewThing", "new_thing", "mine>NewThing", "mine>new_thing"):
        assert manager.find(kind, name) is Thing
    assert manager.find(kind, "yours>NewThing") is None
    assert all(manager.names(other) == {} for other in OFFERED_KINDS if other != kind)


def test_the_training_hook_receives_the_model_and_adds_callbacks() -> None:
    seen = []

    def torchkeras_train_callbacks(model: object) -> list[object]:
        seen.append(model)
        return ["callback"]

    manager.register_plugin(plugin("mine", torchkeras_train_callbacks=torchkeras_train_callbacks))
    assert training.training_callbacks("the model") == ["callback"]
    assert seen == ["the model"]
    assert manager.current().implements("torchkeras_train_callbacks") == ["mine"]


def test_kinds_without_a_hook_offer_nothing() -> None:
    assert manager.names("devices") == {}
    assert manager.find("devices", "anything") is None


def test_the_decorator_gives_the_options_of_pluggy() -> None:
    class Late:
        @staticmethod
        def torchkeras_train_callbacks(model):
            return ["late"]

    class Early:
        @hookspecs.hookimpl(tryfirst=True)
        def torchkeras_train_callbacks(self, model):
            return ["early"]

    manager.register_plugin(Early())
    manager.register_plugin(Late)
    assert training.training_callbacks(None) == ["early", "late"]


def test_two_owners_of_a_bare_name_are_an_error_that_names_both() -> None:
    manager.register_plugin(plugin("one", torchkeras_losses=lambda: {"Thing": Thing}))
    manager.register_plugin(plugin("two", torchkeras_losses=lambda: {"Thing": Other}))
    with pytest.raises(
        NameClashError, match=r"'Thing' in losses is claimed by.*'two'.*'one'.*'two>Thing' or 'one>Thing'"
    ):
        manager.find("losses", "Thing")
    assert manager.find("losses", "one>Thing") is Thing
    assert manager.find("losses", "two>Thing") is Other
    assert set(manager.names("losses")) == {"one>Thing", "two>Thing"}


def test_a_name_that_begins_with_the_mark_is_found_with_its_package_only() -> None:
    manager.register_plugin(plugin("one", torchkeras_losses=lambda: {">Thing": Thing}))
    manager.register_plugin(plugin("two", torchkeras_losses=lambda: {"Thing": Other}))
    assert manager.find("losses", "Thing") is Other
    assert manager.find("losses", "one>Thing") is manager.find("losses", "one>thing") is Thing
    assert manager.names("losses") == {"one>Thing": Thing, "Thing": Other}
    manager.unregister_plugin("two")
    assert manager.find("losses", "Thing") is None


def test_one_object_offered_twice_is_not_a_clash() -> None:
    manager.register_plugin(plugin("one", torchkeras_losses=lambda: {"Thing": Thing}))
    manager.register_plugin(plugin("two", torchkeras_losses=lambda: {"Thing": Thing}))
    assert manager.find("losses", "Thing") is Thing


def test_a_misspelt_hook_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(PluginError, match="'mine' has a hook 'torchkeras_loses'.*Did you mean 'torchkeras_losses'"):
        manager.register_plugin(plugin("mine", torchkeras_loses=dict))
    assert manager.installed() == {}


def test_a_hook_with_other_arguments_is_an_error() -> None:
    with pytest.raises(PluginError, match="'mine' does not fit the hook specification"):
        manager.register_plugin(plugin("mine", torchkeras_train_callbacks=lambda network: []))
    assert manager.installed() == {}


def test_installed_plugins_load_when_first_asked_for(install) -> None:
    entry = FakeEntryPoint("focal", plugin("p", torchkeras_losses=lambda: {"Thing": Thing}), "torchkeras-focal")
    install(entry)
    assert entry.loaded == 0
    assert manager.find("losses", "thing") is Thing
    manager.names("layers")
    assert entry.loaded == 1
    assert manager.find("losses", "torchkeras-focal>Thing") is Thing
    assert manager.find("losses", "torchkeras_focal>Thing") is Thing


def test_the_environment_selects_plugins(install, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [FakeEntryPoint(name, plugin(name), f"package-{name}") for name in ("a", "b", "c")]
    install(*entries)
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "a, package_c")
    assert set(manager.installed()) == {"a", "c"}


def test_an_empty_selection_loads_none(install, monkeypatch: pytest.MonkeyPatch) -> None:
    install(FakeEntryPoint("a", plugin("a")))
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "")
    assert manager.installed() == {}


def test_the_environment_blocks_plugins(install, monkeypatch: pytest.MonkeyPatch) -> None:
    install(*[FakeEntryPoint(name, plugin(name)) for name in ("a", "b")])
    monkeypatch.setenv("TORCHKERAS_PLUGINS_BLOCK", "a")
    assert set(manager.installed()) == {"b"}


def test_a_selected_plugin_that_is_not_installed_is_a_warning(install, monkeypatch: pytest.MonkeyPatch) -> None:
    install()
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "ghost")
    with pytest.warns(PluginWarning, match="'ghost' is named in TORCHKERAS_PLUGINS but not installed"):
        manager.installed()


def test_a_plugin_that_does_not_load_is_one_warning_and_the_others_work(install) -> None:
    good = plugin("good", torchkeras_losses=lambda: {"Thing": Thing})
    install(FakeEntryPoint("broken", ImportError("no module named gone")), FakeEntryPoint("good", good))
    with pytest.warns(
        PluginWarning, match=r"'broken' could not be loaded: ImportError: no module.*BLOCK=broken"
    ) as seen:
        assert manager.find("losses", "Thing") is Thing
        assert manager.find("layers", "Thing") is None
        assert training.training_callbacks(None) == []
    assert len(seen) == 1


def test_a_hook_that_fails_is_one_warning_and_the_others_work() -> None:
    def torchkeras_losses() -> dict[str, type]:
        raise RuntimeError("cannot")

    manager.register_plugin(plugin("broken", torchkeras_losses=torchkeras_losses, torchkeras_train_callbacks=lambda: 3))
    manager.register_plugin(plugin("good", torchkeras_losses=lambda: {"Thing": Thing}))
    with pytest.warns(
        PluginWarning, match="'broken' failed in its hook 'torchkeras_losses': RuntimeError: cannot"
    ) as seen:
        assert manager.find("losses", "Thing") is Thing
        assert training.training_callbacks(None) == []
    assert len(seen) == 1


@pytest.mark.parametrize("answer", [["Thing"], {"Thing": 3}, {3: Thing}])
def test_a_hook_that_returns_no_mapping_is_a_warning(answer: object) -> None:
    manager.register_plugin(plugin("broken", torchkeras_losses=lambda: answer))
    with pytest.warns(PluginWarning, match="must return a mapping of names to classes or functions, and returned"):
        assert manager.names("losses") == {}


def test_the_warning_points_at_the_line_of_the_user() -> None:
    manager.register_plugin(plugin("broken", torchkeras_losses=lambda: 3))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        manager.names("losses")
    assert seen[0].filename == __file__


def test_strict_mode_makes_a_broken_plugin_an_error(install, monkeypatch: pytest.MonkeyPatch) -> None:
    install(FakeEntryPoint("broken", ImportError("no module named gone")))
    monkeypatch.setenv("TORCHKERAS_PLUGINS_STRICT", "1")
    with pytest.raises(PluginError, match="'broken' could not be loaded") as raised:
        manager.installed()
    assert isinstance(raised.value.__cause__, ImportError)


def test_a_misspelt_hook_of_an_installed_plugin_is_a_warning(install) -> None:
    install(FakeEntryPoint("broken", plugin("p", torchkeras_layer=dict)))
    with pytest.warns(PluginWarning, match="'broken' could not be loaded: PluginError: .*'torchkeras_layer'"):
        assert manager.installed() == {}


def test_the_warning_names_package_version_and_remedy(install) -> None:
    install(FakeEntryPoint("broken", ImportError("gone"), "torchkeras-broken"))
    message = (
        r"'broken' \(torchkeras-broken 1.0\) could not be loaded: ImportError: gone. .*"
        r"pip install -U torchkeras-broken.*TORCHKERAS_PLUGINS_BLOCK=broken"
    )
    with pytest.warns(PluginWarning, match=message):
        manager.installed()
    assert manager.current().infos["broken"].state == "broken"


@pytest.mark.parametrize("target", [3, "text", {"torchkeras_losses": dict}, lambda: None])
def test_an_entry_point_of_another_type_is_a_warning(install, target: object) -> None:
    install(FakeEntryPoint("broken", target))
    kind = type(target).__name__
    with pytest.warns(
        PluginWarning, match=f"'broken' could not be loaded: TypeError: .*'broken:plugin' leads to a {kind}"
    ):
        assert manager.installed() == {}


def test_two_packages_with_one_plugin_name_are_a_warning_that_names_both(
    install, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (
        FakeEntryPoint("same", plugin("one"), "package-one"),
        FakeEntryPoint("same", plugin("two"), "package-two"),
    )
    two.value = "two:plugin"
    install(one, two)
    with pytest.warns(
        PluginWarning, match=r"'same' \(package-two 1.0\) has the name of plugin 'same' \(package-one 1.0\)"
    ):
        assert manager.installed()["same"].__name__ == "one"
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "package-two")
    with manager.isolated_plugins(discover=True):
        assert manager.installed()["same"].__name__ == "two"


def test_a_clash_names_the_packages(install) -> None:
    install(
        FakeEntryPoint("one", plugin("one", torchkeras_losses=lambda: {"Thing": Thing}), "package-one"),
        FakeEntryPoint("two", plugin("two", torchkeras_losses=lambda: {"Thing": Other}), "package-two"),
    )
    with pytest.raises(NameClashError, match=r"'two' \(package-two 1.0\) and plugin 'one' \(package-one 1.0\)"):
        manager.find("losses", "Thing")


def test_the_states_of_plugins_are_known(install, monkeypatch: pytest.MonkeyPatch) -> None:
    install(*[FakeEntryPoint(name, plugin(name)) for name in ("a", "b", "c")])
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "a,b")
    monkeypatch.setenv("TORCHKERAS_PLUGINS_BLOCK", "b")
    assert set(manager.installed()) == {"a"}
    assert {name: info.state for name, info in manager.current().infos.items()} == {
        "a": "in use",
        "b": "blocked",
        "c": "not selected",
    }
