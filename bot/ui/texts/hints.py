"""What is said around hints."""

from bot.ui.texts import N_

COMMAND = N_("Get a hint for the question in this channel; only you see it")
BUTTON = N_("Hint")
TITLE = N_("Hints: {topic}")
LEVEL = N_("Hint {level} of {levels}")
COST = N_("Hint {level} of {levels} costs {cost} of this question's {worth} points.")
FIRST_COST = N_(
    "Hint {level} of {levels} costs {cost} of this question's {worth} points, "
    "and a quarter of what an explanation adds. Only you see it."
)
WAIT = N_("It opens {when}, or as soon as you answer or explain.")
ALL_TAKEN = N_("These are all the hints. What they leave you is still worth going for.")
SHOW = N_("Show hint {level}")
