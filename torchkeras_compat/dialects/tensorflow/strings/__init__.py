"""`tf.strings` and tensors of strings."""
