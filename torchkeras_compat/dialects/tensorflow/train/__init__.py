"""``tf.train``: checkpoints and moving averages."""
