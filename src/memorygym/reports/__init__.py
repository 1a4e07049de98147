"""Finished runs: as tables and files, misses explained, played again, packed and ranked.

table, columns, terminal       a table as text, Markdown, CSV or records; what its columns mean
tables, comparison_text        what `bench` and `compare` print; `curves` and `plots` beside it
results, exports, api          a run in Python; the files beside a run; `evaluate` and `compare`
transcript, fact_history       an episode as text, the history of one fact in it; `misses` lists
stored_runs, replay            reading a run; playing one episode of it again
checks, packs, leaderboard     playing runs again to verify them; a run as one file; ranked runs
survival                       replayed logs
"""
