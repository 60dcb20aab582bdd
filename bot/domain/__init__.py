"""The rules of the tutor as plain values and functions: what a question is, when it is due, what
an answer earns. Nothing here knows Discord, a database or a model, and nothing here waits.
"""
