"""Connect a city's data to any NGSI-LD context broker."""
