"""The miniature: a rendered world in which the whole study runs in small, with known ground truth."""
