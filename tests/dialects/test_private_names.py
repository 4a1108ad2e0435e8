"""Names below `keras.src` are found in public namespaces, or refused in one sentence."""

from __future__ import annotations

import pytest

import torchkeras_compat
from torchkeras_compat.dialects.private_names import NAMES, absence, find_private, names_below


@pytest.mark.parametrize("path", NAMES)
def test_every_row_of_the_table_leads_somewhere(path: str) -> None:
    module, _, name = path.rpartition(".")
    assert callable(find_private(module, name))


@pytest.mark.parametrize(
    ("module", "name", "public"),
    [
        ("layers.core.dense", "Dense", "layers.Dense"),
        ("layers.layer", "Layer", "Layer"),
        ("layers", "InputSpec", "InputSpec"),
        ("ops.numpy", "mean", "ops.mean"),
        ("backend", "convert_to_tensor", "ops.convert_to_tensor"),
        ("backend.torch.core", "convert_to_numpy", "ops.convert_to_numpy"),
        ("backend.common.keras_tensor", "KerasTensor", "KerasTensor"),
        ("backend.common.variables", "standardize_dtype", "backend.standardize_dtype"),
        ("backend.config", "floatx", "config.floatx"),
        ("saving.object_registration", "register_keras_serializable", "saving.register_keras_serializable"),
        ("saving.saving_lib", "load_model", "saving.load_model"),
        ("saving.serialization_lib", "serialize_keras_object", "saving.serialize_keras_object"),
        ("distribution.distribution_lib", "distribution", "distribution.distribution"),
        ("optimizers.schedules.learning_rate_schedule", "CosineDecay", "optimizers.schedules.CosineDecay"),
        ("callbacks", "History", "callbacks.History"),
        ("utils.numerical_utils", "to_categorical", "utils.to_categorical"),
        ("models.model", "Model", "Model"),
        ("", "ops", "ops"),
    ],
)
def test_other_names_are_those_of_public_namespaces(module: str, name: str, public: str) -> None:
    found = torchkeras_compat
    for part in public.split("."):
        found = getattr(found, part)
    assert find_private(module, name) is found


@pytest.mark.parametrize(
    ("module", "name", "advice"),
    [
        ("saving.saving_lib", "DiskIOStore", "`keras.saving`"),
        ("layers.core.dense", "Denze", "Did you mean 'Dense'"),
        ("backend.jax.random", "jax_draw_seed", "`keras.backend`"),
        ("engine.base_layer", "TensorFlowOpLayer", "`keras.layers`"),
    ],
)
def test_what_is_not_here_says_what_to_import(module: str, name: str, advice: str) -> None:
    with pytest.raises(AttributeError, match=rf"`keras\.src\.{module}\.{name}` is private to Keras.*{advice}"):
        find_private(module, name)
    assert "\n" not in absence(module, name)


def test_the_names_of_a_module_are_listed() -> None:
    assert {"Dense", "Layer"} <= set(names_below("layers"))
    assert "H5IOStore" in names_below("saving.saving_lib")
