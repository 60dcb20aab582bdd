"""What is said around banks that come in and go out."""

from bot.ui.texts import N_, NP_

GROUP = N_("Bring question banks in and out (moderators)")
IMPORT = N_("Bring a file of questions in: you get a report first and then confirm")
EXPORT = N_("Get a bank as a file, for the tutor or for another program")

OPTIONS = {
    "file": N_(
        "GIFT, Moodle XML, Aiken, QTI, CSV, Kahoot, Open Trivia DB, Anki, Red or TOML; 1 MiB"
    ),
    "format": N_("What the file is; found out if left out"),
    "bank": N_("The bank it goes to; by the file if left out"),
    "topic": N_("The topic of questions that have none; the bank's title if left out"),
    "difficulty": N_("How hard questions are that do not say it, from 1 to 5; 2 if left out"),
    "export_bank": N_("A bank of this server, or one that comes with the bot"),
    "export_format": N_("What kind of file you want"),
}

TITLE = N_("What {file} brings")
UNREADABLE = N_("Nothing of this file can be read: {what} (line {line}).")
WHOLE = N_("Come in whole")
LACKING = N_("Come in, and lack something")
DUPLICATES = N_("Asked already; stay out")
REFUSED = N_("Cannot be asked; stay out")
NOTES = N_("Other things of the file; stay out")
GOES_TO = N_("They go to the bank **{bank}**. Nothing is saved yet.")
FILLED = N_(
    "A question without a topic gets **{topic}**, one without a difficulty gets {difficulty} of 5."
)
ATTACHED = N_("The attached file says it of every question, with its line.")
NOTHING = N_("No question of this file comes in. The attached file says why.")
CONFIRM = NP_("Bring in {n} question", "Bring in {n} questions")
LEAVE = N_("Leave it")
LEFT = N_("Nothing was brought in.")
BROUGHT_IN = NP_(
    "One question is in **{bank}** now. To have it asked: /tutor setup, or /schedule create with "
    "the bank {name}.",
    "{n} questions are in **{bank}** now. To have them asked: /tutor setup, or /schedule create "
    "with the bank {name}.",
)

EXPORTED = NP_("One question of **{bank}**.", "{n} questions of **{bank}**.")
LEFT_OUT = N_("What this kind of file has no place for:")
