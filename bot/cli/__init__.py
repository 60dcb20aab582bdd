"""The command `tutor`: what operators and contributors run. `app` holds the commands, `told` turns
errors into words and exit codes. Whatever takes long to import is imported by its command alone.
"""

from bot.cli.app import main

__all__ = ["main"]
