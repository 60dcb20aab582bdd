"""What `/tutor status` and `/tutor settings` say."""

from bot.ui.texts import N_, NP_

GROUP = N_("How the tutor is doing here, and its settings (moderators)")
STATUS = N_("Show missing permissions, next posts, open questions and the grader")
SETTINGS = N_("Show this server's settings, and change those you give")

OPTIONS = {
    "zone": N_("Time zone of this server's day, for streaks; type a city, such as Berlin"),
    "moderator_role": N_("Members with this role may do all that moderators may; admins choose it"),
    "notice_channel": N_("Where I tell moderators when something needs them"),
    "audit_channel": N_("Where I tell what moderators did: who, what, before and after"),
    "clear": N_("Take a setting back"),
}
CLEARS = {
    "moderator_role": N_("no moderator role"),
    "notice_channel": N_("no notice channel"),
    "audit_channel": N_("no audit channel"),
}

TITLE = N_("Status")
FIELDS = {
    "channels": N_("Channels"),
    "next": N_("Next posts"),
    "open": N_("Open questions"),
    "late": N_("Late"),
    "paused": N_("Paused"),
    "reviews": N_("Reviews"),
    "reactions": N_("Reactions"),
    "grader": N_("Grader"),
}
ALL_THERE = N_("{channel}: nothing is missing")
LACKING = N_("{channel}: missing {permissions}")
CHANNEL_GONE = N_("{name}: its channel is gone, or I may not see it. /schedule edit names another.")
ROLE_GONE = N_("{name}: its role is gone. /schedule edit names another.")
ROLE_UNPINGABLE = N_(
    "{name}: {role} cannot be pinged. Allow anyone to mention the role, or allow me "
    "Mention Everyone in {channel}."
)
NOTICES_NOWHERE = N_(
    "I have no channel to tell moderators about trouble; /tutor settings sets one."
)
NOTICES_GONE = N_(
    "The channel for notices is gone, or I may not see it. /tutor settings names another."
)
AUDIT_GONE = N_(
    "The audit channel is gone, or I may not see it. /tutor settings names another; "
    "/tutor audit shows the entries meanwhile."
)
AUDIT_WAITING = NP_(
    "{n} entry could not be posted in the audit channel yet; /tutor audit shows it.",
    "{n} entries could not be posted in the audit channel yet; /tutor audit shows them.",
)
NEXT_POST = N_("**{name}** in {channel} {when}")
NONE_PLANNED = N_("none; /tutor setup leads to a schedule")
OPEN_ROUND = N_("{link}, closes {when}")
NONE_OPEN = N_("none")
PAUSED = N_("**{name}** · {since}")
LATE_POST = N_("**{name}** was due {when}; I keep trying")
GRADER = {
    "ready": N_("ready"),
    "loading": N_("still loading; explanations are kept and graded after that"),
    "missing": N_("not running; explanations are kept and graded later. The operator can help."),
}
WAITING = NP_("{n} explanation is waiting", "{n} explanations are waiting")
REVIEWS_WAIT = NP_(
    "{n} grade waits for a moderator; it came {oldest}. /review next shows it.",
    "{n} grades wait for a moderator; the oldest came {oldest}. /review next shows them.",
)
NO_REVIEW_WAITS = N_("none waits for a moderator")
REMINDED_NOWHERE = N_(
    "Once /tutor settings names a channel for notices, I tell you there when some wait."
)
REVIEWS_HELD = NP_(
    "{n} of a question that is still open can wait for the reveal.",
    "{n} of questions that are still open can wait for the reveal.",
)
LEAVING = NP_(
    "{n} reaction is stored and still stands under its post; it goes {when}. "
    "Discord lets me take four a second away in a channel.",
    "{n} reactions are stored and still stand under their posts; the last goes {when}. "
    "Discord lets me take four a second away in a channel.",
)
VERSION = N_("Tutor {version}")
AND_MORE = NP_("and {n} more", "and {n} more")

SETTINGS_TITLE = N_("Settings of this server")
SETTING_FIELDS = {
    "zone": N_("Zone of the day"),
    "moderator_role": N_("Moderator role"),
    "notice_channel": N_("Notices go to"),
    "audit_channel": N_("Audit goes to"),
}
ZONE_NOW = N_("{zone} (now {time})")
NO_ROLE = N_("none; whoever has Manage Server is a moderator")
SYSTEM_CHANNEL = N_("{channel} (this server's system channel)")
NO_NOTICES = N_("nowhere")
NO_AUDIT = N_("nowhere; /tutor audit shows what moderators did")
SAVED = N_("Saved.")
