"""Public namespace `export`: its names are in the stub beside, loaded on first use."""

from torchkeras_compat.public_face import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
