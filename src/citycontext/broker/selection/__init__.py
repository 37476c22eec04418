"""Which entities are meant, and what is kept of a selection (4.9 to 4.19, 5.7, 5.14, 5.16)."""
