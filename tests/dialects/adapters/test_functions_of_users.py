from __future__ import annotations

from torchkeras_compat.dialects.adapters.functions_of_users import lambda_layer


def test_only_tf_keras_gives_functions_its_tensors() -> None:
    def function(x):
        return x

    assert lambda_layer({"function": function}, "keras2")["function"] is function
    made = lambda_layer({"function": function, "name": "f"}, "tf.keras")
    assert made["function"].__wrapped__ is function and made["name"] == "f"
