"""The templates: the miniature's, ours, the paper's."""
