"""What is said around explanations and their grades. Nothing here gives an answer away."""

from bot.ui.texts import N_, NP_

COMMAND = N_("Explain your answer to the question in this channel; only you see the result")
BUTTON = N_("Explain")

MODAL_TITLE = N_("Explain your answer")
MODAL_LABEL = N_("Why is it so?")
MODAL_ABOUT = N_(
    "In your own words, in full sentences. Attempt {attempt} of {allowed}; the best counts."
)
MODAL_PLACEHOLDER = N_("It does this because …")

STORED = N_("Stored. Grading …")
STORED_IN_QUEUE = NP_(
    "Stored. {n} explanation is before yours; grading …",
    "Stored. {n} explanations are before yours; grading …",
)
LATER = N_(
    "Stored. The grader is away right now; yours will be graded when it is back, "
    "and I'll send you the result."
)

TITLE = N_("Your explanation")
CORRECT = N_("**Looks right.**")
INCORRECT = N_("**Not there yet.**")
CONTRADICTORY = N_("**Something in it contradicts the answer.**")
ACCEPTED = N_("**A moderator read it and says that it is right.**")
PARTLY = N_("**A moderator read it and says that it is right in part.**")
REJECTED = N_("**A moderator read it and does not count it as an explanation.**")
PENDING = N_("It is stored and waits for the grader; I'll send you the result.")
SCORE = N_("{bar} {percent} %")

NUDGE_MORE = NP_(
    "There is one more point to it. What else has to be true?",
    "There are {n} more points to it. What else has to be true?",
)
NUDGE_ROUGH = N_("It goes the right way. Now say it step by step: what leads to what?")
NUDGE_WRONG = N_("Say what happens step by step, and why. A hint may help.")
NUDGE_CONTRADICTORY = N_(
    "Check each sentence against the question: one of them points the other way."
)
NUDGE_SENTENCE = N_(
    "Check this sentence of yours against the question, it points the other way: “{quote}”"
)
NUDGE_PARTLY = NP_(
    "{n} of {points} points is in it, and that alone does not explain it. What follows from it?",
    "{n} of {points} points are in it, but they do not explain it yet. What leads to what?",
)
COPIED = N_("Those are nearly my own words for it; next time try yours.")
COMPARE = N_("Compare yours with the full explanation below, point by point.")
NUDGE_LAST = N_("That was your last attempt; the reveal will show the full explanation.")

FLAGS = {
    "empty": N_("I found no words in it. Write one or two sentences."),
    "too_short": N_("That is too short to be an explanation. Write one or two sentences."),
    "gibberish": N_("I could not read it. Write one or two plain sentences."),
    "echo": N_("That is the question in its own words. Say why the answer holds."),
    "keyword_list": N_("Those are the words of an explanation; now join them into sentences."),
    "undecided": N_("You leave open which of the two it is. Decide for one, and say why."),
    "taken_back": N_("Two of your sentences say opposite things. Keep the one that you mean."),
    "injection": N_("I left out what was said to me and graded the rest."),
    "language": N_("I can grade English only for now. Try it in English, as plainly as you like."),
}
"""What to do about a text that was refused or not read whole, by flag."""

COVERED = N_("What you covered")
COVERED_COUNT = N_("You covered {covered} of {points} points.")
MISSING = N_("What was missing")
CONTRADICTED = N_("What you contradicted")
REFERENCE = N_("The full explanation")
POINT = N_("• {point}")
POINT_AGAINST = N_("• {point}\nYou wrote: “{quote}”")

ATTEMPTS_LEFT = NP_("You have one attempt left.", "You have {n} attempts left.")
BEST = N_("Your best explanation of {used} scored {percent} %; it is the one that counts.")
BEST_NONE = N_("None of your explanations has been accepted yet.")
UNSURE = N_("I am not sure about this one, so a moderator will look at it.")
APPEALED = N_("You asked for a review; a moderator will look at it.")
EARLIER = N_("This one was graded while you were away:")
REVIEWED = N_("A moderator looked at this one:")
