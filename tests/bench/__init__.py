"""What the bot can do in a second, as tables. Nothing here is a test: machines differ.

Every module holds one `async def table() -> rich.table.Table`; `python -m tests.bench` runs them
all in the order of their names, or those that are named: `python -m tests.bench store`.
"""
