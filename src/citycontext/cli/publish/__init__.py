"""``citycontext publish``: open data from a file or a context broker."""
