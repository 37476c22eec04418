"""The way back: commands from the context broker to devices."""
