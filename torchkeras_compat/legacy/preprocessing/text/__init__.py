"""`keras.preprocessing.text` of Keras 1 and 2: words, their indices, and texts as vectors."""
