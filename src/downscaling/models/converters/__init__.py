"""Released checkpoints as transformers folders; no weight may be left."""
