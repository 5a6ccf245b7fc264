"""The report of a preset."""
