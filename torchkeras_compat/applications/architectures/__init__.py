"""The networks of `applications`, one family a file: tables of their layers, and the functions that build them."""
