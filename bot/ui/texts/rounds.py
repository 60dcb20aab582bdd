"""What stands in a post and in its reveal."""

from bot.ui.texts import N_, NP_

SOURCE = N_("{bank} · {topic}")
FOOTER = N_("Difficulty {stars} · {points} points")
LATE = N_("This one is late, it was due <t:{due}:f>. You have the full time all the same.")
HOW_CONCEALED = N_(
    "Answer with a reaction, {first} to {last}. I put it away once it is stored, so nobody sees "
    "what you chose. You can change your mind until the reveal."
)
HOW_OPEN = N_(
    "Answer with a reaction, {first} to {last}. You can change or withdraw it until the reveal."
)
CLOSES = N_("Closes <t:{closes}:R>.")
CLOSES_EXPLAIN = N_(
    "Closes <t:{closes}:R>. Say why you think so with **Explain**: it is graded for you."
)

REVEALED = N_("The answer is {key}")
OPTION_KEY = N_("{letter} **{option}** ✅")
OPTION = N_("{letter} {option}")
NOBODY = N_("Nobody answered this time.")
ANSWERED = NP_("**One answer:** {choices}.", "**{n} answers:** {choices}.")
CHOICE = N_("{letter} {share} %")
EXPLAINED = NP_("One explanation was written.", "{n} explanations were written.")
BEST = N_("Best of the day")
BEST_LINE = NP_("{place} <@{user}> with one point", "{place} <@{user}> with {n} points")
CHART = "answers.png"
CHART_ALT = N_("Bar chart. {bars}. The right answer is {key}.")
CHART_BAR = NP_("{letter}: one answer", "{letter}: {n} answers")
READ_MORE = N_("Where to read more")

CANCELLED = N_("This question was cancelled. Nobody gains or loses points by it.")

THREAD_NAME = N_("Discuss: {topic}, {date}")
THREAD_START = N_("The question above is answered. What made it hard, and what helped?")

PAUSED = N_(
    "The schedule **{schedule}** is paused. {reason} "
    "When that is done, start it again with `/schedule resume`."
)
TROUBLE = N_("There is trouble with a question in <#{channel}>. {reason}")
