"""Tasks of question-answering tracks, made from parameters (`loader`), and as files (`folder`)."""
