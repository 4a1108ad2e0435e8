"""``tf.compat``: names of older programs."""
