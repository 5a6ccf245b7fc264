"""Figures and tables of the study, one module each, from the score tables alone."""
