"""Evaluation, decoupled in the manner of Prism and end to end."""
