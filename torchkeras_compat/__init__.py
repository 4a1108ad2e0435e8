"""Keras code in, plain PyTorch out: the names of ``keras``, on ``torch.nn`` modules and ``torch.optim`` optimizers."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

# The one name that is not loaded on first use: importing a submodule sets it as an attribute here, and the module
# `device` would hide the function `device`. This line is the last to set it.
from torchkeras_compat.device import device as device  # noqa: E402
