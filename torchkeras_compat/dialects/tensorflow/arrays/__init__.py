"""Tensors made, cut, joined and rearranged, by TensorFlow's functions."""
