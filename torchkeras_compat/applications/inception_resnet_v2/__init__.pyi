from ..architectures.inception_resnet_v2 import InceptionResNetV2 as InceptionResNetV2
from ..image_scaling import tf_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = [
    "InceptionResNetV2",
    "decode_predictions",
    "preprocess_input",
]
