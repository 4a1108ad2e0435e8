from . import config as config
from . import datasets as datasets
from . import plugins as plugins
from .dialects.install import install_as_keras as install_as_keras

__all__ = ["config", "datasets", "install_as_keras", "plugins"]
