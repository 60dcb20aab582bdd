"""What a person reads when something cannot be done: one sentence or two for each code of a
MemberError or ModeratorError, and what is said of a bug.
"""

from bot.ui.texts import N_, NP_, Plural

BUG = N_(
    "Something went wrong on my side. Nothing that I confirmed to you is lost. "
    "If it happens again, give a moderator this number: `{error_id}`."
)
DISCORD_AWAY = N_("Discord does not answer me right now. I keep trying, so there is nothing to do.")
REPLY_LOST = N_("Discord did not take my reply. Please try again; what was stored is kept.")
UNAVAILABLE = N_("I can't reach my notes right now, so I could not do that. Please try again soon.")
NOT_IN_PRIVATE = N_("This works in a server only, in the channel where the question is.")

MEMBER: dict[str, str | Plural] = {
    "no_open_round": N_("There is no open question in this channel right now."),
    "round_not_open": N_("This question is closed."),
    "round_unknown": N_("I don't know this question any more."),
    "round_cancelled": N_("This question was cancelled; nobody wins or loses points by it."),
    "hints_closed": N_("This question is closed. The answer and why it is right: {link}"),
    "no_hints": N_(
        "There are no hints for this question. Take your time with it; it costs you nothing."
    ),
    "no_explanations": N_(
        "This question takes no explanations: there is nothing to grade them by. "
        "Your answer counts in full."
    ),
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
    "appeal_empty": N_("There was no reason in it, so nothing was sent. You can try again."),
    "appeal_too_long": N_("That is {length} characters; a reason has {longest} at most."),
    "appeal_again": N_("You have asked for a review of this one already; it is kept."),
    "appeal_decided": N_(
        "A moderator has looked at this one already. I send you what they say after the reveal."
    ),
    "no_attempts_left": NP_(
        "You have used your one explanation for this question.",
        "You have used all {n} explanations for this question.",
    ),
    "grader_busy": N_("Many explanations wait to be graded ({position}). Yours is kept in order."),
    "stopping": N_("I am just being restarted, so nothing was done. Please try again in a minute."),
    "command_unfit": N_(
        "That does not fit the command, so nothing was done. Your Discord may show an old version "
        "of it: restart Discord and try again."
    ),
    "button_unknown": N_("This button is from an older version of me. It does nothing any more."),
    "too_fast": N_("I am still busy with what you did before. Give me a moment, then try again."),
    "managers_only": N_(
        "Who is a moderator is for those to say who have the Manage Server permission."
    ),
    "moderators_only": N_(
        "This is for moderators: it needs the Manage Server permission, "
        "or the role that they chose with /tutor settings."
    ),
}

