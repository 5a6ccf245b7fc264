"""What may be written in a configuration: data only, one file a block."""
