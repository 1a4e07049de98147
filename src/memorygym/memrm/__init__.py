"""MemRM: a judge of compactions: does a shortened context still support its task?"""
