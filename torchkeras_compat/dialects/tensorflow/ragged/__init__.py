"""`tf.ragged` and `tf.RaggedTensor`: rows of different lengths."""
