"""The command line: commands only, no logic of its own."""
