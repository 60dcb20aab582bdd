"""Discord's events and commands, one module a subject: each calls a service and shows what `bot.ui`
makes of it. No rule and no words live here.
"""
