"""The names of `optimizers.legacy`, which Keras 3 keeps to say that what they named is gone."""

from __future__ import annotations

from typing import Any


class LegacyOptimizer:
    """An optimizer as Keras 2.10 had it, which cannot be made, as in Keras 3.

    Code for Keras 2 under `install_as_keras`, or run by ``torchkeras-compat run``, gets today's optimizers instead.

    Args:
        args: Whatever they took.
        kwargs: Whatever they took.

    Raises:
        ImportError: always.

    Source: Keras API, optimizers/legacy.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ImportError(
            "`keras.optimizers.legacy` is not supported in Keras 3. Use the optimizer of the same name in"
            " `keras.optimizers`, whose updates are the same; `lr` and `decay` are `learning_rate` and a schedule"
            " there. Code for Keras 2 runs as it is with `install_as_keras()` or `torchkeras-compat run`."
        )
