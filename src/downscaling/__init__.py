"""Reproduction pipeline for "Downscaling Intelligence" (Endo and Yeung-Levy, arXiv 2511.17487)."""

__version__ = "0.2.0"
