"""What the tests share: builders of questions and rounds, stand-ins for Discord and the grader, and
a world with the real client in a simulated Discord. The fixtures over them: tests/conftest.py.
"""
