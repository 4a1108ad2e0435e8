"""`tf.signal`: Fourier transforms, frames, windows, mel scales."""
