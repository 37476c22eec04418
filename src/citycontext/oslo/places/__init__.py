"""Places as linked data has them: reference systems, well-known text, GML."""
