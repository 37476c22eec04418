"""Where each attribute of an entity type stands in OSLO: the tables, and what reads them."""
