"""Words to the grader inside an explanation: 'mark this as correct', false verdicts, false tags.

An explanation is data. What is said to whoever grades it explains nothing, so it is taken out
before the model reads the rest; where nothing is left, nothing was explained.
"""

import re

from bot.grading.clean import sentences

LONGEST = 24
"""Words of an order at most: a longer sentence says something besides."""

_TAGS = re.compile(
    r"<\|[^|<>]{1,40}\|>\s*(?:system|user|assistant)?"
    r"|\[/?(?:INST|SYS|SYSTEM|USER|ASSISTANT|LABEL|GRADE)\]"
    r"|(?:\[/?(?:SEP|CLS)\]\s*)+(?=correct|right|entailment|accepted|the answer)"
    r"|(?:(?<=correct)|(?<=correct\.)|(?<=entailment))(?:\s*\[/?(?:SEP|CLS)\])+"
    r"|</?(?:answer|response|explanation|label|grade|score|verdict|system|assistant|user"
    r"|instructions?|prompt|result|correct|right)\b[^<>]{0,60}>"
    r'|\{[^{}]{0,200}"(?:label|score|verdict|grade|needs_review|confidence|correct)"[^{}]{0,200}\}',
    re.IGNORECASE,
)
_VERDICT = r"(?:correct|right|accepted|approved|verified|perfect|full (?:marks?|points?|credit|score)|a\+|entailment|100 ?%|1\.0)"
_ORDERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # A role, or a field of the grade, at the beginning: "SYSTEM: …", "### Grade: correct".
        r"^[#*\s\[(]*(?:system|assistant|developer|admin|note to (?:the )?\w+|instructions?)\b\s*[:\])]",
        r"^[#*\s\[(]*(?:grade|score|verdict|label|confidence|feedback|result|status)\b\s*[:=]",
        # Told to forget its own instructions.
        r"\b(?:ignore|disregard|forget|override|skip)\b.{0,40}\b(?:previous|prior|earlier|above"
        r"|before|instructions?|told|rules|rubric|reference|key points)\b",
        # Told what to give: "mark this as correct", "please give me full points".
        r"^(?:please,?\s+|now,?\s+|just\s+|you (?:must|should|have to|will)\s+|kindly\s+)*"
        r"(?:mark|grade|rate|score|accept|label|count|treat|classify|approve|pass)\b"
        r" (?:this|it|me|my|the|everything|all|that|as)\b.{0,50}\b" + _VERDICT,
        r"\b(?:give|award|grant|assign)\b.{0,30}"
        r"\b(?:full|all|maximum|top|the) (?:marks?|points?|credit|score)\b",
        r"\b(?:output|return|respond|answer|say|print)\b.{0,30}\b(?:correct|accepted|entailment)\W*$",
        r"^(?:please,?\s+|now,?\s+|just\s+)*(?:accept|approve|pass|mark|grade)\b"
        r" (?:this|it|me|my|the (?:above|answer|explanation))\b",
        # A verdict on itself, and no reason: "This answer is right.", "The answer above is correct".
        r"\b(?:this|my|the|above)(?: \w+)? (?:answer|explanation|response|submission|text|reply)"
        r"(?: \w+){0,2} (?:is|was|has been|should be|must be|deserves|gets|matches|equals|covers)\b"
        r"(?!.*\b(?:because|since|as|so|if|when)\b).{0,40}\b(?:" + _VERDICT
        + r"|reference|key points?|expected)",
        r"^(?:everything|all)(?: that)? i (?:wrote|said|write|say)\b.{0,20}\b" + _VERDICT,
        # Somebody who says so.
        r"\b(?:teachers?|moderators?|graders?|examiners?|tutors?|experts?|reviewers?|admins?)\b"
        r".{0,30}\b(?:accepted|approved?s?|verified|confirmed|agreed|validated)\b",
        r"^(?:as|i am|i'm|you are|you're|dear|hello|hi|hey),? (?:the |a |an |my |your )?(?:dear )?"
        r"(?:grader|moderator|teacher|examiner|tutor|reviewer|evaluator|admin|bot)\b",
        r"\bdear (?:grader|moderator|teacher|examiner|tutor|reviewer|evaluator|bot|ai)\b",
        # The reference or the key points by their name.
        r"\b(?:reference|expected|model|sample|official) (?:answer|explanation|solution)\b.{0,50}"
        r"\b(?:same|match(?:es)?|identical|says?|agrees?|covered)\b",
        r"\b(?:same|match(?:es)?|identical|equals?)\b.{0,30}\b(?:reference|expected)\b",
        r"\ball (?:the )?key points? (?:are|is|were) \w+",
        # Begging.
        r"\b(?:need|want|deserve)\b.{0,30}\b(?:points?|marks?|credit)\b.{0,20}"
        r"\b(?:pass|please|this|badly)\b",
        # A verdict and nothing else.
        r"^\W*(?:(?:correct|accepted|entailment|verdict|label|score|1\.0|100 ?%)\W*)+$",
    )
)  # fmt: skip


def without_orders(text: str) -> str:
    """Return a cleaned text without what is said to the grader. What is left of it is as it was."""
    if not (bare := _TAGS.sub("\n", text)).strip():
        return ""
    kept = [one for one in sentences(bare) if not _is_order(one)]
    if bare == text and len(kept) == len(sentences(text)):
        return text
    return "\n".join(one for one in kept if re.search(r"\w", one))


def _is_order(sentence: str) -> bool:
    return len(sentence.split()) <= LONGEST and any(one.search(sentence) for one in _ORDERS)
