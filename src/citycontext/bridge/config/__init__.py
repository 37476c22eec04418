"""The tables of a configuration file."""
