"""Public namespace `optimizers.schedules`: its names are in the stub beside, loaded on first use."""

from torchkeras_compat.plugins.namespaces import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
