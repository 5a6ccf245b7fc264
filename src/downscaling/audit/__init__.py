"""The paper against itself, and a run against the paper."""
