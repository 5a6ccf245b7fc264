"""Whether a preset can run here, before anything of it does: the machine, the sources, the
models."""
