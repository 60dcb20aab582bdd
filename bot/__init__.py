"""Tutor, a Discord bot that teaches. ARCHITECTURE.md shows the way through the packages."""

__version__ = "0.1.0"
