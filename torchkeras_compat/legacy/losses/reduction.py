"""`Reduction`: names of the ways in which Keras 2 makes one number of the losses of samples."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.losses.reduction import standardize_reduction

_REFUSED = "sum_by_nonzero_weights"


class _Names(type):
    """Says what became of names that only TensorFlow's losses have."""

    def __getattr__(cls, name: str) -> Any:
        if name.lower() in (_REFUSED, "mean"):
            raise AttributeError(
                f"Reduction.{name} is TensorFlow's (`tf.compat.v1.losses`), and losses of Keras lack it. Use"
                " SUM_OVER_BATCH_SIZE, and for a mean over the weights reduction='mean_with_sample_weight'."
            )
        raise AttributeError(f"Reduction has AUTO, NONE, SUM and SUM_OVER_BATCH_SIZE. Received: {name!r}")


class Reduction(metaclass=_Names):
    """Names of reductions: ``Reduction.SUM`` is ``"sum"``.

    Example:
        >>> Reduction.SUM_OVER_BATCH_SIZE, Reduction.all()
        ('sum_over_batch_size', ('auto', 'none', 'sum', 'sum_over_batch_size'))

    Source: TensorFlow 2.15 API, keras/losses/Reduction.
    """

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """Return all of them."""
        return (cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE)

    @classmethod
    def validate(cls, key: Any) -> None:
        """Check that ``key`` is one of them.

        Raises:
            ValueError: it is not.
        """
        if key not in cls.all():
            raise ValueError(f"Invalid reduction: {key!r}. Expected one of {cls.all()}.")


def current_reduction(reduction: Any) -> str | None:
    """Return a reduction of Keras 2 as today's losses name it: ``"auto"`` is ``"sum_over_batch_size"``.

    Args:
        reduction: Name.

    Raises:
        ValueError: it is not one of theirs.

    Example:
        >>> current_reduction("auto")
        'sum_over_batch_size'
    """
    if isinstance(reduction, str) and reduction.lower() == _REFUSED:
        raise ValueError(
            f"reduction={reduction!r} is TensorFlow's, and losses of Keras lack it. Use 'sum_over_batch_size', or"
            " 'mean_with_sample_weight' for a mean over the weights."
        )
    return Reduction.SUM_OVER_BATCH_SIZE if reduction == Reduction.AUTO else standardize_reduction(reduction)
