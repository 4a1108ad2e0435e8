"""Names and module paths of older Keras, in a file for each subject."""
