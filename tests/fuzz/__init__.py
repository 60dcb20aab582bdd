"""A fuzzer that is guided by coverage, for all that reads what strangers send: `make fuzz`.

`parsers` is the table of what is fuzzed, `__main__` runs it by atheris. What is found becomes a
test.
"""
