"""How texts of a bank are compared: normal forms, words, and which options a text names."""

import re
import unicodedata

from bot.domain.question import Question

_WORD = re.compile(r"[^\W_]+(?:[.,'’_-][^\W_]+)*(?: ?%)?")


def words(text: str) -> list[str]:
    """Return the words and numbers of a text: NFKC, case-folded, '50 %' and '0.50' as one each."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return [word.replace(" ", "") for word in _WORD.findall(normal)]


def normal(text: str) -> str:
    """Return a text's words with single spaces between them."""
    return " ".join(words(text))


def named_by_print(question: Question, printed: str) -> set[str]:
    """Return the letters of the options that a program's output stands for.

    Options that equal the output; where none does, options that hold it as a whole token ('1.00'
    is in 'It is 1.00, always' but not in '11.00' or '-1.00'). A program written for the
    question (`program.source`) may print the letter instead. White space counts once.
    """
    output = " ".join(printed.split())
    if question.program and question.program.source and output in tuple(question.letters):
        return {output}
    options = {
        letter: " ".join(option.strip("`").split())
        for letter, option in zip(question.letters, question.options, strict=True)
    }
    equal = {letter for letter, option in options.items() if option == output}
    if equal or not output:
        return equal
    token = re.compile(rf"(?<![\w.+-]){re.escape(output)}(?!\w|[.,]\w)")
    return {letter for letter, option in options.items() if token.search(option)}
