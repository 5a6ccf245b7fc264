"""Published data sets: fetched, pinned, verified and read."""
