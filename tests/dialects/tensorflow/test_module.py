"""`tf.Module`."""

from __future__ import annotations

from typing import Any

import pytest

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.module import Module
from torchkeras_compat.dialects.tensorflow.variable import Variable


class Line(Module):
    """Two variables."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self.w = Variable(1.0, name="w")
        self.b = Variable(0.0, name="b", trainable=False)

    @Module.with_name_scope
    def made(self) -> Any:
        return Variable(1.0, name="made")


def test_variables_are_found_by_the_names_of_attributes() -> None:
    line = Line()
    assert line.name == "line"
    assert [v.name for v in line.variables] == ["b:0", "w:0"]
    assert [v.name for v in line.trainable_variables] == ["w:0"]
    assert [v.name for v in line.non_trainable_variables] == ["b:0"]
    assert line.made().name == "line/made:0"


def test_modules_and_layers_below() -> None:
    class Model(Module):
        def __init__(self) -> None:
            super().__init__(name="model")
            self.parts = [Line("a"), {"x": Line("c")}]
            self.dense = keras.layers.Dense(2)
            self.dense.build((None, 3))
            self.own = Variable(5.0)
            self.again = self.parts[0]

    model = Model()
    assert len(model.variables) == 1 + 4 + 2
    assert {m.name for m in model.submodules} >= {"a", "c", model.dense.name}
    assert model.variables[0] is model.own


def test_names_are_identifiers() -> None:
    with pytest.raises(ValueError, match="not-one"):
        Module(name="not-one")
