"""The ten domains: one file each, whose name is its id."""
