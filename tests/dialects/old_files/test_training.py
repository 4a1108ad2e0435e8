"""What old files say of `compile`: losses, metrics, and their names in logs; written by TensorFlow 2.15.1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat import Input, Model, layers, saving
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.dialects.old_files.configs import to_keras3, training_to_keras3
from torchkeras_compat.errors import UnknownNameError


def _mean(name: str, function: str, **more: Any) -> dict[str, Any]:
    return {"class_name": "MeanMetricWrapper", "config": {"name": name, "dtype": "float32", "fn": function, **more}}


def _logs(training: dict[str, Any], version: str, outputs: tuple[str, ...] = ()) -> list[str]:
    """The names in logs of a model of so many outputs that is compiled from a file."""

    x = Input((2,))
    ends = [layers.Dense(1, name=name)(x) for name in outputs or ("out",)]
    model = Model(x, ends if outputs else ends[0])
    settings = {"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": "mse", **training}
    found = training_to_keras3(settings, version, list(outputs))
    found["optimizer"] = found.pop("optimizer_config")
    model.compile_from_config(found)
    y = np.zeros((2, 1), "float32")
    return list(model.evaluate(np.zeros((2, 2), "float32"), [y] * len(ends), verbose=0, return_dict=True))


@pytest.mark.parametrize(
    ("version", "metrics", "expected"),
    [
        ("1.0.8", ["accuracy", "mse"], ["acc", "mean_squared_error"]),
        ("1.2.2", ["acc", "mae", "fmeasure"], ["acc", "mean_absolute_error", "fmeasure"]),
        ("2.2.4", ["accuracy", "mse", "cosine"], ["acc", "mean_squared_error", "cosine_proximity"]),
        ("2.3.1", ["accuracy", "mse", "cosine_similarity"], ["accuracy", "mse", "cosine_similarity"]),
        ("2.15.0", ["acc", "mae"], ["acc", "mae"]),
        ("2.15.0", ["kullback_leibler_divergence"], ["kullback_leibler_divergence"]),
        ("2.15.0", ["cosine_proximity"], ["cosine_proximity"]),
        ("2.1.6-tf", ["accuracy", "mae"], ["acc", "mean_absolute_error"]),
        ("2.15.0", ["AUC", "KLDivergence"], ["auc", "kullback_leibler_divergence"]),
        ("2.15.0", [[_mean("accuracy", "binary_accuracy"), _mean("mae", "mean_absolute_error")]], ["accuracy", "mae"]),
        ("2.15.0", [[_mean("ce", "categorical_crossentropy"), _mean("KLD", "KLD")]], ["ce", "KLD"]),
        ("2.15.0", [[{"class_name": "AUC", "config": {"name": "a_auc", "num_thresholds": 5}}]], ["a_auc"]),
        ("2.15.0", [_mean("logcosh", "log_cosh"), None], ["logcosh"]),
        ("2.15.0", None, []),
        ("2.15.0", [None], []),
    ],
)
def test_names_in_logs_are_those_of_the_keras_that_wrote_the_file(version: str, metrics: Any, expected: Any) -> None:
    assert _logs({"metrics": metrics}, version) == ["loss", *expected]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("lr", ["loss", "acc", "mean_absolute_error"]), ("learning_rate", ["loss", "accuracy", "mae"])],
)
def test_tensorflow_1_13_logged_as_keras_2_2_and_its_optimizers_tell_it_from_2_0(rate: str, expected: Any) -> None:
    # TensorFlow 1.13.2 and 2.0 both write "2.2.4-tf"
    optimizer = {"class_name": "SGD", "config": {rate: 0.1}}
    assert _logs({"metrics": ["accuracy", "mae"], "optimizer_config": optimizer}, "2.2.4-tf") == expected


@pytest.mark.parametrize(
    ("version", "metrics", "expected"),
    [
        ("2.2.4", ["accuracy"], ["p_acc", "q_acc"]),
        ("2.15.0", ["accuracy", "mae"], ["p_accuracy", "p_mae", "q_accuracy", "q_mae"]),
        ("2.2.4", {"q": "mae"}, ["q_mean_absolute_error"]),
        ("2.15.0", {"p": ["mae"], "q": _mean("q_mae", "mean_absolute_error")}, ["p_mae", "q_mae"]),
        ("2.15.0", [[_mean("p_accuracy", "binary_accuracy")], [_mean("q_mse", "mse")]], ["p_accuracy", "q_mse"]),
        ("2.15.0", [[None], [{"class_name": "AUC", "config": {"name": "q_a"}}]], ["q_a"]),
    ],
)
def test_names_of_several_outputs(version: str, metrics: Any, expected: list[str]) -> None:
    assert _logs({"metrics": metrics}, version, ("p", "q"))[3:] == expected


def test_weighted_metrics() -> None:
    training = {
        "metrics": [[_mean("mae", "mean_absolute_error")]],
        "weighted_metrics": [[_mean("weighted_mae", "mean_absolute_error"), _mean("accuracy", "binary_accuracy")]],
    }
    assert _logs(training, "2.15.0") == ["loss", "mae", "weighted_mae", "accuracy"]


def _loss(config: Any, version: str = "2.15.0") -> Any:
    return training_to_keras3({"loss": config}, version).get("loss")


def test_losses_of_tensorflow_say_how_they_reduce_and_which_function_they_are() -> None:
    settings = {
        "reduction": "auto",
        "name": "b",
        "from_logits": True,
        "label_smoothing": 0.0,
        "fn": "binary_crossentropy",
    }
    found = _loss({"class_name": "BinaryCrossentropy", "config": settings})
    assert found["config"]["reduction"] == "sum_over_batch_size"
    assert found["config"]["from_logits"] is True
    assert "fn" not in found["config"]
    wrapper = {"class_name": "LossFunctionWrapper", "config": {"fn": "mse", "reduction": "auto"}}
    assert _loss({"p": "mse", "q": [wrapper, None]}) == {"p": "mse", "q": ["mse", None]}
    assert _loss(None) is None


@pytest.mark.parametrize(
    ("version", "name", "expected"),
    [
        ("1.2.2", "cosine_proximity", "mean_cosine_proximity"),
        ("2.2.4", "cosine_proximity", "cosine_proximity"),
        ("2.2.4", "huber_loss", "huber_loss"),
        ("2.2.4", "mse", None),
        ("2.15.0", "kullback_leibler_divergence", None),
    ],
)
def test_names_of_losses_mean_what_they_meant(version: str, name: str, expected: str | None) -> None:
    found = _loss(name, version)
    assert (found if expected is None else found["config"]) == (expected or name)


def test_names_of_the_user_come_first() -> None:
    def huber_loss(y_true: Any, y_pred: Any) -> Any:
        return (y_true - y_pred) ** 2

    class AUC:
        pass

    with saving.custom_object_scope({"huber_loss": huber_loss, "AUC": AUC}):
        assert _loss("huber_loss", "2.2.4") == "huber_loss"
        assert training_to_keras3({"metrics": ["AUC", "huber_loss"]}, "2.15.0")["metrics"] == ["AUC", "huber_loss"]


def test_what_does_not_say_how_to_train_is_left_out() -> None:
    config = {"sample_weight_mode": "temporal", "loss_weights": [0.5], "run_eagerly": None, "loss": "mse"}
    assert training_to_keras3(config, "2.2.4") == {"loss": "mse", "loss_weights": [0.5]}


def test_settings_of_a_model_in_a_keras_file() -> None:
    """A `.keras` file of 2.15 has what `compile` got, beside the settings of classes of the user."""

    compiled = {"loss": {"class_name": "MeanSquaredError", "config": {"reduction": "auto", "fn": "mse"}}, "mine": 3}
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": []}, "compile_config": compiled}
    found = to_keras3(config, "2.15.0")["compile_config"]
    assert found["mine"] == 3
    assert found["loss"]["config"] == {"reduction": "sum_over_batch_size"}


def test_a_loss_that_keras_3_has_under_the_name_of_ones_own_is_not_taken() -> None:
    function = {"module": "builtins", "class_name": "function", "config": "dice", "registered_name": "function"}
    for loss in ("dice", function, {"a": "tversky"}):
        with pytest.raises(UnknownNameError, match=r"Keras 2.11, .* had no '.*custom_objects=\{'"):
            training_to_keras3({"loss": loss}, "2.11.0")
    with custom_object_scope({"dice": abs}):
        assert training_to_keras3({"loss": "dice"}, "2.11.0")["loss"] == "dice"


def test_a_metric_of_ones_own_is_not_that_of_keras_3() -> None:
    with pytest.warns(UserWarning, match=r"had no 'f1_score'.* F1Score of Keras 3 stands for it"):
        training_to_keras3({"metrics": ["f1_score"]}, "2.4.0")
    with custom_object_scope({"f1_score": abs}):
        assert training_to_keras3({"metrics": ["f1_score"]}, "2.4.0")["metrics"] == ["f1_score"]
    training_to_keras3({"metrics": ["top_k_categorical_accuracy", "AUC", "mse"]}, "2.4.0")


@pytest.mark.parametrize(("version", "sign"), [("2.0.9", -1.0), ("2.2.4", -1.0), ("2.1.6-tf", -1.0), ("2.3.1", 1.0)])
def test_the_sign_of_the_metric_cosine_proximity_is_that_of_its_version(version: str, sign: float) -> None:
    model = Model(x := Input((2,)), layers.Activation("linear")(x))
    found = training_to_keras3(
        {"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": "mse", "metrics": ["cosine_proximity"]},
        version,
    )
    found["optimizer"] = found.pop("optimizer_config")
    model.compile_from_config(found)
    y = np.ones((1, 2), "float32")
    logs = model.evaluate(2 * y, y, verbose=0, return_dict=True)
    assert logs == pytest.approx({"loss": 1.0, "cosine_proximity": sign})  # of Keras 2.0.9, 2.3.1 and TensorFlow 1.13.2
