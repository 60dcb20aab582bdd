"""`/tutor setup`: one private message that leads a moderator to a schedule, step by step."""
