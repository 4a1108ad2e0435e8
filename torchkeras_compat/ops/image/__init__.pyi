__all__: list[str] = []

__all__ = []
