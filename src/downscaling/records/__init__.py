"""The rows that pass between stages, and their files."""
