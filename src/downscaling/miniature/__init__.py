"""The miniature: a rendered world in which the study runs in small, with known ground truth."""
