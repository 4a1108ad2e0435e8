from . import imagenet_utils as imagenet_utils
from . import vgg16 as vgg16
from . import vgg19 as vgg19
from .architectures.vgg import VGG16 as VGG16
from .architectures.vgg import VGG19 as VGG19

__all__ = [
    "VGG16",
    "VGG19",
    "imagenet_utils",
    "vgg16",
    "vgg19",
]
