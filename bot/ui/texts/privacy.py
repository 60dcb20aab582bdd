"""What is said of members' data."""

from bot.ui.texts import N_, NP_

GROUP = N_("What I keep about you: see it, take it with you, delete it")
SHOW = N_("See what I keep about you, and why")
EXPORT = N_("Get everything I keep about you as a file")
DELETE = N_("Delete everything I keep about you, in every server")
TRAINING = N_("Say whether your reviewed explanations may train the grader; off unless you say on")
TRAINING_OPTION = N_("on: they may, without your name or id; off: they may not")
TRAINING_CHOICES = {"on": N_("on"), "off": N_("off")}
TRAINING_ON = N_(
    "Thank you. Explanations of yours that a moderator reviewed may now be used to train the "
    "grader, in every server, without your name or id. /privacy training off takes it back."
)
TRAINING_OFF = N_(
    "Your explanations train nothing from now on. A file that was made before, while it was on, "
    "names nobody, so nothing in it can be found as yours again."
)

TITLE = N_("What I keep about you")
INTRODUCTION = N_(
    "I know you by your Discord id alone: no name, no messages. "
    "This is all there is, from every server where we met."
)
NOTHING = N_("Right now I keep nothing about you.")
SERVERS = NP_("The numbers are from {n} server.", "The numbers are from {n} servers.")

ANSWERS = NP_("{n} answer", "{n} answers")
ANSWERS_WHY = N_("The option you chose and when, to count rounds and your streak.")
HINTS = NP_("{n} hint", "{n} hints")
HINTS_WHY = N_("The ones you took and when, because they lessen a question's points.")
EXPLANATIONS = NP_("{n} explanation", "{n} explanations")
EXPLANATIONS_WHY = N_("Your words and when you sent them, to grade them.")
GRADES = NP_("{n} grade", "{n} grades")
GRADES_WHY = N_(
    "What the grader said of each explanation. It runs on the same machine as I do; "
    "your words go nowhere else, and train nothing unless you say so with /privacy training."
)
RESULTS = NP_("{n} result", "{n} results")
RESULTS_WHY = N_(
    "Right or wrong and the points for each revealed question, for /leaderboard and /me."
)
APPEALS = NP_("{n} appeal", "{n} appeals")
APPEALS_WHY = N_("Why you asked a moderator to look at a grade, and when.")
REVIEWS = NP_("{n} review", "{n} reviews")
REVIEWS_WHY = N_(
    "What a moderator decided on an explanation of yours. An accepted wording may be remembered: "
    "the grader then knows it as right when it grades others in that server."
)
DRAFTS = NP_("{n} draft", "{n} drafts")
DRAFTS_WHY = N_("Questions that you wrote or uploaded here and have not saved in a bank yet.")
SCHEDULES = NP_("{n} schedule", "{n} schedules")
SCHEDULES_WHY = N_("That you made it, so that the other moderators know whom to ask.")
DECIDED = NP_("{n} decision", "{n} decisions")
DECIDED_WHY = N_("That you decided a review as a moderator, so that the others know whom to ask.")
SKIPS = NP_("{n} skipped review", "{n} skipped reviews")
SKIPS_WHY = N_("So that you see them after the rest.")
CONSENT = N_("Your consent to training")
CONSENT_WHY = N_(
    "Explanations of yours that a moderator reviewed may be used to train the grader, without "
    "your name or id. /privacy training off takes it back."
)
AUDIT = NP_("{n} action as a moderator", "{n} actions as a moderator")
AUDIT_WHY = N_("What you changed and when, so that moderators can see who did what.")

WHO = N_("Who sees it")
WHO_TEXT = N_(
    "Your points and place are visible in the server. Your hints, explanations and grades are "
    "shown to you alone; an explanation that needs a review is shown to moderators too, with your "
    "name only once they have decided. Your answers are shown to you alone as well, unless a "
    "question leaves reactions under its post. "
    "Whoever runs me can read the database."
)
RIGHTS = N_("What you can do")
RIGHTS_TEXT = N_(
    "/privacy export gives you all of it as a file. /privacy delete deletes it. Backups that were "
    "made before keep it until they are replaced; the newest {backups} are kept. Your words train "
    "nothing unless you turn it on with /privacy training."
)

FILE = N_(
    "Everything I keep about you. For a question that is still open, the file leaves out which "
    "key points are missing; after its reveal they are in it."
)

CONFIRM_TITLE = N_("Delete everything I keep about you?")
CONFIRM = N_(
    "In all servers, and for good:\n{list}\n\n"
    "Your points and streak begin again at nothing. The totals of past questions stay as they "
    "are, with nothing in them that names you. If you want a copy, use /privacy export first."
)
FORGOTTEN_SCHEDULES = NP_(
    "your name on {n} schedule, which goes on without it",
    "your name on {n} schedules, which go on without it",
)
FORGOTTEN_REVIEWS = NP_(
    "your name on {n} review that you decided, which stands without it",
    "your name on {n} reviews that you decided, which stand without it",
)
FORGOTTEN_ACTIONS = NP_(
    "your name on {n} action as a moderator, which stays on record without it",
    "your name on {n} actions as a moderator, which stay on record without it",
)
DELETE_BUTTON = N_("Delete my answers, hints, explanations and points")
KEEP_BUTTON = N_("Keep everything")
KEPT = N_("Nothing was deleted.")
NOTHING_TO_DELETE = N_("I keep nothing about you, so there is nothing to delete.")
DELETED_TITLE = N_("Deleted")
DELETED = N_(
    "Gone, in all servers:\n{list}\n\n"
    "I keep nothing about you now. What stands in channels stays until a moderator deletes it."
)
REACTIONS_LEFT = N_(
    "I could not take away your reaction to the open question in {channels}. "
    "Please take it away yourself, or it will count as a new answer."
)
