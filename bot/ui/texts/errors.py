"""What a person reads when something cannot be done: one sentence or two for each code of a
MemberError or ModeratorError, and what is said of a bug.
"""

from bot.ui.texts import N_, NP_, Plural

BUG = N_(
    "Something went wrong on my side. Nothing that I confirmed to you is lost. "
    "If it happens again, give a moderator this number: `{error_id}`."
)
UNAVAILABLE = N_("I can't reach my notes right now, so I could not do that. Please try again soon.")
NOT_IN_PRIVATE = N_("This works in a server only, in the channel where the question is.")

MEMBER: dict[str, str | Plural] = {
    "no_open_round": N_("There is no open question in this channel right now."),
    "round_not_open": N_("This question is closed."),
    "round_unknown": N_("I don't know this question any more."),
    "round_cancelled": N_("This question was cancelled; nobody wins or loses points by it."),
    "hints_closed": N_("This question is closed. The answer and why it is right: {link}"),
    "hint_not_yet": N_("Hint {level} opens {when}, or as soon as you answer or explain."),
    "explanations_closed": N_(
        "This question is closed, so it takes no more explanations. "
        "The answer and why it is right: {link}"
    ),
    "explanation_empty": N_("There was nothing in it, so it does not count as an attempt."),
    "explanation_too_long": N_(
        "That is {length} characters; an explanation has {longest} at most."
    ),
    "explanation_gone": N_("That explanation was deleted."),
    "no_attempts_left": NP_(
        "You have used your one explanation for this question.",
        "You have used all {n} explanations for this question.",
    ),
    "grader_busy": N_("Many explanations wait to be graded ({position}). Yours is kept in order."),
    "moderators_only": N_(
        "This is for moderators: it needs the Manage Server permission, "
        "or the role that they chose with /tutor settings."
    ),
}

MODERATOR: dict[str, str | Plural] = {
    "round_not_open": N_("That question is not open any more, so nothing was changed."),
    "no_open_round": N_("There is no open question in this channel."),
    "no_question_fits": N_(
        "No question fits: the banks, topics and difficulty that were asked for have none. "
        "Choose others with /schedule edit, or ask the operator for more banks."
    ),
    "channel_missing": N_(
        "The channel {channel} is gone, or I may not see it. "
        "Choose another with /schedule edit, then /schedule resume."
    ),
    "permissions_missing": N_(
        "I lack permissions in {channel}: {permissions}. "
        "Allow them in the channel's settings under Permissions."
    ),
    "message_missing": N_("The post in {channel} was deleted. Its answers are kept and counted."),
}
