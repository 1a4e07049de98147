"""The statistics: means and shares with intervals clustered by task, tests, ranks, power.

The questions of one task are correlated, so tasks are the independent observations everywhere.
`intervals`, `shares`, `comparisons` (two systems or many), `power`, `repeats` (pass@k), `spread`;
docs/statistics.md says which figure has which interval. The names that this file imports with `as`
are public.
"""

from memorygym.stats.comparisons import Difference as Difference
from memorygym.stats.comparisons import holm as holm
from memorygym.stats.comparisons import kendall as kendall
from memorygym.stats.comparisons import kendall_apart as kendall_apart
from memorygym.stats.comparisons import paired as paired
from memorygym.stats.comparisons import ranks as ranks
from memorygym.stats.comparisons import sign_flip as sign_flip
from memorygym.stats.comparisons import sign_flips as sign_flips
from memorygym.stats.comparisons import tau_b as tau_b
from memorygym.stats.comparisons import unpaired as unpaired
from memorygym.stats.intervals import FEWEST_TASKS as FEWEST_TASKS
from memorygym.stats.intervals import NOTHING as NOTHING
from memorygym.stats.intervals import TOO_FEW as TOO_FEW
from memorygym.stats.intervals import Estimate as Estimate
from memorygym.stats.intervals import around as around
from memorygym.stats.intervals import bootstrap as bootstrap
from memorygym.stats.intervals import estimate as estimate
from memorygym.stats.intervals import percent as percent
from memorygym.stats.intervals import percentiles as percentiles
from memorygym.stats.intervals import span as span
from memorygym.stats.power import FIGURE as FIGURE
from memorygym.stats.power import SEPARATE as SEPARATE
from memorygym.stats.power import Design as Design
from memorygym.stats.power import mde as mde
from memorygym.stats.power import same_tasks as same_tasks
from memorygym.stats.power import tasks_needed as tasks_needed
from memorygym.stats.repeats import Repeats as Repeats
from memorygym.stats.shares import clustered_share as clustered_share
from memorygym.stats.shares import mean_score as mean_score
from memorygym.stats.shares import mean_share as mean_share
from memorygym.stats.shares import wilson as wilson
from memorygym.stats.spread import deviation as deviation
