"""One question about one image, through the modules of a study or of any folder."""
