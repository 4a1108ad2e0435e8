"""Elements of datasets and files: what a leaf is, and structures of leaves."""
