"""The one engine: it plays, keeps, resumes and measures episodes, whoever plays them.

`tasks` says what is played, `seats` who plays it with which memory, `engine` plays every seat on
every task, `results` is what each episode comes to, `folder` keeps it on disk.
"""
