"""What Keras 1 and 2 had for models, and Keras 3 dropped."""
