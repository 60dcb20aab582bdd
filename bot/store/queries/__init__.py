"""Queries: plain functions of a connection, one module a subject. They run inside `Store.read` and
`Store.write`, never wait, and take every time and id as a parameter.
"""
