"""Whether a run is the same as another, or as the committed reference: by its files, and by its
averages."""
