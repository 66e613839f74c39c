"""What people read: placeholders, templates, damaged text, hidden characters."""

import time
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lint.checks import prose
from runbook_lint.documents import runbook
from runbook_lint.model import Item, Problem

Check = Callable[..., Iterable[Problem]]


def problems(check: Check, text: str, **options: object) -> list[Problem]:
    item: Item = runbook.read(text, "runbooks/a.md")[0]
    return list(check(item, item.fields["text"], **options))


def found(check: Check, text: str, **options: object) -> list[str]:
    """The texts that the problems point to."""
    return [text[each.span.start : each.span.end] for each in problems(check, text, **options) if each.span]


def placeholders(text: str, **options: object) -> list[str]:
    return found(prose.hold_no_placeholder, text, **options)


def templates(text: str) -> list[str]:
    return found(prose.hold_no_template, text)


def repaired(text: str) -> str:
    edits = [edit for problem in problems(prose.hold_no_mojibake, text) for edit in problem.edits]
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def hidden(text: str) -> list[tuple[str, str]]:
    """Case and code point of every problem."""
    each = problems(prose.hold_no_hidden_character, text)
    return [(problem.case or "pasted", problem.words["character"].split()[0]) for problem in each]


@pytest.mark.parametrize(
    "text",
    [
        "**Owner**: [Contact]",
        "- **Commander:** [Contact]  ",
        "Owner: [Your Team]",
        "Call [Your Team].",
        "Call \\[Your Team\\].",
        "See [INSERT LINK] for more",
        "The [link here] leads on",
        "**Tested**: ok [Date of last test]",
        "| A | [Engineering Manager] |\n|---|---|",
        "- [Phone number]",
        "- [ ] [Contact]",
        "# [Service Name] is down",
        "Ask <insert name here> first.",
        "**Owner**: <your-team>",
        "Lorem ipsum dolor",
        "TODO: write this",
        "- TODO write this",
        "Owner is TBD",
        "Phone: 555-XXX-XXXX",
        "**Owner**: tbd",
        "| Owner | `TBD` |\n|---|---|",
        '**Backup**: "TODO"',
        "XXX: is this right?",
        "[TODO: name the panel](https://example.com)",
        "---\nowner: TBD\n---\n# A",
        '---\nowner: "[Contact]"\n---\n# A',
        "---\nowner: [Your Team]\n---\n# A",
        '+++\nowner = "TODO"\n+++\n# A',
        "```\n**Contact**: TBD\n```",
        "```\nContact: TODO\n```",
        "> **Owner**: [Your Team]",
    ],
)
def test_what_nobody_filled_in_is_found_once(text: str) -> None:
    assert len(placeholders(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] done\n- [x] done",
        "[Your Team](https://example.com) [Contact][ref]\n\n[ref]: https://example.com",
        "See [Contact].\n\n[Contact]: https://example.com",
        "A note[^1] and [1] and [!NOTE]\n\n[^1]: that",
        "> [!NOTE]\n> text",
        "The range [5m], the level [ERROR], the ticket [ABC-123], an [optional] word, [--flag].",
        "# [Deprecated] Disk full",
        "- [Email] Retry is slow",
        "Severity: [Critical]",
        "Continue? [Yes/No]",
        "Press [Enter] to go on",
        "Write it to the TODO list. No TODO is left; each is marked as TODO.",
        'Search for "TODO" in the code',
        "See TODO.md, TODO-12, my-TODO, /TODO and AUTODOC",
        "`TODO` and `[Contact]`",
        "```sh\nkubectl logs <pod-name> # TODO\n[Contact]\n```",
        "```\n**Component**: [Component]\n**Contact**: [Contact]\n```",
        "```\n**ETA**: TBD\n```",
        "```\nsome TODO here\n```",
        "### Status template\n\n**Impact**: [Brief description]",
        "ssh to <your-bastion> first",
        '<!-- <insert name> --> <br> <address> <a name="x"></a>',
        "---\ntags: [contact, name] # TODO\n---\n# A",
        "Size XXX and volume XXX.",
        "- [Introduction to the storage layer]",
        "Status: todo",
        "| Tool | [etcd] |\n|---|---|",
        "N/A",
    ],
)
def test_other_brackets_and_words_are_no_placeholders(text: str) -> None:
    assert placeholders(text) == []


def test_template_sections_end_where_the_next_section_begins() -> None:
    text = "# A\n\n## Message template\n\n### Mail\n\nFrom: [Your Team]\n\n## Contacts\n\n- **Owner**: [Contact]\n"
    assert placeholders(text) == ["[Contact]"]


def test_words_are_an_option() -> None:
    assert placeholders("NYI: this\n\nTODO: that", words=["NYI"]) == ["NYI"]


def test_subjects_tell_places_of_one_runbook_apart() -> None:
    text = "- **Commander**: [Contact]\n- **Vendor**: [Contact]\n\n| Backup | [Contact] |\n|---|---|\n"
    subjects = [each.subject for each in problems(prose.hold_no_placeholder, text)]
    assert subjects == ["commander: [contact]", "vendor: [contact]", "backup: [contact]"]


