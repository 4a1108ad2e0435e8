"""`tf.debugging`."""
