"""Models that Keras 1 and 2 had and Keras 3 dropped."""
