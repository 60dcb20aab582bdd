"""HTML and Markdown as members will see them."""

import pytest

from bot.bank.formats.literal import literal
from bot.bank.formats.rich import from_auto, from_html, split_code, with_code


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p>\n<p>Two &amp; three</p>", "One\nTwo & three"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("x<sup>2</sup> and H<sub>2</sub>O", "x^2 and H_2O"),
        ("<b>a</b> <em>b</em> <code>c</code> <u>d</u>", "**a** *b* `c` __d__"),
        ("if a < b and b > c", "if a < b and b > c"),
        ("Map<String, int>", "Map<String, int>"),
        ("a&nbsp;b   c", "a b c"),
        ('see <a href="https://example.org/x">this</a>', "see [this](https://example.org/x)"),
        ('<a href="javascript:alert(1)">this</a>', "this"),
        ("<p>__init__ and <code>__new__</code></p>", r"\_\_init\_\_ and `__new__`"),
        ("M*A*S*H", r"M\*A\*S\*H"),
        ("a<!-- b -->c <!-- d", "ac <!-- d"),
        ('<img alt="a > b">c', "c"),
        ("<pre>if x:\n    y()</pre>", "```python\nif x:\n    y()\n```"),
        ('<pre class="language-java"><code>int x;</code></pre>', "```java\nint x;\n```"),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ol>", "1. a\n2. b\n- c\n3. d"),
        ('<ol type="a" start="2"><li>x</li><li>y</li></ol>', "b. x\nc. y"),
        (
            "<table><tr><th>x</th><th>y</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "x | y\n1 | 2",
        ),
        ('<link rel="stylesheet" href="x.css"><o:p></o:p><abbr>a</abbr> <mark>b</mark>', "a b"),
        ("<figure><figcaption>a</figcaption></figure>b", "a\nb"),
        (r"<p>\(x^2\)</p>", r"\\(x^2\\)"),
    ],
)
def test_html(html: str, text: str):
    assert from_html(html).text == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2*3", "2*3"),
        ("2*3*4", r"2\*3\*4"),
        ("snake_case_name", "snake_case_name"),
        ("__init__", r"\_\_init\_\_"),
        ("an _x_ and _y", r"an \_x\_ and \_y"),
        ("a || b", "a || b"),
        ("||a||", r"\|\|a\|\|"),
        ("~~a~~", r"\~\~a\~\~"),
        ("`a` b", r"\`a\` b"),
        ("a\\*b", r"a\\*b"),
        ("C:\\dir", "C:\\dir"),
        (r"\(x\) and \alpha", r"\\(x\\) and \alpha"),
        ("# one\n> two", "\\# one\n\\> two"),
    ],
)
def test_plain_text_shows_as_it_is(text: str, shown: str):
    assert literal(text) == shown


def test_what_a_post_cannot_show_is_told():
    rich = from_html('<img alt="a map"><img alt="a map"><video></video><script>x()</script>')
    assert rich.text == ""
    assert rich.media == ("a picture (a map)", "a video")
    assert rich.hidden == ("a script",)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (
            '<img class="equation_image" alt="LaTeX: x^2" data-equation-content="x^2">',
            "a formula (x^2)",
        ),
        ('<embed src="a.swf">', "an embedded object"),
        ('1 + 1 = <input type="text">', "a field to fill in"),
    ],
)
def test_formulas_and_fields_are_called_what_they_are(html: str, shown: str):
    assert from_html(html).media == (shown,)


def test_moodles_auto_format_keeps_lines():
    assert from_auto("one\n   two").text == "one\ntwo"
    assert from_auto("one\n<b>two</b>").text == "one\n**two**"


@pytest.mark.parametrize("code", ["print(1)", 'x = """```\n```"""', "a\n\nb"])
def test_code_comes_back_from_its_fence(code: str):
    assert split_code(with_code("What is it?\n```\nb", code)) == ("What is it?\n```\nb", code)


def test_a_fence_of_another_language_stays_where_it_is():
    text = "What is it?\n```java\nint x;\n```"
    assert split_code(text) == (text, None)


def test_the_last_of_several_fences_is_the_code():
    text = "One:\n```\na\n```\ntwo:\n```python\nb\n```"
    assert split_code(text) == ("One:\n```\na\n```\ntwo:", "b")
