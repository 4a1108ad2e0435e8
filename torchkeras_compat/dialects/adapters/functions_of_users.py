"""Functions of the user in layers, which in tf.keras have TensorFlow's tensors."""

from __future__ import annotations

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments
from torchkeras_compat.dialects.dialect import WITH_TENSORS
from torchkeras_compat.public_names import named


def lambda_layer(arguments: Arguments, dialect: str) -> Arguments:
    """``Lambda``, whose function gets the tensors of the dialect."""
    function = arguments.get("function")
    if dialect in WITH_TENSORS and callable(function):
        return {**arguments, "function": named("dialects.tensorflow.boundary.with_tensors")(function)}
    return arguments


FUNCTIONS_OF_USERS: dict[str, Adapter] = {"layers.Lambda": lambda_layer}
