"""A request on its way in: read, checked, negotiated (clause 6)."""