@pytest.mark.parametrize(
    "text",
    [
        "**Last Updated**: $(date)",
        "Call ${TEAM} now",
        "Call {{ team }} now",
        "# {{title}}",
        "{% if x %}",
        "Call <% team %> now",
        "---\nowner: ${TEAM}\n---\n# A",
        '---\nowner: "{{ team }}"\n---\n# A',
        "```\n**Time**: $(date)\n```",
        "```\nTime: $(date)\n```",
        "    **Time**: ${NOW}",
    ],
)
def test_what_no_tool_expanded_is_found(text: str) -> None:
    assert len(templates(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "`$(date)`",
        "```sh\necho $(date) ${HOME} {{ x }}\n```",
        "```\necho $(date)\nimage: ${IMAGE}\n```",
        "```\n**Time**: 10:00\nAuthorization: Bearer ${TOKEN}\n```",
        '{{< ref "x" >}} {{% note %}} {% raw %} {% include note.md %} {{ site.url }}',
        "It costs $10, or $HOME",
        "$(n-1)!$ and $${a}^{b}$$ and ${x}_1$",
        "[x](https://example.com/{{ y }})",
    ],
)
def test_commands_shortcodes_and_mathematics_are_no_templates(text: str) -> None:
    assert templates(text) == []


def damaged(text: str, encoding: str = "cp1252", times: int = 1) -> str:
    """The text after its UTF-8 was read in another encoding."""
    for _ in range(times):
        octets = text.encode()
        text = "".join(bytes([each]).decode(encoding, "ignore") or chr(each) for each in octets)
    return text


LANGUAGES = ("àâçéèêëîïôùûüœ", "äöüß", "ãâáàçéêíóôõú", "áéíñóúü", "áäéíóôúýšž", "åäöæøð", "ąćęłńóśźż", "ășțî")
ASCII = "abcdefghijklmnopqrstuvwxyz"
WORD = st.sampled_from(LANGUAGES).flatmap(lambda accents: st.text(ASCII + accents * 2, min_size=2, max_size=8))
CASED = st.tuples(WORD, st.sampled_from([str.lower, str.upper, str.title])).map(lambda pair: pair[1](pair[0]))
CLOSING = st.sampled_from(["", "’", "”", "»", "…", "…”", "\u00a0»", "\u00a0€", " – ", "—", ".", "“", "™", "°"])


def is_written(text: str) -> bool:
    """Not one of the few sequences that a generator makes and no language has."""
    return not any(pair in text.lower() for pair in ("âœ", "ąœ"))


@given(
    st.lists(WORD | st.sampled_from("→✅🚨⚠🔥€’—шα"), max_size=6).filter(lambda words: is_written("".join(words))),
    st.sampled_from(["cp1252", "latin-1"]),
    st.integers(1, 3),
)
def test_damaged_text_is_found_and_repaired(words: list[str], encoding: str, times: int) -> None:
    text = " ".join(words)
    broken = damaged(text, encoding, times)
    assert bool(problems(prose.hold_no_mojibake, broken)) == (not text.isascii())
    assert repaired(broken) == text
    assert problems(prose.hold_no_mojibake, text) == []


@given(st.lists(st.tuples(CASED, CLOSING).map("".join).filter(is_written), max_size=8))
def test_correct_text_is_never_damage(words: list[str]) -> None:
    assert problems(prose.hold_no_mojibake, " ".join(words)) == []


@pytest.mark.parametrize(
    "text",
    [
        "São Paulo",
        "Ärger naïve Â É",
        "CAFÉ… “CAFÉ” «ÉTÉ»",
        "Spaß“ – „Maß“",
        "olé…”",
        "à\u00a0€5",
        "NÁŠ DÚŠOK",
        "IRMÃ”",
        "olá–€5",
        "BLÍŽÍŠ",
    ],
)
def test_accents_with_punctuation_are_no_damage(text: str) -> None:
    assert problems(prose.hold_no_mojibake, text) == []


def test_damage_shows_what_was_meant() -> None:
    (problem,) = problems(prose.hold_no_mojibake, "x " + damaged("é") + " y")
    assert problem.words == {"found": "Ã©", "meant": "é"}
    assert problem.edits == ((2, 4, "é"),)


def test_damage_in_code_and_of_spaces_is_found_once() -> None:
    text = "```sh\necho " + damaged("\u00a0") + damaged("í") + "\n```\n"
    assert repaired(text) == "```sh\necho \u00a0í\n```\n"
    assert hidden(text) == []
    assert repaired(damaged("\ufeff") + "# A") == "# A"


@pytest.mark.parametrize("text", ["日本", "Привет", "łódź", "’", "→", "⚠", "🔔", "🫨", "©", "\u00a0"])
@pytest.mark.parametrize("times", [1, 2])
def test_one_damaged_word_is_repaired(text: str, times: int) -> None:
    assert repaired(f"a {damaged(text, times=times)} b") == f"a {text} b"


