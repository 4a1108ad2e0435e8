"""Losses and metrics that names given to ``compile`` meant in each older Keras, where they mean others today."""

from __future__ import annotations

from torchkeras_compat.dialects.names.layers import HINGES_OF_SIGNS, SCORES_OF_KERAS_1

_COSINE = "legacy.losses.cosine_proximity"
_HUBER = "legacy.losses.huber_loss.huber_loss"
_DIVERGENCE = {"kullback_leibler_divergence": "losses.kl_divergence"}

_OF_KERAS_1 = {
    "cosine": f"{_COSINE}.mean_cosine_proximity",
    "cosine_proximity": f"{_COSINE}.mean_cosine_proximity",
    **HINGES_OF_SIGNS,
}

# Dialect -> "losses" or "metrics" -> name -> path below `torchkeras_compat`.
FUNCTIONS_OF: dict[str, dict[str, dict[str, str]]] = {
    "keras1": {
        "losses": _OF_KERAS_1,
        "metrics": {
            **_OF_KERAS_1,
            **SCORES_OF_KERAS_1,
            **_DIVERGENCE,
        },
    },
    "keras2": {
        "losses": {
            "cosine": f"{_COSINE}.cosine_proximity",
            "cosine_proximity": f"{_COSINE}.cosine_proximity",
            "huber_loss": _HUBER,
        },
        "metrics": {
            "cosine": f"{_COSINE}.cosine_similarity_metric",
            "cosine_proximity": f"{_COSINE}.cosine_similarity_metric",
            "cosine_similarity": f"{_COSINE}.cosine_similarity_metric",
            "huber_loss": _HUBER,
            **_DIVERGENCE,
        },
    },
    "tf.keras": {
        "losses": {"huber_loss": _HUBER},
        "metrics": {"cosine_proximity": f"{_COSINE}.cosine_similarity_metric", **_DIVERGENCE},
    },
}
# What only older versions knew means there what it meant in Keras 2.
FUNCTIONS_OF["mixed"] = FUNCTIONS_OF["mixed-tensors"] = {
    kind: {name: path for name, path in names.items() if name != "cosine_similarity"}
    for kind, names in FUNCTIONS_OF["keras2"].items()
}


def function_of(dialect: str, kind: str, name: str) -> str | None:
    """Return the path of what a name meant, or None where it means what it does today.

    Args:
        dialect: Name of the dialect.
        kind: ``"losses"`` or ``"metrics"``.
        name: As given to ``compile``.

    Example:
        >>> function_of("keras1", "metrics", "precision")
        'legacy.metrics.batch_scores.precision'
        >>> function_of("keras2", "metrics", "mse") is None
        True
    """
    return FUNCTIONS_OF.get(dialect, {}).get(kind, {}).get(name)
