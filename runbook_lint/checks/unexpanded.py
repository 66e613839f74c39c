"""The check of what no tool expanded: templates, variables and commands that were left in prose."""

from collections.abc import Iterator

from runbook_lint.checks.readable import MESSAGE_LINE, apart, around, problem, readable
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Problem, Value

_UNEXPANDED = lazy(
    r"\$\([a-z][^()$\r\n]{0,120}\)|\$\{[A-Za-z_][^{}\r\n]{0,120}\}"
    r"|\{\{[^{}\r\n]{1,200}\}\}|\{%(?!\})[^{}%\r\n]{1,200}%\}|<%[^<>%\r\n]{1,200}%>"
)
# Mathematics between dollars.
_MATHS = lazy(r"\$\$[^$]{1,2000}\$\$|\$(?=\S)[^$\r\n]{1,200}(?<=\S)\$(?![\w$({])")
# What Hugo, Jekyll, GitBook and MkDocs expand when they publish the page.
_PUBLISHED = lazy(
    r"\{%-?\s*(?:end)?(?:include\w*|highlight|link|post_url|raw|comment|capture|hint|tabs?|code|embed|file|content-ref"
    r"|stepper|step|figure|swagger|openapi|youtube|gist|seo|toc)\b"
    r"|\{\{-?\s*(?:site|page|config|layout|content|book)\b(?:\.|\s*\}\})|\{\{(?:[<%]|[^{}]*\b(?:relative|absolute)_url\b)"
)
_COMMAND_VALUE = lazy(r"\$\([a-z][^()$\r\n]{0,120}\)\s*$")


def hold_no_template(item: Item, value: Value | None) -> Iterator[Problem]:
    """Nothing was left for a tool to expand."""
    yield from apart([*_unexpanded(readable(item)[0]), *_unexpanded_in_messages(item)])


def _is_marked(text: str) -> bool:
    """Whether a text has what begins all of them; one letter is looked for much faster than two."""
    if "{" in text and ("{{" in text or "{%" in text or "${" in text):
        return True
    return ("$" in text and "$(" in text) or ("<" in text and "<%" in text)


def _unexpanded(text: str) -> Iterator[Problem]:
    hits = list(_UNEXPANDED.finditer(text)) if _is_marked(text) else []
    if not hits:
        return
    maths = [found.span() for found in _MATHS.finditer(text)] if "$" in text else []
    at = 0
    for found in hits:
        while at < len(maths) and maths[at][1] <= found.start():
            at += 1
        is_maths = at < len(maths) and maths[at][0] <= found.start()
        if not is_maths and not _PUBLISHED.match(found[0]):
            yield problem(around(text, *found.span())[0], found[0], found.start())


def _unexpanded_in_messages(item: Item) -> Iterator[Problem]:
    """In a message template a bold key makes a line metadata; a plain one only before a command such as ``$(date)``."""
    messages = str(item.raw("messages", ""))
    for line in MESSAGE_LINE.finditer(messages) if _is_marked(messages) else ():
        for found in _UNEXPANDED.finditer(messages, *line.span("value")):
            if line["a"] or _COMMAND_VALUE.match(line["value"]):
                yield problem(around(messages, *found.span())[0], found[0], found.start())
