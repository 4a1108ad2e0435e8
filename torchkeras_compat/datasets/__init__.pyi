from . import iris as iris

__all__ = ["iris"]
