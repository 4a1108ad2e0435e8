"""Datasets in the arguments and with the file names of Keras 1 and 2."""
