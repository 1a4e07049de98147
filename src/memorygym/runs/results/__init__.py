"""The results file: `summary` (figures by agent), `results_file` (written, read, two compared),
`consistency` (whether a file agrees with itself)."""
