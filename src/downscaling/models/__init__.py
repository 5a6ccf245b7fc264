"""Models: put together from backbones, read from and written to transformers folders, and fed."""
