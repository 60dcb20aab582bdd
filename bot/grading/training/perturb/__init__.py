"""Hard negatives and hard positives for training: each generator makes one pair of another, with
the label that the new text deserves, or nothing where it is not sure. The word lists lie beside
the code as TOML. The attacks of bot/grading/evaluation are other code and other lists, on purpose.

Read by hand: of 40 texts drawn by each generator from the correct answers and references of
SciEntsBank, Beetle and SAF (training splits) and the bank's explanations, how many deserve their
label (2026-11-23; `python -m bot.grading.training.perturb FILE` prints more of them):

| generator | of 40 | what went wrong |
|---|---|---|
| negate, affirm | 40, 39 | |
| deny, denied_negation | 38, 38 | a fragment taken for a sentence, before the last rules |
| flip_answer, contradict_after | 40, 40 | |
| hedge | 40 | five are clumsy |
| antonym | 37 | a word of a name or a side remark: 'an evaporation dish' |
| number | 28 of 31 | a number that does not decide: 'in 20 minutes' |
| swap | 39 | |
| mirrored, mirrored_both | 37, 39 | an antonym that leaves the rest true |
| without_key_words | 36 | enough is left: 'there were [gas] bubbles' |
| cut_off, other_answer | 39, 40 | |
| synonyms, typos | 38, 39 | 'string' that becomes 'sting' |
| contractions, framed | 39, 40 | |
| sentence_order, clause_order | 39, 39 | |

The rest put together what is wrong or right by the way it is made: echoes, lists, shuffles,
evasions, tricks around wrong answers; casing, marks, markdown, spelling, padding, fillers.
"""

from bot.grading.training.perturb.table import (
    GENERATORS,
    NEGATIVES,
    POSITIVES,
    WRONG,
    Generator,
    negatives,
    of_reference,
    positives,
)

__all__ = [
    "GENERATORS",
    "NEGATIVES",
    "POSITIVES",
    "WRONG",
    "Generator",
    "negatives",
    "of_reference",
    "positives",
]
