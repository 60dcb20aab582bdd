"""What the bot does, one module a use: functions that take the `Context` first, call the domain,
the store and the grader, and know neither Discord nor SQL.
"""
