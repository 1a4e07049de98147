"""The shared types, the episode with its budgets and trace, and what a track must state.

types, frozen, errors               data: Task, Env, Memory, Policy, Message; JSON; exceptions
episode, budget, guard, tools       the episode: its loop, limits, checks of memories and calls
trace, trace_reader, outcome        what happened, how it is read, how each goal went
track, statements                   one kind of task; facts as statements, for most tracks
registry, rng, tokens, votes        parts by name, named randomness, token counts, judge votes
schema, decoding, files, text       JSON Schemas, JSON as types, files, text in 80 columns
"""

from memorygym.core.types import JSON as JSON
from memorygym.core.types import Budget as Budget
from memorygym.core.types import Call as Call
from memorygym.core.types import Entry as Entry
from memorygym.core.types import Env as Env
from memorygym.core.types import Event as Event
from memorygym.core.types import Gold as Gold
from memorygym.core.types import Memory as Memory
from memorygym.core.types import Message as Message
from memorygym.core.types import Meter as Meter
from memorygym.core.types import Policy as Policy
from memorygym.core.types import Role as Role
from memorygym.core.types import Step as Step
from memorygym.core.types import Task as Task
from memorygym.core.types import Tool as Tool
from memorygym.core.types import Writer as Writer
from memorygym.core.types import content_id as content_id
from memorygym.core.types import tool as tool
