"""Files of Keras 1 and 2: what they say, as Keras 3 would say it."""
