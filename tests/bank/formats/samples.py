"""A file of each format as its own program writes it, small enough to read.

Their long lines are as those programs write them.
"""
# ruff: noqa: E501

import io
import zipfile
from collections.abc import Sequence

import openpyxl

TOML = """title = "Capitals"
topic = "Geography"

[[question]]
id = "capital-of-france"
prompt = "What is the capital of France?"
options = ["Lyon", "Paris"]
answer = "B"

[[question]]
prompt = "What is the capital of Peru?"
options = ["Lima", "Cusco"]
answer = "A"
hints = ["It lies by the sea."]
"""

GIFT = r"""// question: 4711  name: Switch category to $course$/top/History
$CATEGORY: $course$/top/History

// question: 4712  name: Grant's tomb [id:grants-tomb] [tag:easy]
::Grant's tomb::[html]<p>Who is buried in <b>Grant's tomb</b>?</p>{
	=<p>Grant</p>#<p>He is.</p>
	~<p>No one</p>#<p>Until 1897.</p>
	~%50%<p>Grant and his wife</p>
	####<p>It stands in New York.</p>
}

// a word from the author
Grant is {~buried =entombed ~living} in Grant's tomb.

The sun rises in the east.{T#It does.#Right.}

1 + 2 \= 4{FALSE}

Who wrote it? {=Grant =%50%Ulysses #Nearly}

When was he born? {#1822:5}

::pairs::Match. {=cat -> cat food =dog -> dog food}

Write about him. {}

Read this first.

Which are colours? {~%50%red ~%50%blue ~%-100%seven}
"""

MOODLE_XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0  -->
  <question type="category">
    <category><text>$course$/top/Default for Biology</text></category>
    <info format="moodle_auto_format"><text></text></info>
    <idnumber></idnumber>
  </question>
<!-- question: 12  -->
  <question type="multichoice">
    <name><text>Cells 1</text></name>
    <questiontext format="html"><text><![CDATA[<p>What makes <em>ATP</em>?</p>]]></text></questiontext>
    <generalfeedback format="html"><text><![CDATA[<p>Respiration ends there.</p>]]></text></generalfeedback>
    <defaultgrade>1.0000000</defaultgrade>
    <penalty>0.3333333</penalty>
    <hidden>0</hidden>
    <idnumber>cells-1</idnumber>
    <single>true</single>
    <shuffleanswers>true</shuffleanswers>
    <answernumbering>abc</answernumbering>
    <correctfeedback format="html"><text>Your answer is correct.</text></correctfeedback>
    <incorrectfeedback format="html"><text>Read chapter 3.</text></incorrectfeedback>
    <answer fraction="0" format="html">
      <text><![CDATA[<p>The nucleus</p>]]></text>
      <feedback format="html"><text><![CDATA[<p>It keeps the DNA.</p>]]></text></feedback>
    </answer>
    <answer fraction="100" format="html">
      <text><![CDATA[<p>The mitochondrion</p>]]></text>
      <feedback format="html"><text></text></feedback>
    </answer>
    <hint format="html"><text>It has a membrane in folds.</text></hint>
    <hint format="html"><text>It has DNA of its own.</text></hint>
    <tags><tag><text>cells</text></tag><tag><text>difficulty:2</text></tag></tags>
  </question>
  <question type="truefalse">
    <name><text>Plants</text></name>
    <questiontext format="plain_text"><text>Plants breathe.</text></questiontext>
    <answer fraction="100"><text>true</text><feedback><text></text></feedback></answer>
    <answer fraction="0"><text>false</text><feedback><text>They do.</text></feedback></answer>
  </question>
  <question type="multichoice">
    <name><text>Picture</text></name>
    <questiontext format="html"><text><![CDATA[<img src="@@PLUGINFILE@@/cell.png" alt="a cell"> Which?]]></text>
      <file name="cell.png" path="/" encoding="base64">aGVsbG8=</file>
    </questiontext>
    <answer fraction="100"><text>this</text></answer>
    <answer fraction="0"><text>that</text></answer>
  </question>
  <question type="shortanswer"><name><text>S</text></name>
    <questiontext><text>Name it.</text></questiontext>
    <answer fraction="100"><text>cell</text></answer></question>
  <question type="cloze"><name><text>C</text></name>
    <questiontext><text>{1:SA:=x}</text></questiontext></question>
