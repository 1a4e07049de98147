"""The runs: episodes of any agent or memory are played, kept, resumed and measured.

tasks, systems, model_roles  what is played; which agent with which memory; which models
engine, executors            every system on every task, in processes or threads
store, behaviour             the folder of a run; what a version of a track promises
episode_result, metrics      what one episode comes to, from its trace
evaluation, comparison       the job of `bench`; the job of `compare`
jobs, results, summary       either job again from its run.json; all that a run's figures rest on
"""
