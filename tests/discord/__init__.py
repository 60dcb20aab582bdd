"""A loopback Discord: REST and gateway on 127.0.0.1 for exactly what the bot uses, and the proofs
that need real sockets and a real process: killed, cut off, slowed down.

Here: the world, the server, the bot's process, the driver (people by script), and the judge. Not
here: how things look and read, which simcord's tests see (tests/support/world.py).
"""