</quiz>
"""

AIKEN = """What is the correct answer to this question?
A. Is it this one?
B. Maybe this answer?
C. Possibly this one?
ANSWER: C

Which LMS has the most
quiz import formats?
A) Moodle
B) ATutor
ANSWER: A
"""

CSV = """Question;Option A;Option B;Option C;Correct Answer;Feedback;Level;Teacher
"What is 2; or 3?";one;two;;B;Because.;easy;Ann
What is 4?;four;five;six;four;;hard;
"""

OPENTDB = """{"response_code":0,"results":[
{"type":"multiple","difficulty":"easy","category":"Science &amp; Nature",
 "question":"What does &quot;DNA&quot; carry?","correct_answer":"Genes",
 "incorrect_answers":["Light","Heat","Sound &lt;loud&gt;"]},
{"type":"boolean","difficulty":"hard","category":"History",
 "question":"Rome wasn&#039;t built in a day.","correct_answer":"True",
 "incorrect_answers":["False"]}]}
"""

ANKI = """#separator:tab
#html:true
#notetype column:1
#deck column:2
#tags column:8
#columns:notetype\tdeck\tQuestion\tOption A\tOption B\tAnswer\tExtra\ttags
MC\tBio\tWhat is <b>ATP</b>?\tfuel\tfood\tA\tsee p. 3\tcells
Basic\tBio\tfront\t\t\tback\t\t
"""

RED = """AUTHOR: Kowlin
"Who wrote Hamlet?":
- Shakespeare
- William Shakespeare
Is the Earth round?:
- yes
The Earth is flat.:
- "false"
"""

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="g1" xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1">
<resources><resource identifier="g2" type="imsqti_xmlv1p2">
<file href="g2/g2.xml"/></resource></resources></manifest>
"""


def qti_item(kind: str, body: str, title: str = "Question") -> str:
    return f"""<item ident="i1" title="{title}">
<itemmetadata><qtimetadata>
<qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield>
<qtimetadatafield><fieldlabel>points_possible</fieldlabel><fieldentry>1.0</fieldentry></qtimetadatafield>
</qtimetadata></itemmetadata>
{body}
</item>"""


