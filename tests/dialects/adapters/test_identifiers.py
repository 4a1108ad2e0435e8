"""``get`` and ``deserialize`` of each older Keras."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import losses, regularizers
from torchkeras_compat.dialects.adapters.identifiers import deserialized, found, serialized
from torchkeras_compat.dialects.install import Installation
from torchkeras_compat.errors import UnknownNameError


def test_names() -> None:
    assert found("activations", "keras2", "hard_sigmoid")(torch.tensor([1.0])).item() == pytest.approx(0.7)
    assert found("activations", "keras2", "relu")(torch.tensor([-1.0])).item() == 0.0
    assert found("losses", "keras1", "cosine_proximity").__name__ == "mean_cosine_proximity"
    assert found("metrics", "keras1", "precision")(torch.ones(2), torch.ones(2)).item() == pytest.approx(1.0)
    assert found("losses", "keras2", "mse") is losses.mean_squared_error
    assert found("initializers", "keras1", "he_normal").distribution == "untruncated_normal"
    assert found("constraints", "keras2", "maxnorm").max_value == 2
    assert found("regularizers", "tf.keras", "l1_l2").l2 == 0.01
    assert found("regularizers", "tf.keras", None) is None


def test_optimizers_with_the_defaults_of_their_time() -> None:
    assert float(found("optimizers", "keras2", "adadelta").learning_rate) == 1.0
    assert float(found("optimizers", "tf.keras", "Adadelta").learning_rate) == pytest.approx(0.001)
    made = found("optimizers", "keras2", {"class_name": "Adam", "config": {"lr": 0.5, "decay": 0.1}})
    assert (type(made).__name__, float(made.learning_rate), made.decay) == ("LegacyAdam", 0.5, 0.1)
    assert found("optimizers", "keras2", made) is made


def test_objects_configs_and_names_of_the_user() -> None:
    penalty = regularizers.L2(0.5)
    assert found("regularizers", "keras1", penalty) is penalty
    assert found("regularizers", "keras1", regularizers.serialize(penalty)).l2 == 0.5

    def mine(x: torch.Tensor) -> torch.Tensor:
        return x

    assert found("activations", "keras2", "hard_sigmoid", {"hard_sigmoid": mine}) is mine
    with pytest.raises(UnknownNameError, match="'reluu'"):
        found("activations", "keras2", "reluu")


def test_the_functions_that_a_dialect_hands_out(keras2: Installation) -> None:
    from keras import activations, metrics, optimizers  # type: ignore[import-not-found]

    assert activations.get("hard_sigmoid")(torch.tensor([1.0])).item() == pytest.approx(0.7)
    assert float(optimizers.get("adagrad").learning_rate) == pytest.approx(0.01)
    assert metrics.get("cosine_proximity").__name__ == "cosine_similarity_metric"
    assert optimizers.deserialize({"class_name": "SGD", "config": {"lr": 0.25}}).lr == 0.25


def test_the_form_of_before_is_written_where_it_is_asked_for() -> None:
    assert serialized({"activation": 1}, "tf.keras") == {"activation": 1}
    assert serialized({"activation": 1, "use_legacy_format": False}, "tf.keras") == {"activation": 1}
    target, given = serialized({"activation": 1, "use_legacy_format": True}, "tf.keras")
    assert target == "legacy.saving.serialization.serialize_keras_object" and given == {"instance": 1}


def test_both_forms_are_read() -> None:
    assert deserialized({"config": 1, "use_legacy_format": True}, "tf.keras") == {"config": 1}
