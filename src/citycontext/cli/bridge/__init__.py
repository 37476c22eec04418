"""``citycontext bridge``: sensor messages in, updates out; a command a file."""
