"""What is said around a server's own questions: writing, finding, trying and resting them."""

from bot.ui.texts import N_, NP_

GROUP = N_("Write, find and try this server's questions, and see how they do (moderators)")
ADD = N_("Write a question for this server's own bank; you see it before it is saved")
EDIT = N_("Change one of this server's own questions; past rounds keep the old one")
SHOW = N_("Show all of a question, with its answer; only you see it")
SEARCH = N_("Find questions by words, topic and difficulty")
RETIRE = N_("Stop asking one of this server's own questions; it is never deleted")
RESTORE = N_("Ask a retired question of this server again")
TRY = N_("Try a question as members will see it; nothing of it counts")

OPTIONS = {
    "topic": N_("What it is about, as members read it, such as: Capitals"),
    "difficulty": N_("How hard it is, from 1 (easy) to 5 (hard); 2 if left out"),
    "bank": N_("Which of this server's banks it goes to; type a new title to begin one"),
    "question": N_("The question: type some of its words and choose"),
    "retired": N_("The retired question: type some of its words and choose"),
    "text": N_("Words of the question, or its id"),
    "search_topic": N_("Only questions about this"),
    "search_difficulty": N_("Only questions this hard, from 1 (easy) to 5 (hard)"),
    "search_bank": N_("Only questions of this bank"),
    "search_retired": N_("Look among this server's retired questions instead"),
}
OWN_BANK = N_("Our own questions")
CHOICE = N_("{prompt} · {bank}")

ASK_TITLE = N_("The question")
HELP_TITLE = N_("Hints and key points")
ABOUT_TITLE = N_("Topic and source")
INPUTS = {
    "prompt": N_("What do you ask?"),
    "code": N_("Code below it (Python)"),
    "options": N_("Options, one a line, 2 to 6"),
    "answer": N_("Letter of the right one"),
    "explanation": N_("Why is it right?"),
    "hint_1": N_("Hint 1"),
    "hint_2": N_("Hint 2"),
    "hint_3": N_("Hint 3"),
    "key_points": N_("Key points, one a line, up to 4"),
    "misconceptions": N_("What each wrong option shows"),
    "topic": N_("Topic"),
    "difficulty": N_("Difficulty, 1 (easy) to 5 (hard)"),
    "source": N_("Source"),
    "licence": N_("Licence"),
}
ABOUT_INPUTS = {
    "code": N_("Leave it empty if there is none."),
    "options": N_("The first line is A, the second B, and so on."),
    "answer": N_("A, B, C, D, E or F"),
    "explanation": N_("Shown at the reveal; members' explanations are graded by it. May be empty."),
    "hint_1": N_("A nudge. Without hints, members are told that there are none."),
    "hint_2": N_("A narrowing."),
    "hint_3": N_("Nearly there, but not the words of an option."),
    "key_points": N_("The ideas that a complete explanation contains, each a sentence."),
    "misconceptions": N_("One a line, such as: B: Takes the sum for the mean."),
    "source": N_("Where it can be checked; shown at the reveal."),
    "licence": N_("Such as CC-BY-SA-4.0; leave it empty if you wrote it."),
}

BUTTONS = {
    "ask": N_("Question"),
    "help": N_("Hints and key points"),
    "about": N_("Topic and source"),
    "save": N_("Save"),
    "drop": N_("Discard"),
}
NEW_IN = N_("A new question for **{bank}**. Nothing is saved yet.")
CHANGE_IN = N_("A change to a question of **{bank}**. Nothing is saved yet.")
CONTINUED = N_("You began this before and have not saved it.")
WRONG = N_("To put right before it can be saved")
REMARKS = N_("Worth a second look")
MISSING = N_("It has no {missing}. It can be asked all the same.")
ADDED = N_("Saved in **{bank}**: {prompt}")
CHANGED = N_("Changed in **{bank}**. The old one stays with its past rounds: {prompt}")
DROPPED = N_("The draft is gone; the bank is as it was.")
RETIRED = N_("Not asked any more: {prompt}\n/question restore takes it back.")
RESTORED = N_("Asked again: {prompt}")
SHIPPED = N_(
    "This question comes with the bot, in the bank **{bank}**, and is the same in every server. "
    "Copy it into a bank of your own, and you can change the copy."
)
COPY = N_("Copy it into our bank")

FIELDS = {
    "explanation": N_("Explanation"),
    "hints": N_("Hints"),
    "key_points": N_("Key points"),
    "misconceptions": N_("Misconceptions"),
    "source": N_("Source"),
    "licence": N_("Licence"),
}
TITLE = N_("{bank} · {topic} · difficulty {difficulty}")
NO_PROMPT = N_("(no question yet)")
CUT = N_("Some of it is too long for one message; the file has all.")

FOUND = NP_("One question", "{n} questions")
FOUND_NONE = N_("No question is like that. Leave something out, or use other words.")
FOUND_LINE = N_("**{prompt}**\n{bank} · {topic} · difficulty {difficulty} · `{id}`")
FOUND_MORE = NP_("… and one more. Narrow the search.", "… and {n} more. Narrow the search.")

TRY_HOW = N_(
    "A dry run: only you see it, and nothing of it counts. Answer by a button here; in the channel "
    "it is a reaction."
)
TRY_RIGHT = N_("{letter} is right.")
TRY_WRONG = N_("{letter} is wrong.")
TRY_BELIEVES = N_("What it shows: {misconception}")
TRY_HINT = N_("Hint {level}")
TRY_EXPLAIN = N_("Explain")
TRY_GRADED = N_("A dry run: this is what a member sees after the reveal.")
