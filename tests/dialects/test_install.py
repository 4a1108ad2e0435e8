"""`keras` and `tensorflow.keras` mean this package: imports, their refusal and their end."""

from __future__ import annotations

import importlib
import subprocess
import sys
import types

import pytest

import torchkeras_compat
from torchkeras_compat.dialects.dialect import KERAS3
from torchkeras_compat.dialects.install import Installation, install_as_keras
from torchkeras_compat.overrides import OVERRIDES


@pytest.mark.parametrize("root", ["keras", "tensorflow.keras", "tf_keras", "tensorflow.python.keras", "keras.api"])
def test_every_root_has_the_classes_of_this_package(installed: Installation, root: str) -> None:
    layers = importlib.import_module(f"{root}.layers")
    assert layers.Dense is torchkeras_compat.layers.Dense
    assert importlib.import_module(root).Sequential is torchkeras_compat.Sequential
    assert importlib.import_module(f"{root}.optimizers.schedules").ExponentialDecay


def test_all_ways_to_import_agree(installed: Installation) -> None:
    scope: dict = {}
    exec(
        "import keras\n"
        "import tensorflow as tf\n"
        "from keras import layers\n"
        "from tensorflow import keras as other\n"
        "from tensorflow.keras.layers import Dense\n"
        "import tensorflow.keras.layers as L\n"
        "from keras.models import Sequential, Model, load_model\n",
        scope,
    )
    dense = torchkeras_compat.layers.Dense
    assert scope["Dense"] is dense
    assert all(m.Dense is dense for m in (scope["layers"], scope["L"], scope["tf"].keras.layers, scope["other"].layers))
    assert scope["keras"].layers is scope["layers"]


def test_a_star_import_brings_the_public_names(installed: Installation) -> None:
    scope: dict = {}
    exec("from keras.layers import *", scope)
    assert set(dir(torchkeras_compat.layers)) <= set(scope)


def test_modules_of_the_datasets_are_views_too(installed: Installation) -> None:
    from keras.datasets import iris

    assert iris.load_data()[0][0].shape == (120, 4)


def test_versions_can_be_compared(installed: Installation) -> None:
    import keras
    import tensorflow as tf

    assert keras.__version__ >= "3" and tf.__version__ >= "2"


def test_private_modules_hold_what_has_a_public_name(installed: Installation) -> None:
    assert importlib.import_module("keras.src.layers.core.dense").Dense is torchkeras_compat.layers.Dense
    with pytest.raises(ModuleNotFoundError, match=r"`keras.src.layers.nothing` is private to Keras.*`keras.layers`"):
        importlib.import_module("keras.src.layers.nothing")


def test_a_root_may_be_left_out(nothing_imported: None) -> None:
    with Installation(KERAS3, ("keras",)) as installation:
        installation.install()
        assert installation.find_spec("tensorflow") is None
        assert installation.find_spec("keras") is not None


def test_modules_that_do_not_exist_are_not_found(installed: Installation) -> None:
    with pytest.raises(ModuleNotFoundError, match="`keras` has no name .nothing."):
        importlib.import_module("keras.nothing")
    with pytest.raises(ImportError, match="Nothing"):
        exec("from keras.layers import Nothing")


def test_internal_modules_do_not_show(installed: Installation) -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("keras.registry")


def test_a_misspelt_name_offers_the_nearest(installed: Installation) -> None:
    import keras

    with pytest.raises(AttributeError, match=r"`keras.layers` has no name 'Dens'.*Did you mean 'Dense'"):
        _ = keras.layers.Dens


def test_what_tensorflow_alone_has_is_refused_with_the_way_out(installed: Installation) -> None:
    import tensorflow as tf

    with pytest.raises(
        AttributeError, match=r"`tensorflow.raw_ops` belongs to TensorFlow.* does not have it: use the function"
    ):
        _ = tf.raw_ops