def test_a_variation_selector_that_lost_its_last_byte_is_repaired() -> None:
    assert repaired("a " + damaged("⚠\ufe0f")[:-1] + " b") == "a ⚠\ufe0f b"


@pytest.mark.parametrize("text", ["Jos\ufffd", "Jos\ufffd\ufffd.", "Jos" + damaged("\ufffd")])
def test_lost_characters_cannot_be_repaired(text: str) -> None:
    (problem,) = problems(prose.hold_no_mojibake, text)
    assert problem.case == "lost"
    assert problem.edits == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u202eb", [("prose", "U+202E")]),
        ("a\u200bb", [("prose", "U+200B")]),
        ("a\u00adb", [("prose", "U+00AD")]),
        ("a\ufeffb", [("prose", "U+FEFF")]),
        ("a\u200db", [("prose", "U+200D")]),
        ("a \ufe0f", [("prose", "U+FE0F")]),
        ("a\U000e0041b", [("prose", "U+E0041")]),
        ("the sco\u0440e", [("prose", "U+0440")]),
        ("`rm \u202e-rf`", [("pasted", "U+202E")]),
        ("`ku\u0431e`", []),
        ("`kub\u0435ctl get`", [("pasted", "U+0435")]),
        ("```\na\u200bb\n```", [("pasted", "U+200B")]),
        ("```sh\nkubectl get \u2013n x\n```", [("pasted", "U+2013")]),
        ("```sh\nkubectl\u00a0get x\n```", [("pasted", "U+00A0")]),
        ("```sh\ngrep \u201cx\u201d y\n```", [("pasted", "U+201C"), ("pasted", "U+201D")]),
        ('```promql\nup{job=\u201cx"}\n```', [("pasted", "U+201C")]),
        ("Run `kubectl get \u2014all` now", [("pasted", "U+2014")]),
        ("---\nowner: a\u200bb\n---\n# A", [("prose", "U+200B")]),
    ],
)
def test_hidden_characters_are_named(text: str, expected: list[tuple[str, str]]) -> None:
    assert hidden(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "\u201cquoted\u201d \u2013 5\u00a0GB, it\u2019s",
        "👩\u200d🚒 👩🏽\u200d💻 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈 1\ufe0f\u20e3 ⚠\ufe0f",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "Слово по-русски, \u03bb\u03cc\u03b3\u03bf\u03c2",
        "мы рестартуем podы и podа нет",
        "\u03bcs k\u03a9 \u03b1-helix",
        "\u05e9\u05dc\u05d5\u05dd\u200f (abc)\u200e",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        '```sh\necho "it\u2019s \u2013 done\u201d"  # \u201cnow\u201d\n# \u201cthen\u201d\n```',
        "```\n\u2502\u00a0\u00a0 \u251c\u2500\u2500 a\n```",
        "```\nThe disk \u2014 \u201cdata\u201d \u2014 isn\u2019t full\n```",
        "`a \u2014 b`",
    ],
)
def test_correct_text_hides_nothing(text: str) -> None:
    assert hidden(text) == []


def test_no_message_shows_a_hidden_character() -> None:
    for problem in problems(prose.hold_no_hidden_character, "a\u202eb\u200bc `d\u2066`"):
        assert problem.words["character"].isascii()
        assert problem.subject.isascii()


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    for check in (prose.hold_no_placeholder, prose.hold_no_template, prose.hold_no_mojibake):
        starts = [each.span.start for each in problems(check, text) if each.span]
        assert starts == sorted(set(starts))
    assert repaired(repaired(text)) == repaired(text)


@pytest.mark.parametrize(
    "part",
    [
        "a[",
        "[Your Team] ",
        "[Contact] | ",
        "TODO ",
        "<insert x ",
        "$(a ",
        "${",
        "{{ ",
        "$x$ ",
        "é",
        "Ã©",
        "\u200b",
        "а a",
        "аb",
        " ",
        "*_",
    ],
)
@pytest.mark.parametrize("shell", ["{}", "```sh\nls {}\n```", "```\n**Key**: {}\n```"])
def test_a_line_without_end_is_linear(part: str, shell: str) -> None:
    """Twice the text takes about twice the time; a quadratic one would take minutes here."""
    text = shell.format(part * (100_000 // len(part)))
    end = len(text)
    from runbook_lint.model import Span, Value

    fields = {name: Value(text, 0, end) for name in ("text", "prose", "pasted", "messages")}
    item = Item("runbook", "a.md", "a.md", Span(0, 0), Span(0, end), fields)
    start = time.process_time()
    for check in (
        prose.hold_no_placeholder,
        prose.hold_no_template,
        prose.hold_no_mojibake,
        prose.hold_no_hidden_character,
    ):
        list(check(item, fields["text"]))
    assert time.process_time() - start < 10
