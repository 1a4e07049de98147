"""The engine: it plays, keeps, resumes and measures episodes, whoever plays them.

tasks, seats, model_roles    what is played; who plays it with which memory; which models
engine, executors            every seat on every task, in processes or threads
store, version               the folder of a run; the version hash of what a score depends on
episode_result, metrics      what one episode comes to, from its trace
evaluation, comparison       the job of `bench`; the job of `compare`
jobs, results                either job again from its run.json; the results file
"""
