"""What is said about schedules."""

from bot.ui.texts import N_, NP_

GROUP = N_("When and where questions are posted (moderators)")
CREATE = N_("Post questions in a channel, on the days and at the time you choose")
LIST = N_("Show this server's schedules")
SHOW = N_("Show everything about a schedule")
EDIT = N_("Change a schedule; what you leave out stays as it is")
PAUSE = N_("Stop posting until you resume the schedule")
RESUME = N_("Post again from now on")
DELETE = N_("Delete a schedule; its past questions and points stay")
PREVIEW = N_("Show when the next three questions come")

OPTIONS = {
    "name": N_("The schedule"),
    "new_name": N_("What to call it, such as: Morning question"),
    "channel": N_("Where the questions are posted"),
    "time": N_("Local time of the post, such as 09:00 or 6:30 pm"),
    "days": N_("daily (default), weekdays, mon,wed,fri, mon-thu, or a cron line"),
    "zone": N_("Time zone of that time; type a city, such as Berlin"),
    "banks": N_("Banks to ask from, with commas between them; every bank if left out"),
    "topics": N_("Topics to ask about, with commas between them; every topic if left out"),
    "difficulty_min": N_("Easiest questions to ask, from 1 (easy) to 5 (hard)"),
    "difficulty_max": N_("Hardest questions to ask, from 1 (easy) to 5 (hard)"),
    "open_for": N_("How long members can answer, such as 20h, 90m or 1d"),
    "manner": N_("Whether others can see who chose what while the question is open"),
    "role": N_("A role to ping with each question"),
    "no_role": N_("Ping nobody any more"),
    "thread": N_("Open a thread for discussion when the answer is revealed"),
    "catch_up": N_("Post late by up to this much after an outage, such as 6h; 0m never"),
    "reason": N_("Why, for the other moderators"),
}
MANNERS = {
    "concealed": N_("concealed: each reaction vanishes once it is counted"),
    "open": N_("open: reactions stay, and taking one back withdraws the answer"),
}
EDIT_BANKS = N_("Banks to ask from, with commas between them; none: every bank")
EDIT_TOPICS = N_("Topics to ask about, with commas between them; none: every topic")

CREATED = N_("**{name}** is set up. It posts in {channel}.")
ZONE_SET = N_("This server's day now follows {zone}, for streaks too; /tutor settings changes it.")
CHANGED = N_("**{name}** is changed.")
STILL_PAUSED = N_("It is still paused; /schedule resume lets it post again.")
PAUSED = N_("**{name}** is paused. An open question stays open until its time is up.")
RESUMED = N_("**{name}** runs again. What was due meanwhile is not made up for.")
DELETE_QUESTION = N_(
    "Delete **{name}**? It will not post any more. Past questions, answers and points stay. "
    "To keep it, just dismiss this message."
)
DELETE_BUTTON = N_("Delete")
DELETED = N_("**{name}** is deleted.")

NONE_YET = N_("There is no schedule yet. /schedule create makes the first one.")
LIST_TITLE = N_("Schedules")
LIST_LINE = N_("{channel}, {days} at {time} ({zone})")
NEXT = N_("Next: {when}")
PAUSED_SHORT = N_("Paused since {when}: {reason}")
PAUSED_NO_REASON = N_("Paused since {when}")

POST_AT = N_("{when} ({time} in {zone})")
IF_RESUMED = N_("It is paused. Resumed now, it would post at these times:")

FIELDS = {
    "channel": N_("Channel"),
    "when": N_("When"),
    "banks": N_("Banks"),
    "topics": N_("Topics"),
    "difficulty": N_("Difficulty"),
    "open_for": N_("Open for"),
    "manner": N_("Manner"),
    "role": N_("Pings"),
    "thread": N_("Thread at the reveal"),
    "catch_up": N_("Posts late by up to"),
    "paused": N_("Paused"),
    "upcoming": N_("Next posts"),
    "questions": N_("Questions"),
}
WHEN = N_("{days} at {time} ({zone})")
ALL_BANKS = N_("every bank")
ALL_TOPICS = N_("every topic")
DIFFICULTY = N_("{least} to {most}")
MANNER = {"concealed": N_("concealed"), "open": N_("open")}
NOBODY = N_("nobody")
YES = N_("yes")
NO = N_("no")

DAILY = N_("every day")
WEEKDAYS = N_("Monday to Friday")
WEEKEND = N_("Saturday and Sunday")
DAY_NAMES = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
CRON = N_("by the cron line `{cron}`")

STOCK = NP_(
    "{n} question fits, {unused} not asked here yet.",
    "{n} questions fit, {unused} not asked here yet.",
)
LASTS = N_("New ones last until {when}; then the oldest come round again.")
REPEATS = N_("All of them were asked here, so they come round again.")

ZONE_CHOICE = N_("{zone} (now {time})")
LAST_FOR_YEARS = N_("New ones last for years.")

REASONS = {
    "channel_missing": N_("the channel is gone, or I may not see it"),
    "permissions_missing": N_("I lack permissions in the channel; /tutor status names them"),
    "no_question_fits": N_("no question fits"),
}
"""Why the bot paused a schedule, by the code of the error."""
