"""The one engine: it plays, keeps, resumes and measures episodes, whoever plays them.

`tasks` says what is played, `seats` who plays it with which memory, `engine` plays every seat on
every task, `episode_result` is what each episode comes to, `store` keeps it on disk.
"""
