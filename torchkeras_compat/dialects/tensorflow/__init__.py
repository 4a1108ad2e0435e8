"""What code around ``tf.keras`` takes from TensorFlow, on torch."""
