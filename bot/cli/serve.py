"""`tutor run`: the client until it is told to stop, and in words what Discord refuses."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from typing import Any

import aiohttp
import discord
from pydantic import SecretStr

from bot.errors import ConfigurationError, OperatorError
from bot.settings import Settings

log = logging.getLogger(__name__)

STOPS = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings, token: SecretStr) -> None:
    """Run the bot; returns after SIGINT or SIGTERM. Raises OperatorError when it cannot start."""
    from bot.client import run

    with_words(run(settings, token))


def with_words(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` until it ends or a signal ends it; Discord's refusals become OperatorErrors."""
    try:
        asyncio.run(until_told(work))
    except discord.LoginFailure as error:
        raise ConfigurationError(
            "Discord refuses the token in DISCORD_TOKEN: it was reset, or is another"
            " application's. Make a new one in Discord's developer portal (your application, Bot,"
            " Reset Token) and set DISCORD_TOKEN to it."
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise ConfigurationError(
            "Discord refuses the intents that were asked for. The tutor needs none of the"
            " privileged ones, so this is not the tutor as released: look at what was changed in"
            " bot/client.py, or allow the intents in Discord's developer portal (your"
            " application, Bot, Privileged Gateway Intents)."
        ) from error
    except (aiohttp.ClientConnectionError, TimeoutError) as error:
        raise OperatorError(
            f"Discord cannot be reached ({_plain(error)}). Check this machine's network, DNS and"
            " proxy, then start the tutor again. What members sent is kept."
        ) from error
    except (discord.GatewayNotFound, discord.DiscordServerError) as error:
        raise OperatorError(
            "Discord itself is in trouble and does not answer as it should; its status page tells"
            " more. Start the tutor again in a few minutes."
        ) from error
    except discord.ConnectionClosed as error:
        raise OperatorError(
            f"Discord closed the connection for good (code {error.code}). Start the tutor again;"
            " if it happens at once, the log tells what Discord said."
        ) from error
    except discord.HTTPException as error:
        raise OperatorError(
            f"Discord refuses what the tutor asked for at its start (HTTP {error.status}). After"
            " many failed starts it blocks an address for a while: wait an hour before the next."
        ) from error


async def until_told(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`. The first SIGINT or SIGTERM cancels it, and it cleans up; the second kills."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    told: list[str] = []

    def stop(name: str) -> None:
        log.info("%s: stopping; once more stops at once", name)
        told.append(name)
        task.cancel()
        for number in STOPS:
            loop.remove_signal_handler(number)

    for number in STOPS:
        loop.add_signal_handler(number, stop, number.name)
    try:
        await task
    except asyncio.CancelledError:
        if not told:
            raise
    finally:
        for number in STOPS:
            loop.remove_signal_handler(number)


def _plain(error: BaseException) -> str:
    reason = str(error) or type(error).__name__
    return reason.splitlines()[0]
