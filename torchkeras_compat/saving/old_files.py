"""Files of Keras before 3: their versions, and the door to `dialects.old_files`, which knows their spellings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.public_names import named

# Registers the function under the name that files have for it.
from torchkeras_compat.saving.keras2_hard_sigmoid import keras2_hard_sigmoid as keras2_hard_sigmoid

# The class that a recorded function of an old dialect has in files.
OLD_FUNCTION = "OldFunction"
# Of a config that does not say which version wrote it, and has the form of one before 3.
LAST_OLD_VERSION = "2.15.0"


def is_keras2(version: Any) -> bool:
    """Return whether a ``keras_version`` is one before 3."""
    return str(version).split(".")[0] in ("0", "1", "2")


def to_keras3(config: Any, version: Any = LAST_OLD_VERSION) -> Any:
    """Return a config of a model, layer or other object as Keras 3 would have it.

    Args:
        config: What ``to_json``, a `.h5` or a `.keras` file holds.
        version: The ``keras_version`` that wrote it: ``"1.2.2"``, ``"2.2.4-tf"``.

    Raises:
        ValueError: it holds what is not known, or means nothing here.

    Example:
        >>> to_keras3({"class_name": "LeakyReLU", "config": {"name": "a", "alpha": 0.5}})["config"]
        {'name': 'a', 'negative_slope': 0.5}
    """
    return named("dialects.old_files.configs.to_keras3")(config, str(version))


def graph_to_keras3(settings: dict[str, Any], version: Any = LAST_OLD_VERSION) -> dict[str, Any]:
    """Return the config of a functional model of Keras 2 in Keras 3's form.

    Args:
        settings: What ``get_config`` of the model returned there.
        version: The ``keras_version`` that wrote it.
    """
    found: dict[str, Any] = named("dialects.old_files.configs.graph_to_keras3")(settings, str(version))
    return found


def training_to_keras3(
    config: dict[str, Any], version: Any = LAST_OLD_VERSION, outputs: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the ``training_config`` of a `.h5` file as Keras 3 would have it.

    Args:
        config: Optimizer, loss and metrics.
        version: The ``keras_version`` that wrote it.
        outputs: Names of the outputs of the model.
    """
    path = "dialects.old_files.configs.training_to_keras3"
    found: dict[str, Any] = named(path)(config, str(version), outputs)
    return found
