from . import convnext as convnext
from . import densenet as densenet
from . import efficientnet as efficientnet
from . import efficientnet_v2 as efficientnet_v2
from . import imagenet_utils as imagenet_utils
from . import inception_resnet_v2 as inception_resnet_v2
from . import inception_v3 as inception_v3
from . import mobilenet as mobilenet
from . import mobilenet_v2 as mobilenet_v2
from . import mobilenet_v3 as mobilenet_v3
from . import nasnet as nasnet
from . import resnet as resnet
from . import resnet50 as resnet50
from . import resnet_v2 as resnet_v2
from . import vgg16 as vgg16
from . import vgg19 as vgg19
from . import xception as xception
from .architectures.convnext import ConvNeXtBase as ConvNeXtBase
from .architectures.convnext import ConvNeXtLarge as ConvNeXtLarge
from .architectures.convnext import ConvNeXtSmall as ConvNeXtSmall
from .architectures.convnext import ConvNeXtTiny as ConvNeXtTiny
from .architectures.convnext import ConvNeXtXLarge as ConvNeXtXLarge
from .architectures.densenet import DenseNet121 as DenseNet121
from .architectures.densenet import DenseNet169 as DenseNet169
from .architectures.densenet import DenseNet201 as DenseNet201
from .architectures.efficientnet import EfficientNetB0 as EfficientNetB0
from .architectures.efficientnet import EfficientNetB1 as EfficientNetB1
from .architectures.efficientnet import EfficientNetB2 as EfficientNetB2
from .architectures.efficientnet import EfficientNetB3 as EfficientNetB3
from .architectures.efficientnet import EfficientNetB4 as EfficientNetB4
from .architectures.efficientnet import EfficientNetB5 as EfficientNetB5
from .architectures.efficientnet import EfficientNetB6 as EfficientNetB6
from .architectures.efficientnet import EfficientNetB7 as EfficientNetB7
from .architectures.efficientnet_v2 import EfficientNetV2B0 as EfficientNetV2B0
from .architectures.efficientnet_v2 import EfficientNetV2B1 as EfficientNetV2B1
from .architectures.efficientnet_v2 import EfficientNetV2B2 as EfficientNetV2B2
from .architectures.efficientnet_v2 import EfficientNetV2B3 as EfficientNetV2B3
from .architectures.efficientnet_v2 import EfficientNetV2L as EfficientNetV2L
from .architectures.efficientnet_v2 import EfficientNetV2M as EfficientNetV2M
from .architectures.efficientnet_v2 import EfficientNetV2S as EfficientNetV2S
from .architectures.inception_resnet_v2 import InceptionResNetV2 as InceptionResNetV2
from .architectures.inception_v3 import InceptionV3 as InceptionV3
from .architectures.mobilenet import MobileNet as MobileNet
from .architectures.mobilenet_v2 import MobileNetV2 as MobileNetV2
from .architectures.mobilenet_v3 import MobileNetV3Large as MobileNetV3Large
from .architectures.mobilenet_v3 import MobileNetV3Small as MobileNetV3Small
from .architectures.nasnet import NASNetLarge as NASNetLarge
from .architectures.nasnet import NASNetMobile as NASNetMobile
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
    "ConvNeXtBase",
    "ConvNeXtLarge",
    "ConvNeXtSmall",
    "ConvNeXtTiny",
    "ConvNeXtXLarge",
    "DenseNet121",
    "DenseNet169",
    "DenseNet201",
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "EfficientNetV2B0",
    "EfficientNetV2B1",
    "EfficientNetV2B2",
    "EfficientNetV2B3",
    "EfficientNetV2L",
    "EfficientNetV2M",
    "EfficientNetV2S",
    "InceptionResNetV2",
    "InceptionV3",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Large",
    "MobileNetV3Small",
    "NASNetLarge",
    "NASNetMobile",
    "ResNet101",
    "ResNet101V2",
    "ResNet152",
    "ResNet152V2",
    "ResNet50",
    "ResNet50V2",
    "VGG16",
    "VGG19",
    "Xception",
    "convnext",
    "densenet",
    "efficientnet",
    "efficientnet_v2",
    "imagenet_utils",
    "inception_resnet_v2",
    "inception_v3",
    "mobilenet",
    "mobilenet_v2",
    "mobilenet_v3",
    "nasnet",
    "resnet",
    "resnet50",
    "resnet_v2",
    "vgg16",
    "vgg19",
    "xception",
]