MULTIPLE = qti_item(
    "multiple_choice_question",
    """<presentation>
<material><mattext texttype="text/html">&lt;div&gt;&lt;p&gt;Which is &lt;em&gt;prime&lt;/em&gt;?&lt;/p&gt;&lt;/div&gt;</mattext></material>
<response_lid ident="response1" rcardinality="Single"><render_choice>
<response_label ident="4501"><material><mattext texttype="text/plain">Nine</mattext></material></response_label>
<response_label ident="4502"><material><mattext texttype="text/plain">Seven</mattext></material></response_label>
</render_choice></response_lid></presentation>
<resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>
<respcondition continue="Yes"><conditionvar><other/></conditionvar><displayfeedback feedbacktype="Response" linkrefid="general_fb"/></respcondition>
<respcondition continue="Yes"><conditionvar><varequal respident="response1">4501</varequal></conditionvar><displayfeedback feedbacktype="Response" linkrefid="4501_fb"/></respcondition>
<respcondition continue="No"><conditionvar><varequal respident="response1">4502</varequal></conditionvar><setvar action="Set" varname="SCORE">100</setvar></respcondition>
</resprocessing>
<itemfeedback ident="general_fb"><flow_mat><material><mattext texttype="text/html">&lt;p&gt;Only 1 and itself.&lt;/p&gt;</mattext></material></flow_mat></itemfeedback>
<itemfeedback ident="4501_fb"><flow_mat><material><mattext texttype="text/plain">3 times 3.</mattext></material></flow_mat></itemfeedback>""",
)
SEVERAL = qti_item(
    "multiple_answers_question",
    """<presentation><material><mattext texttype="text/html">Which are even?</mattext></material>
<response_lid ident="response1" rcardinality="Multiple"><render_choice>
<response_label ident="1"><material><mattext>2</mattext></material></response_label>
<response_label ident="2"><material><mattext>3</mattext></material></response_label>
<response_label ident="3"><material><mattext>4</mattext></material></response_label>
</render_choice></response_lid></presentation>
<resprocessing><respcondition continue="No"><conditionvar><and>
<varequal respident="response1">1</varequal><not><varequal respident="response1">2</varequal></not>
<varequal respident="response1">3</varequal></and></conditionvar>
<setvar action="Set" varname="SCORE">100</setvar></respcondition></resprocessing>""",
    "Even",
)
ESSAY = qti_item(
    "essay_question",
    "<presentation><material><mattext>Write.</mattext></material></presentation>",
    "Essay",
)
QTI = f"""<?xml version="1.0" encoding="UTF-8"?>
<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">
<assessment ident="g2" title="Numbers"><section ident="root_section">
{MULTIPLE}
{SEVERAL}
{ESSAY}
</section></assessment></questestinterop>
"""


def zipped(members: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def package() -> bytes:
    return zipped(
        {
            "imsmanifest.xml": MANIFEST,
            "g2/g2.xml": QTI,
            "g2/assessment_meta.xml": "<quiz xmlns='http://canvas.instructure.com/x'/>",
        }
    )


HEADER = (
    None,
    "Question - max 120 characters",
    "Answer 1 - max 75 characters",
    "Answer 2 - max 75 characters",
    "Answer 3 - max 75 characters",
    "Answer 4 - max 75 characters",
    "Time limit (sec) – 5, 10, 20, 30, 60, 90, 120, or 240 secs",
    "Correct answer(s) - choose at least one",
)


def sheet(*rows: Sequence[object]) -> bytes:
    """Kahoot's template: some rows of words, the header in row 8, then the questions."""
    book = openpyxl.Workbook()
    active = book.active
    assert active is not None
    active["B2"] = "Quiz template"
    for at, text in enumerate(HEADER, 1):
        active.cell(8, at, text)
    for number, row in enumerate(rows, 9):
        for at, value in enumerate((number - 8, *row), 1):
            active.cell(number, at, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(*rows: Sequence[object]) -> bytes:
    """A spreadsheet that is nothing but a table."""
    book = openpyxl.Workbook()
    active = book.active
    assert active is not None
    for row in rows:
        active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(row: int, column: int, value: object, shown: str) -> bytes:
    """Kahoot's template with a question, of which one cell is shown in a number format."""
    book = openpyxl.load_workbook(io.BytesIO(sheet(("q", "a", "b", None, None, None, 1))))
    active = book.active
    assert active is not None
    active.cell(row, column, value).number_format = shown
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def kahoot() -> bytes:
    return sheet(
        ("What is 7 * 6?", 42, "41", "43", None, 20, 1),
        ("Which are even?", "2", "3", "4", None, 30, "1,3"),
        (None, None, None, None, None, None, None),
    )


SAMPLES: dict[str, bytes] = {
    "toml": TOML.encode(),
    "gift": GIFT.encode(),
    "moodle-xml": MOODLE_XML.encode(),
    "aiken": AIKEN.encode(),
    "qti": package(),
    "csv": CSV.encode(),
    "kahoot": kahoot(),
    "opentdb": OPENTDB.encode(),
    "anki-notes": ANKI.encode(),
    "red": RED.encode(),
}
