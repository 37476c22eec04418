"""What is published as a web service for maps: OGC API - Features, Part 1: Core."""
