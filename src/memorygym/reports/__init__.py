"""Finished runs: as tables and files, misses explained, played again, packed and ranked.

tables, columns                     the tables of `bench`
comparison_report, _tables, _files  a comparison: all of it, as text, as files; `curves` plots
transcript, fact_history            an episode as text, the history of one fact in it
stored_runs, replay, recheck        reading a run; playing one episode or all of them again
evidence, packs                     how far a run is verified; a run as one file
leaderboard, _rows, _page, entrant  ranked runs; as rows, as Markdown; the entrants
terminal, markdown                  text and tables that fit a terminal; tables of a page
judge_audit                         the measurement of a judge on labelled rows
"""
