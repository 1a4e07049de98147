"""Results files: summed up, written, read, checked and compared."""
