"""Finished runs: as tables and files, misses explained, played again, packed and ranked.

tables, columns                     the tables of `bench`
comparison_report, _tables, _files  a comparison: all of it, as text, as files; `curves` plots
transcript, fact_history            an episode as text, the way of one fact through it
stored_runs, replay, recheck        a run as commands read it; one episode or all played again
evidence, packs                     how far figures are shown; a run as one file
leaderboard, _rows, _page, entrant  runs ranked; as rows, as Markdown; who takes part
terminal, markdown                  text and tables that fit a terminal; tables of a page
judge_audit                         a judge measured on labelled rows
"""