MODERATOR: dict[str, str | Plural] = {
    "round_not_open": N_("That question is not open any more, so nothing was changed."),
    "no_open_round": N_("There is no open question in this channel."),
    "no_posted_round": N_(
        "No question was posted in this channel yet. Name a post of another one by its link."
    ),
    "post_unknown": N_(
        "That is no question of mine in this server. Choose one from the list, or paste the link "
        "of its post (Copy Message Link)."
    ),
    "round_unknown": N_("I don't know this question any more, so nothing was changed."),
    "round_not_posted": N_(
        "That question is neither open nor revealed (it may be cancelled), so nothing was changed."
    ),
    "key_not_an_option": N_("This question has no such option. It has: {letters}."),
    "key_explanation_too_long": N_(
        "That is {length} characters; a question's explanation has {longest} at most. "
        "Nothing was changed."
    ),
    "key_is_that": N_("{key} is the key already, so nothing was changed."),
    "no_question_fits": N_(
        "No question fits: the banks, topics and difficulty that were asked for have none. "
        "Choose others with /schedule edit, or bring more in with /bank import."
    ),
    "review_gone": N_("That explanation is gone: its member deleted it, or it is of elsewhere."),
    "review_own": N_("That explanation is yours; another moderator has to decide on it."),
    "review_cancelled": N_("That question was cancelled, so there is nothing to decide."),
    "channel_missing": N_(
        "The channel {channel} is gone, or I may not see it. "
        "Choose another with /schedule edit, then /schedule resume."
    ),
    "permissions_missing": N_(
        "I lack permissions in {channel}: {permissions}. "
        "Allow them in the channel's settings under Permissions."
    ),
    "message_missing": N_("The post in {channel} was deleted. Its answers are kept and counted."),
    "channel_unusable": N_(
        "I can post in a text channel only, one that I may see. Choose such a channel."
    ),
    "role_everyone": N_("That role is everyone. Choose a role that members opt in to."),
    "role_not_mentionable": N_(
        "I may not ping {role} in {channel}. Allow anyone to mention the role, "
        "or allow me Mention Everyone there."
    ),
    "question_unknown": N_(
        "There is no such question. Type some of its words and choose from the list."
    ),
    "question_ambiguous": NP_(
        "One question has these words.",
        "{n} questions have these words. Type more of them, or choose from the list.",
    ),
    "question_open": N_(
        "This question is open right now, so I keep it to myself until its reveal: "
        "you may want to answer it too."
    ),
    "question_gone": N_(
        "This question was changed or retired meanwhile, so nothing was done. "
        "Look it up again with /question search."
    ),
    "question_retired": N_("This question is retired already."),
    "question_not_retired": N_("This question is asked already, or a newer one in its place is."),
    "question_shipped": N_(
        "This question comes with the bot, in the bank {bank}, so it stays as it is. "
        "To leave it out, name other banks with /schedule edit."
    ),
    "question_id_taken": N_(
        "Another question took the id {id} meanwhile, so nothing was done. Please do it again."
    ),
    "bank_full": N_(
        "This server's own banks can have {most} questions, and that would be more. "
        "Retire some that you do not need."
    ),
    "bank_nameless": N_("A bank needs a title, such as: Capitals."),
    "bank_title_long": N_("A bank's title has {longest} characters at most."),
    "bank_is_shipped": N_(
        "A bank that comes with the bot is called so. Choose another title for yours."
    ),
    "draft_gone": N_("That draft is not there any more: it was saved, discarded or replaced."),
    "draft_wrong": N_("Something in it must be put right first, so it was not saved."),
    "no_reference": N_(
        "There is nothing to grade explanations by: the question has no explanation and no "
        "key points. Members are told that it takes none."
    ),
    "try_empty": N_("There was nothing in it."),
    "try_too_long": N_("That is {length} characters; an explanation has {longest} at most."),
    "grader_away": N_("The grader is not there right now. Please try again in a minute."),
    "file_too_large": N_(
        "That file is larger than {most} MiB. Split it into smaller ones, and bring them in one "
        "after another."
    ),
    "file_lost": N_("Discord did not give me the file. Please try again."),
    "export_unknown": N_("There is no such bank, or it has no question. Choose one from the list."),
    "export_nothing": N_(
        "That kind of file can hold none of the bank's questions. Choose another format."
    ),
    "schedule_unknown": N_("There is no schedule of that name. /schedule list shows them all."),
    "schedule_nameless": N_("A schedule needs a name, such as: Morning question."),
    "schedule_name_taken": N_("Another schedule has this name. Choose a different one."),
    "schedules_full": N_(
        "This server has {most} schedules, which is the most there can be. Delete one first."
    ),
    "schedule_not_running": N_("{name} is paused already."),
    "schedule_not_paused": N_("{name} is not paused."),
    "nothing_to_change": N_("Everything is like that already, so nothing was changed."),
    "nothing_fits": N_("No question fits these banks, topics and difficulty. Widen one of them."),
    "bank_unknown": N_("There is no such bank. There are: {known}. Put commas between several."),
    "topic_unknown": N_("There is no such topic. There are: {known}. Put commas between several."),
    "setup_over": N_(
        "This set-up is over: it was finished or cancelled, begun anew, left for an hour, or I was "
        "restarted meanwhile. /tutor setup starts again."
    ),
    "setup_channel": N_("Choose a channel first."),
    "item_unknown": N_(
        "No such question was revealed here. Type some of its words and choose from the list."
    ),
    "item_open": N_(
        "This question is open in this server right now. I tell nothing of it before the reveal."
    ),
    "difficulty_reversed": N_("The easiest difficulty is above the hardest. Swap the two."),
    "open_for_unusable": N_(
        "A question can be open from a minute up to a week: write 20h, 90m or 1d 12h."
    ),
    "catch_up_unusable": N_(
        "A late post can be at most a day late: write 6h or 90m; 0m never posts late."
    ),
    "rule_bad_time": N_("That is no time of the day. Write 09:00, 18:30 or 6:30 pm."),
    "rule_no_time": N_("These days need a time, such as 09:00."),
    "rule_time_twice": N_(
        "The cron line `{cron}` and the time {time} differ. Give the same time in both."
    ),
    "rule_bad_days": N_(
        "Write the days as: daily, weekdays, weekends, mon,wed,fri or mon-thu; "
        "or give a cron line such as `0 9 1 * *`."
    ),
    "rule_bad_cron": N_(
        "That is no cron line. It has minute, hour, day, month and weekday: `0 9 1 * *`."
    ),
    "rule_more_than_daily": N_(
        "A schedule posts at most once a day. Give one minute and one hour, "
        "and make another schedule for another time."
    ),
    "rule_never_due": N_("That cron line names a day that never comes."),
    "rule_bad_zone": N_(
        "There is no such time zone. Type a city and choose from the list: Europe/Berlin."
    ),
}
