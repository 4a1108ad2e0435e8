"""Public namespace `models`: its names are in the stub beside, loaded on first use."""

# Whoever has `Model` has what `Model(inputs, outputs)` is.
from torchkeras_compat.models import functional as functional

# What `torch.compile` makes of models is a model of Keras from here on.
from torchkeras_compat.models import torch_compiled as torch_compiled
from torchkeras_compat.public_face import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
