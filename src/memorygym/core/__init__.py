"""What every room speaks: the types below, the episode that they play, and its record.

`types` (Task, Env, Memory, Policy, Message), `episode` (the referee), `budget` and `guard` (its
hand on a memory), `trace` (what happened), `track` (one kind of task) with `outcome`, `statements`
and `trace_reader`; then what all of these rest on.

`as` says that a name is public.
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
