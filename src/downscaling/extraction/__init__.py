"""Extraction data (paper, section 4.1): from a teacher's statements to conversations."""
