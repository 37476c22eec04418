"""Which entity models there are, what they declare, and the classes made from them."""
