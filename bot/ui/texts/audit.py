"""What is said of moderators' actions, in the audit channel and by `/tutor audit`."""

from bot.ui.texts import N_

COMMAND = N_("Show what moderators did here, the newest first; only you see it")

TITLE = N_("What moderators did")
NOTHING = N_("Nothing yet. Every action of a moderator is kept from now on and shown here.")
PAGE = N_("Page {page} of {pages}")
NEWER = N_("Newer")
OLDER = N_("Older")

HEAD = N_("**/{action}** by {who}, {when}")
HEAD_NAMED = N_("**/{action}** {name} by {who}, {when}")
FORGOTTEN = N_("somebody whose data was deleted")
CHANGED = N_("{field}: {before} → {after}")
VALUE = N_("{field}: {value}")
WITHHELD = N_("The rest is told after the reveal.")
UNSENT = N_("It was never posted.")
MARK = N_("-# Entry {id}")

NONE = N_("none")
ALL = N_("all")
YES = N_("yes")
NO = N_("no")
FIELDS = {
    "name": N_("name"),
    "channel_id": N_("channel"),
    "cron": N_("cron line"),
    "zone": N_("zone"),
    "server_zone": N_("zone of the server's day"),
    "banks": N_("banks"),
    "topics": N_("topics"),
    "difficulty_min": N_("easiest"),
    "difficulty_max": N_("hardest"),
    "open_minutes": N_("open for"),
    "manner": N_("manner"),
    "role_id": N_("pings"),
    "thread": N_("thread at the reveal"),
    "catch_up_minutes": N_("posts late by up to"),
    "pause_reason": N_("reason of the pause"),
    "moderator_role_id": N_("moderator role"),
    "notice_channel_id": N_("notices go to"),
    "audit_channel_id": N_("audit goes to"),
    "state": N_("state"),
    "key": N_("key"),
    "explanation": N_("explanation"),
    "answers": N_("answers"),
    "right": N_("right ones"),
    "members_gaining": N_("members who gain points"),
    "members_losing": N_("members who lose points"),
    "streaks_shorter": N_("streaks that get shorter"),
    "streaks_longer": N_("streaks that get longer"),
    "decision": N_("decision"),
    "remembered": N_("wording remembered"),
    "changed": N_("changed"),
    "questions": N_("questions"),
    "bank": N_("bank"),
}
"""What a field of an entry is called. One without a name here is shown by its own."""