@pytest.mark.parametrize(
    "statement",
    [
        "from keras.layers import NoSuchLayer",
        "import keras.layers.NoSuchLayer",
        "from keras.layers.core import Dense, NoSuchLayer",
    ],
)
def test_an_import_of_a_name_that_is_not_here_says_the_sentence_of_its_attribute(
    installed: Installation, statement: str
) -> None:
    with pytest.raises(ImportError, match=r"^`keras\.layers[.a-z]*` has no name 'NoSuchLayer' in torchkeras_compat\.$"):
        exec(statement)
    keras = importlib.import_module("keras")
    assert not hasattr(keras.layers, "NoSuchLayer") and getattr(keras.layers, "NoSuchLayer", 3) == 3


def test_it_ends_without_a_trace(nothing_imported: None) -> None:
    model = torchkeras_compat.Model
    before = {name: model.__dict__.get(name) for name in ("fit", "compile", "fit_generator", "__init__")}
    dense_init = torchkeras_compat.layers.Dense.__dict__.get("__init__")
    with install_as_keras("keras1"):
        import keras

        keras.layers.Dense(output_dim=3)
    assert "keras" not in sys.modules and "keras.layers" not in sys.modules
    assert not any(isinstance(finder, Installation) for finder in sys.meta_path)
    assert before == {name: model.__dict__.get(name) for name in before}
    assert torchkeras_compat.layers.Dense.__dict__.get("__init__") is dense_init


def test_calling_it_again_changes_nothing(installed: Installation) -> None:
    assert install_as_keras("keras3") is installed
    assert sum(isinstance(finder, Installation) for finder in sys.meta_path) == 1


@pytest.mark.parametrize("root", ["keras", "tensorflow"])
def test_it_refuses_beside_the_real_one(nothing_imported: None, root: str) -> None:
    real = types.ModuleType(root)
    real.__file__ = "/somewhere/keras.py"
    sys.modules[root] = real
    with pytest.raises(RuntimeError, match=rf"`{root}` is imported already, from /somewhere/keras.py. Call `install"):
        install_as_keras()


def test_the_real_keras_is_not_imported_in_a_program_of_its_own() -> None:
    code = (
        "import torchkeras_compat; torchkeras_compat.install_as_keras(); import keras;"
        " print(keras.Sequential.__module__)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.startswith("torchkeras_compat.models")


def test_a_dialect_is_one_of_four(nothing_imported: None) -> None:
    with pytest.raises(
        ValueError, match="A dialect is one of 'keras1', 'keras2', 'tf.keras', 'keras3'. Received: 'k4'"
    ):
        install_as_keras("k4")


def test_two_dialects_live_in_one_process(nothing_imported: None) -> None:
    with install_as_keras("keras1"):
        first = importlib.import_module("keras")
        old = first.layers.Dense(output_dim=3, input_dim=2)
        with install_as_keras("keras3"):
            second = importlib.import_module("keras")
            assert second is not first and second.__version__ >= "3"
            new = second.layers.GRU(3)
            with pytest.raises((TypeError, ValueError)):
                second.layers.Dense(output_dim=3)
            assert old.output_dim if hasattr(old, "output_dim") else old.units == 3
        assert importlib.import_module("keras") is first
        assert first.layers.GRU(3).reset_after is False and new.reset_after is True
    assert "keras" not in sys.modules


def test_the_dialect_is_found_from_the_file_that_calls(tmp_path) -> None:
    script = tmp_path / "old.py"
    script.write_text(
        "import torchkeras_compat\ntorchkeras_compat.install_as_keras()\n"
        "from keras.layers import Dense\nprint(Dense(output_dim=3, init='uniform').units)\n"
    )
    out = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert out.stdout == "3\n"
    assert out.stderr.startswith("torchkeras_compat: the code is read as Keras 1 (it uses `Dense(")


def test_installations_come_out_in_any_order(nothing_imported: None) -> None:
    first = install_as_keras(dialect="keras1")
    second = install_as_keras(dialect="keras2")
    first.uninstall()
    assert importlib.import_module("keras").__version__ == "2.3.1" and OVERRIDES.dialect == "keras2"
    second.uninstall()
    assert OVERRIDES.dialect is None and "keras" not in sys.modules
