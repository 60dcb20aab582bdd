"""The formats that banks come in and go out in, one module a format; `table` lists them.

A format's `read` takes bytes and returns what stands in them (`draft.Parsed`); its `write` takes
drafts and returns bytes. Neither knows the shell, Discord, or what is in other banks.
"""
