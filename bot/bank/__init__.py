"""Question files: reading them, checking them, proving their keys, and their JSON Schema.

Nothing here knows the database or Discord; what a question is stands in `bot.domain.question`.
"""
