"""Whether the files of a study are still those that its jobs made."""
