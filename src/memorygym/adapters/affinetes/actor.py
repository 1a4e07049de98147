"""The environment of affinetes: one class with the public methods that its callers expect."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import monotonic
from typing import Any

from memorygym.adapters.affinetes.episodes import (
    SCRIPTED,
    Game,
    ModelEpisode,
    OpenEnvResponse,
    choice_of,
    sendable,
    unknown,
)
from memorygym.core.errors import BadKey, BadSettings, ProviderFailure
from memorygym.core.rng import named_rng
from memorygym.runs.settings import check_argument

PUBLIC = 10
"""Seeds below it are the public set; a fresh episode is never generated from them."""
AT_ONCE = 256
"""Most evaluations at a time; others wait, and their timeout runs."""
SILENCE = 120.0
"""Seconds without a byte after which a request fails."""


class Actor:
    """`evaluate` plays a whole episode with a model; `reset` and `step` let the caller play."""

    def __init__(self, episodes: int = 256, idle: float = 3600.0, origin: str = "") -> None:
        self._most = episodes
        """Most open episodes at a time."""
        self._idle = idle
        """Seconds without a call after which an episode may be dropped to make room."""
        # Each replica has its own origin, so that replicas generate different fresh episodes.
        self._fresh = named_rng("affinetes", origin or secrets.token_hex(16))
        self._games: dict[str, Game] = {}
        """By id, the last used one at the end."""
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, "memorygym-evaluate")

    async def evaluate(  # noqa: PLR0913, PLR0917  # affinetes' callers know this signature
        self,
        model: str = f"{SCRIPTED}strategic",
        base_url: str | None = None,
        api_key: str | None = None,
        seed: int = 0,
        template: str | None = None,
        tier: str = "lite",
        backend: str = "markdown",
        timeout: float = 3600,
        task_id: int | None = None,
        salt: str | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """The score of a model on one episode, or an error in its place.

        Raises UnknownPart, BadSettings or BadKey for what cannot begin.
        """
        choice = choice_of(task_id, seed, template, tier, backend, salt)
        check_argument("timeout", timeout, float)
        if not timeout > 0:
            raise BadSettings(f"timeout={timeout}: give seconds, more than 0")
        options["timeout"] = min(timeout, SILENCE)
        match = ModelEpisode(choice, model, base_url, api_key, **options)
        playing = asyncio.get_running_loop().run_in_executor(self._pool, match.play)
        try:
            result = await asyncio.wait_for(playing, timeout)
        except TimeoutError:
            result = match.failed("timeout", f"the episode did not end within {timeout:g} seconds")
        except ProviderFailure as error:
            kind = "bad_key" if isinstance(error, BadKey) else "provider_failure"
            # A provider may repeat the key.
            reason = str(error).replace(api_key, "[key]") if api_key else str(error)
            result = match.failed(kind, reason)
        finally:
            match.abandon()
        result["extra"]["task_id"] = task_id
        return sendable(result)

    async def reset(
        self,
        task_id: int | None = None,
        seed: int | None = None,
        template: str | None = None,
        tier: str = "lite",
        backend: str = "markdown",
        salt: str | None = None,
    ) -> OpenEnvResponse:
        """Begins an episode: a fresh one, unless `task_id` or `seed` names one.

        Raises UnknownPart or BadSettings for what cannot begin.
        """
        with self._lock:
            if seed is None:
                seed = PUBLIC + self._fresh.below(2**31 - PUBLIC)
            choice = choice_of(task_id, seed, template, tier, backend, salt)
            self._make_room()
            game = Game(choice, task_id)
            self._games[game.id] = game
            return game.shown()

    async def step(self, action: str, episode_id: str | None = None) -> OpenEnvResponse:
        """Takes one reply of the agent: text with tool calls, as the observation describes."""
        with self._lock:
            game = self._asked_for(episode_id)
            return game.step(action) if game else unknown(episode_id)

    async def state(self, episode_id: str | None = None) -> OpenEnvResponse:
        """What the agent may read now; the episode does not advance."""
        with self._lock:
            game = self._asked_for(episode_id)
            return game.shown() if game else unknown(episode_id)

    async def stop(self, episode_id: str | None = None) -> dict[str, Any]:
        """Ends an episode."""
        with self._lock:
            stopped = self._games.pop(str(episode_id), None) is not None
        return sendable({"status": "ok", "stopped": stopped, "episode_id": episode_id})

    def _asked_for(self, episode_id: str | None) -> Game | None:
        game = self._games.pop(str(episode_id), None)
        if game:
            game.touched = monotonic()
            self._games[game.id] = game
        return game

    def _make_room(self) -> None:
        """Drops an episode that is over or long idle; an episode in play is never dropped."""
        if len(self._games) < self._most:
            return
        now = monotonic()
        for game in self._games.values():
            if game.over or now - game.touched > self._idle:
                del self._games[game.id]
                return
        raise BadSettings(
            f"{self._most} episodes are open, the most at a time: stop one, or try again when one"
            f" has been idle for {self._idle:g} seconds"
        )
