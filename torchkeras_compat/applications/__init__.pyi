from . import densenet as densenet
from . import imagenet_utils as imagenet_utils
from . import mobilenet as mobilenet
from . import mobilenet_v2 as mobilenet_v2
from . import mobilenet_v3 as mobilenet_v3
from . import resnet as resnet
from . import resnet50 as resnet50
from . import resnet_v2 as resnet_v2
from . import vgg16 as vgg16
from . import vgg19 as vgg19
from . import xception as xception
from .architectures.densenet import DenseNet121 as DenseNet121
from .architectures.densenet import DenseNet169 as DenseNet169
from .architectures.densenet import DenseNet201 as DenseNet201
from .architectures.mobilenet import MobileNet as MobileNet
from .architectures.mobilenet_v2 import MobileNetV2 as MobileNetV2
from .architectures.mobilenet_v3 import MobileNetV3Large as MobileNetV3Large
from .architectures.mobilenet_v3 import MobileNetV3Small as MobileNetV3Small
from .architectures.resnet import ResNet101 as ResNet101
from .architectures.resnet import ResNet152 as ResNet152
from .architectures.resnet import ResNet50 as ResNet50
from .architectures.resnet_v2 import ResNet101V2 as ResNet101V2
from .architectures.resnet_v2 import ResNet152V2 as ResNet152V2
from .architectures.resnet_v2 import ResNet50V2 as ResNet50V2
from .architectures.vgg import VGG16 as VGG16
from .architectures.vgg import VGG19 as VGG19
from .architectures.xception import Xception as Xception

__all__ = [
    "DenseNet121",
    "DenseNet169",
    "DenseNet201",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Large",
    "MobileNetV3Small",
    "ResNet101",
    "ResNet101V2",
    "ResNet152",
    "ResNet152V2",
    "ResNet50",
    "ResNet50V2",
    "VGG16",
    "VGG19",
    "Xception",
    "densenet",
    "imagenet_utils",
    "mobilenet",
    "mobilenet_v2",
    "mobilenet_v3",
    "resnet",
    "resnet50",
    "resnet_v2",
    "vgg16",
    "vgg19",
    "xception",
]
