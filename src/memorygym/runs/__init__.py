"""The runs: episodes of any agent or memory are played, kept, resumed and measured.

tasks, systems, model_roles  what is played; which agent with which memory; which models
engine, executors            every system on every task, in processes or threads
store, version               the folder of a run; the version hash of what a score depends on
episode_result, metrics      what one episode comes to, from its trace
evaluation, comparison       the job of `bench`; the job of `compare`
jobs, results                either job again from its run.json; the results file
"""
