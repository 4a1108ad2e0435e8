from ..gradients import jvp as jvp

__all__ = [
    "jvp",
]
