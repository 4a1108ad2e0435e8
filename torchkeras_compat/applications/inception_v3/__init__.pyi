from ..architectures.inception_v3 import InceptionV3 as InceptionV3
from ..image_scaling import tf_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = [
    "InceptionV3",
    "decode_predictions",
    "preprocess_input",
]
