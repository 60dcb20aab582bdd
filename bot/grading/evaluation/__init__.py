"""How good the grader is, measured: on graded answers, under attack, on the banks' own examples,
and by the clock. It works with anything that is a `Grader` (service.py), and shares no code and no
word list with training: what a grader was taught is not what it is tested with.
"""
