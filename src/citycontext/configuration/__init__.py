"""Configuration files: TOML to a tree, all faults with line, key path and cure."""

from citycontext.configuration.toml_file import UnsetVariable, at_line, load_toml, read_toml, validate_settings

__all__ = ["UnsetVariable", "at_line", "load_toml", "read_toml", "validate_settings"]
