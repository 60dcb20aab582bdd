"""What Discord or the network refuses before the bot runs, in an operator's words."""

from collections.abc import Generator
from contextlib import contextmanager

import aiohttp
import discord

from bot.errors import ConfigurationError, OperatorError


@contextmanager
def refusals_told() -> Generator[None]:
    """Raise OperatorError for what an operator can mend; let everything else pass."""
    try:
        yield
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
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise OperatorError(
            f"Discord cannot be reached ({reason}). Check this machine's network, DNS and proxy,"
            " then start the tutor again. What members sent is kept."
        ) from error
    except (discord.GatewayNotFound, discord.DiscordServerError) as error:
        raise OperatorError(
            "Discord itself is in trouble and does not answer as it should; its status page tells"
            " more. Start the tutor again in a few minutes."
        ) from error
    except discord.ConnectionClosed as error:
        raise OperatorError(
            f"Discord closed the connection for good (code {error.code}). Start the tutor again;"
            " if that happens at once, the log tells what Discord said."
        ) from error
    except discord.HTTPException as error:
        raise OperatorError(
            f"Discord refuses what the tutor asks for at its start (HTTP {error.status}). After"
            " many failed starts it blocks an address for a while: wait an hour before the next."
        ) from error
