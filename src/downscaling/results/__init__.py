"""From answers to tables: runs, estimates, differences."""
