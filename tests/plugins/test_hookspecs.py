"""Every hook, in a plugin that is installed: `fixtures/workbench`, a package with a `dist-info`."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.cli.main import main
from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.device import device, is_device_chosen
from torchkeras_compat.errors import NameClashError, PluginError, PluginWarning
from torchkeras_compat.plugins import FileFormat, hookimpl, hookspecs, isolated_plugins, manager
from torchkeras_compat.plugins.hook_manager import HOOKS
from torchkeras_compat.testing import check_plugin

X = np.linspace(-1, 1, 30, dtype="float32").reshape(10, 3)
Y = X.sum(1, keepdims=True)


@pytest.fixture(autouse=True)
def log(workbench):
    """What the training hooks of the workbench saw."""
    import torchkeras_workbench

    torchkeras_workbench.LOG.clear()
    return torchkeras_workbench.LOG


def compiled(*stack, name=None, **options):
    model = keras.Sequential([*(stack or [layers.Dense(1)])], name=name)
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


def test_the_workbench_is_installed_and_uses_every_hook():
    plugin = manager.installed()["workbench"]
    assert {hook for hook in HOOKS if hasattr(plugin, hook)} == set(HOOKS)
    info = manager.current().infos["workbench"]
    assert (info.package, info.version, info.state) == ("torchkeras-workbench", "1.2.0", "in use")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("layers", "scale"),
        ("losses", "largest_error"),
        ("metrics", "bias"),
        ("callbacks", "quiet"),
        ("optimizers", "sign_descent"),
        ("schedules", "halving"),
        ("initializers", "halves"),
        ("regularizers", "largest_weight"),
        ("constraints", "rounded"),
        ("activations", "cube"),
    ],
)
def test_names_of_every_kind_lead_to_the_objects_of_the_plugin(kind, name):
    found = keras.registry.lookup(kind, name)
    assert found.__module__ == "torchkeras_workbench"
    for qualified in (f"workbench>{name}", f"torchkeras-workbench>{name}"):
        assert keras.registry.lookup(kind, qualified) is found


def test_a_model_is_built_and_trained_by_names_alone():
    model = compiled(
        layers.Dense(
            2,
            activation="cube",
            kernel_initializer="halves",
            kernel_regularizer="largest_weight",
            kernel_constraint="rounded",
        ),
        optimizer="sign_descent",
        loss="largest_error",
        metrics=["bias"],
    )
    history = model.fit(X, np.tile(Y, 2), epochs=2, verbose=0).history
    assert set(history) == {"loss", "bias"}
    kernel = model.layers[0].get_weights()[0]
    np.testing.assert_array_equal(kernel, kernel.round())


def test_a_schedule_comes_back_from_a_config():
    schedule = keras.optimizers.schedules.deserialize({"class_name": "Halving", "config": {}})
    assert schedule(2) == 0.025
    optimizer = keras.optimizers.SGD(schedule)
    again = keras.optimizers.SGD.from_config(optimizer.get_config())
    assert again.get_config() == optimizer.get_config() and "Halving" in str(again.get_config())


def test_data_of_a_new_type_goes_through_the_adapter():
    from torchkeras_workbench import Table

    model = compiled(layers.Dense(1, kernel_initializer="ones"))
    model.fit(Table(X, Y), batch_size=5, epochs=1, verbose=0)
    assert model.predict(Table(X), verbose=0).shape == (10, 1)
    assert model.evaluate(Table(X, Y), verbose=0) == pytest.approx(model.evaluate(X, Y, verbose=0))


def test_two_adapters_that_accept_the_data_are_an_error_that_names_both():
    from torchkeras_workbench import Table, TableAdapter

    class Other(TableAdapter):
        pass

    manager.register_plugin(plugin(torchkeras_data_adapters=lambda: {"Other": Other}), "mine")
    with pytest.raises(
        NameClashError, match=r"type Table is accepted by .*'workbench' \(torchkeras-workbench 1.2.0\) and .*'mine'"
    ):
        compiled().predict(Table(X), verbose=0)


def test_an_adapter_whose_question_fails_is_a_warning():
    class Broken(Adapter):
        @classmethod
        def accepts(cls, x):
            raise RuntimeError("cannot")

    manager.register_plugin(plugin(torchkeras_data_adapters=lambda: {"Broken": Broken}), "mine")
    from torchkeras_workbench import Table

    with pytest.warns(PluginWarning, match="'mine' failed in Broken.accepts: RuntimeError: cannot"):
        assert compiled().predict(Table(X), verbose=0).shape == (10, 1)


@pytest.mark.parametrize("data", [X, torch.from_numpy(X), [X], {"a": X}, (X for _ in range(0)), None, 3.0])
def test_data_of_known_types_asks_no_plugin(data, monkeypatch):
    from torchkeras_compat.data import dataset_adapters

    monkeypatch.setattr(dataset_adapters, "adapter_class", lambda x: pytest.fail("a plugin was asked"))
    assert not dataset_adapters._is_foreign(data)


def test_a_file_format_writes_and_reads_weights(tmp_path):
    model, other = (keras.Sequential([keras.Input((3,)), layers.Dense(2)]) for _ in range(2))
    path = tmp_path / "weights.npz"
    model.save_weights(path)
    assert [p.name for p in tmp_path.iterdir()] == ["weights.npz"]
    other.load_weights(path)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    with pytest.raises(FileExistsError) if not sys.stdin.isatty() else pytest.raises(Exception):
        model.save_weights(path, overwrite=False)


def test_a_format_refuses_what_it_cannot_do_and_leaves_no_file(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    with pytest.raises(ValueError, match=r"NpzWeights \(.npz\) cannot save whole models"):
        model.save(tmp_path / "model.npz")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match=r"NpzWeights \(.npz\) cannot load whole models"):
        keras.saving.load_model(tmp_path / "model.npz")


def test_a_format_for_whole_models(tmp_path):
    class Pickled(FileFormat):
        suffixes = (".whole",)

        def save_model(self, model, path):
            torch.save(model.to_json(), path)

        def load_model(self, path, *, custom_objects=None, compile=True, safe_mode=True):
            return keras.models.model_from_json(torch.load(path))

    with isolated_plugins() as plugins:
        plugins.register(plugin(torchkeras_file_formats=lambda: {"Pickled": Pickled}), "mine")
        keras.Sequential([keras.Input((3,)), layers.Dense(2)]).save(tmp_path / "m.whole")
        assert keras.saving.load_model(tmp_path / "m.whole").output_shape == (None, 2)


def test_two_formats_with_one_ending_are_an_error_that_names_both(tmp_path):
    from torchkeras_workbench import NpzWeights

    manager.register_plugin(plugin(torchkeras_file_formats=lambda: {"Other": type("Other", (NpzWeights,), {})}), "mine")
    with pytest.raises(NameClashError, match="NpzWeights of plugin 'workbench'|Other of plugin 'mine'"):
        keras.Sequential([keras.Input((3,)), layers.Dense(2)]).save_weights(tmp_path / "a.npz")


def test_training_hooks_are_called_in_their_order(log):
    compiled().fit(X, Y, batch_size=4, epochs=2, verbose=0)
    steps = [("step", 4), ("step", 4), ("step", 2)]
    assert log == [("before", 2), *steps, *steps, "callback", ("after", "NoneType", None)]


def test_after_train_hears_of_an_error(log):
    with pytest.raises(ValueError, match="epochs"):
        compiled().fit(X, Y, epochs=-1, verbose=0)
    assert log == [("before", -1), ("after", "ValueError", None)]


def test_a_train_step_of_a_subclass_is_wrapped_too(log):
    class Own(keras.Sequential):
        def train_step(self, data):
            return {**super().train_step(data), "rows": len(data[0])}

    model = Own([layers.Dense(1)])
    model.compile("sgd", "mse")
    assert model.fit(X, Y, batch_size=5, verbose=0).history["rows"] == [5]
    assert log.count(("step", 5)) == 2


def test_of_several_wrappers_the_last_one_is_the_outermost_and_a_broken_one_is_left_out(log):
    order = []

    def wrapper(name):
        def torchkeras_train_step(model, step):
            def wrapped(*batch):
                order.append(name)
                return step(*batch)

            return wrapped

        return plugin(torchkeras_train_step=torchkeras_train_step)

    manager.register_plugin(wrapper("outer"), "one")
    manager.register_plugin(wrapper("outermost"), "two")
    manager.register_plugin(plugin(torchkeras_train_step=lambda model, step: 3), "broken")
    with pytest.warns(PluginWarning, match="'broken' failed.*must return a function that trains on a batch"):
        compiled().fit(X, Y, batch_size=10, verbose=0)
    assert sorted(order) == ["outer", "outermost"] and log.count(("step", 10)) == 1


def test_without_a_plugin_the_train_step_is_the_very_same_function():
    from torchkeras_compat.plugins.training import wrap_train_step

    step = compiled()._make_step().train
    with isolated_plugins():
        assert wrap_train_step(None, step) is step


def test_a_plugin_chooses_the_device_of_a_model_that_has_not_trained():
    seen = []

    def torchkeras_device(model):
        seen.append(model.name)
        return "meta"

    with isolated_plugins(torchkeras_device):
        model = compiled(name="a")
        assert not is_device_chosen()
        with pytest.raises(Exception):  # the meta device has no values to log
            model.fit(X, Y, verbose=0)
        assert next(model.parameters()).device.type == "meta"
        with device("cpu"):  # what the user says counts
            model = compiled(name="b")
            model.fit(X, Y, verbose=0)
        assert next(model.parameters()).device.type == "cpu"
        model.fit(X, Y, verbose=0)  # it has trained: it stays where it is
    assert seen == ["a"]


def test_the_first_answer_for_the_device_counts_and_a_wrapper_sees_it():
    from torchkeras_compat.plugins.training import training_device

    class Wrapper:
        @hookimpl(wrapper=True)
        def torchkeras_device(self, model):
            return (yield) + ":1"

    with isolated_plugins() as plugins:
        plugins.register(plugin(torchkeras_device=lambda: "cuda"), "later")
        plugins.register(plugin(torchkeras_device=lambda: None), "silent")
        assert training_device(None, str) == "cuda"
        plugins.register(Wrapper(), "wrapper")
        assert training_device(None, str) == "cuda:1"
        plugins.unregister("later")
        with pytest.warns(PluginWarning, match="Plugin 'wrapper' failed in its hook 'torchkeras_device': TypeError"):
            assert training_device(None, str) is None


def test_a_device_that_is_none_is_a_warning():
    with isolated_plugins(lambda_named("torchkeras_device", lambda model: "toaster")):
        with pytest.warns(PluginWarning, match="'draft' failed in its hook 'torchkeras_device'.*toaster"):
            compiled().fit(X, Y, verbose=0)


def test_a_plugin_adds_a_sub_command(capsys):
    assert main(["rows", "2"]) == 0
    assert capsys.readouterr().out == "row\nrow\n"
    with pytest.raises(SystemExit):
        main(["--help"])
    assert re.search(r"rows +Print as many rows as asked for", capsys.readouterr().out)


def test_a_command_with_the_name_of_ours_is_qualified(capsys):
    def add(parser):
        parser.set_defaults(command=lambda given: 7)

    manager.register_plugin(plugin(torchkeras_commands=lambda: {"run": add}), "mine")
    assert main(["mine>run"]) == 7


def test_our_own_commands_load_no_plugin():
    with isolated_plugins(discover=True) as plugins, pytest.raises(SystemExit):
        main(["run", "--help"])
    assert plugins._discover and not plugins.infos


def test_everything_that_the_workbench_registers_passes_its_checks():
    results = check_plugin("workbench").raise_failures()
    assert {"Scale", "LargestError", "Bias", "TableAdapter", "SignDescent"} <= {r.subject for r in results}


# -- versions of the specification -----------------------------------------------------------------------------------


def test_an_argument_with_a_default_is_passed_where_it_is_known(log):
    seen = []

    def torchkeras_after_train(model, seconds=None, error="none", settings=None):
        seen.append((seconds, error, settings["epochs"]))

    with isolated_plugins(torchkeras_after_train):
        compiled().fit(X, Y, epochs=3, verbose=0)
    assert seen == [(None, None, 3)]


def test_an_argument_of_a_later_version_is_an_error_that_names_this_one():
    def torchkeras_train_callbacks(model, run):
        return []

    version = re.escape(keras.version())
    with pytest.raises(
        PluginError,
        match=rf"'torchkeras_train_callbacks' asks for 'run', and torchkeras-compat {version} passes \(model\)",
    ):
        manager.register_plugin(plugin(torchkeras_train_callbacks=torchkeras_train_callbacks), "mine")


def test_a_hook_of_a_later_version_is_left_alone_where_it_says_so():
    assert hasattr(manager.installed()["workbench"], "torchkeras_of_a_later_version")
    with pytest.raises(PluginError, match=r"does not exist in torchkeras-compat .*optionalhook=True"):
        manager.register_plugin(plugin(torchkeras_of_a_later_version=lambda: None), "mine")


def test_a_wrapper_of_a_hook_with_many_answers_is_refused():
    class Wrapper:
        @hookimpl(wrapper=True)
        def torchkeras_layers(self):
            return (yield)

    with pytest.raises(PluginError, match="has a wrapper of the hook 'torchkeras_layers'.*Return an answer"):
        manager.register_plugin(Wrapper(), "mine")


def test_an_object_without_a_hash_is_refused():
    class Odd:
        __hash__ = None

    with pytest.raises(PluginError, match="of type Odd, which cannot be hashed"):
        manager.register_plugin(Odd(), "mine")


# -- the reference ---------------------------------------------------------------------------------------------------


def test_the_reference_shows_every_hook():
    page = Path(__file__).parents[2] / "docs" / "reference" / "plugin-hooks.md"
    assert ":members:\n" in page.read_text(), "the members are those of the module, and not a list of its own"
    documented = {name for name, value in vars(hookspecs).items() if inspect.isfunction(value) and value.__doc__}
    assert documented == set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_with_an_example_and_all_its_arguments(hook):
    function = getattr(hookspecs, hook)
    text = inspect.getdoc(function)
    assert ">>> def torchkeras_" in text or "...     def torchkeras_" in text
    for argument in inspect.signature(function).parameters:
        assert f"\n    {argument}: " in text


def plugin(**hooks):
    import types

    module = types.ModuleType("a plugin")
    vars(module).update(hooks)
    return module


def lambda_named(name, function):
    function.__name__ = name
    return function
