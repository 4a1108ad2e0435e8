from ..architectures.resnet import (
    ResNet101 as ResNet101,
    ResNet152 as ResNet152,
    ResNet50 as ResNet50,
)
from ..image_scaling import caffe_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = ["ResNet101", "ResNet152", "ResNet50", "decode_predictions", "preprocess_input"]
