"""What is said while a moderator is led through the set-up."""

from bot.ui.texts import N_, NP_

SETUP = N_("Set up questions for this server, step by step")

TITLE = N_("Set-up, step {step} of {steps}: {name}")
NAMES = {
    "channel": N_("where"),
    "roles": N_("roles"),
    "zone": N_("time zone"),
    "time": N_("days and time"),
    "banks": N_("questions"),
    "manner": N_("manner"),
    "look": N_("have a look"),
}
ABOUT = {
    "channel": N_(
        "In which text channel shall I post questions? I look at once whether I have every "
        "permission that I need there. Nothing is posted or kept before the last step."
    ),
    "roles": N_(
        "Both are optional. A **pinged role** is mentioned with each question; choose one that "
        "members opt in to. The **moderator role** may do all that moderators may with me: "
        "schedules, banks, reviews."
    ),
    "zone": N_(
        "In which time zone is your day? Choose one of these, or press **Another city** and type "
        "yours. Clock changes are taken care of."
    ),
    "time": N_(
        "On which days, and at what local time? Choose, or press **Another time** and type it."
    ),
    "banks": N_("From which banks shall I ask? With none chosen I ask from every bank."),
    "manner": N_("While a question is open, may members see who chose what?"),
    "look": N_(
        "I have every permission that I need in {channel}. This is what I would do; press "
        "**Create** to begin, or **Back** to change something."
    ),
}
ZONES_FOUND = NP_(
    "{n} time zone fits what you typed. Choose it below.",
    "{n} time zones fit what you typed. Choose yours below.",
)
ZONES_MORE = N_("More fit than I can show. If yours is missing, type more of its name.")
NOT_A_MANAGER = N_(
    "The moderator role can be chosen by those who have Manage Server; it stays as it is."
)
MORE_BANKS = NP_(
    "{n} more bank does not fit into these lists; /schedule edit can choose it afterwards.",
    "{n} more banks do not fit into these lists; /schedule edit can choose them afterwards.",
)
PROBLEM = N_("⚠️ {reason}")

CHOOSE = {
    "channel": N_("Choose a channel"),
    "ping": N_("A role to ping (optional)"),
    "moderators": N_("Moderator role (optional)"),
    "zone": N_("Choose a time zone"),
    "time": N_("Choose a time"),
    "days": N_("Choose the days"),
    "banks": N_("Every bank"),
    "manner": N_("Choose"),
}
BANKS_FROM = N_("Banks from {first} to {last}")
BANK_SIZE = NP_("{n} question", "{n} questions")
DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
BUTTONS = {
    "back": N_("Back"),
    "next": N_("Next"),
    "create": N_("Create"),
    "city": N_("Another city"),
    "clock": N_("Another time"),
    "cancel": N_("Cancel"),
}
MODAL_TITLES = {"city": N_("Time zone"), "clock": N_("Local time")}
MODAL_LABELS = {
    "city": N_("A large city near you, or a zone's name"),
    "clock": N_("When to post, such as 18:30 or 6:30 pm"),
}

NAME = N_("Question of the day")
MODERATORS = N_("Moderator role")
NO_MODERATORS = N_("none; whoever has Manage Server is a moderator")
SAMPLE = N_(
    "A question in {channel} would look like this, with reactions to answer and the buttons Hint "
    "and Explain. Only you see this one; it may be asked some day."
)
NO_NOTICES = N_(
    "Grades may come to wait for a moderator. Once /tutor settings names a channel for notices, I "
    "tell you there."
)
CANCELLED = N_("Nothing was set up. /tutor setup starts again whenever you like.")
