"""The forms in which a passport is handed on."""
