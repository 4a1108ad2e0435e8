"""`tf.image`: images of shape ``(height, width, channels)``, one or a batch."""
