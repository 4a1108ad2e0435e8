from ..architectures.resnet import ResNet50 as ResNet50
from ..image_scaling import caffe_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]
