from __future__ import annotations

import pytest

from torchkeras_compat.dialects.methods.log_names import (
    HistoryOfAnyName,
    as_logged,
    filled_in,
    name_in_logs,
    other_name,
)


@pytest.mark.parametrize(
    ("metric", "dialect", "name"),
    [
        ("accuracy", "keras1", "acc"),
        ("mae", "keras1", "mean_absolute_error"),
        ("accuracy", "keras2", "accuracy"),
        ("mae", "keras2", "mae"),
        ("acc", "tf.keras", "acc"),
    ],
)
def test_names_of_each_version(metric: str, dialect: str, name: str) -> None:
    assert name_in_logs(metric, dialect) == name


def test_the_name_of_another_version() -> None:
    assert as_logged("val_acc", ["val_accuracy"]) == "val_accuracy"
    assert as_logged("val_acc", ["val_acc", "val_accuracy"]) == "val_acc"
    assert as_logged("loss", ["loss"]) == "loss"
    assert other_name(other_name("out_mse")) == "out_mse"
    assert filled_in("{epoch:02d}-{val_acc:.2f}", ["val_accuracy"]) == "{epoch:02d}-{val_accuracy:.2f}"


def test_a_history_knows_both() -> None:
    history = HistoryOfAnyName({"accuracy": [1], "loss": [2]})
    assert history["acc"] == [1] and "acc" in history and history.get("val_acc") is None
    assert list(history) == ["accuracy", "loss"]
    with pytest.raises(KeyError):
        history["mse"]
