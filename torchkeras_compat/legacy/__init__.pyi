from . import saving as saving

__all__ = [
    "saving",
]
