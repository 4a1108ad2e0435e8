"""Functions of tensors: the public namespace ``ops``."""

from torchkeras_compat.public_face import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
