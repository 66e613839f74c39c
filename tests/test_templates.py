"""Templates that are not YAML are read: what a template makes is unknown, and what is written stays written."""

import re
import time
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runbook_lint.documents import alerts, jsontree, templates
from runbook_lint.documents.tree import plain
from runbook_lint.places import Lines

# Each text beside the fields of its alerts that are looked at: what a template makes is there as it is written.
READ: dict[str, tuple[str, list[dict[str, object]]]] = {
    "control lines around all and around a rule": ("""
        {{- if .Values.enabled }}
        groups:
          - name: g
            rules:
            {{- range $name, $rule := .Values.rules }}
              - alert: {{ $name }}Down
                expr: up{job="{{ .job }}"} == 0
                for: {{ .Values.for }}
                labels: {severity: {{ $rule.severity | default "page" }}, team: a}
            {{- end }}
        {{- end }}
        """, [{"alert": "{{ $name }}Down", "expr": 'up{job="{{ .job }}"} == 0', "for": "{{ .Values.for }}",
               "labels.severity": '{{ $rule.severity | default "page" }}', "labels.team": "a"}]),
    "an include alone on a line": ("""
        - alert: A
          expr: x
          labels:
            {{- include "labels" . | nindent 4 }}
            severity: page
        """, [{"alert": "A", "labels.severity": "page"}]),
    "a key in both branches": ("""
        - alert: A
          expr: x
          {{- if .Values.slow }}
          for: 15m
          {{- else }}
          for: 5m
          {{- end }}
        """, [{"alert": "A", "for": "15m"}]),
    "keys that are templates": ("""
        - alert: A
          expr: x
          labels:
            {{ .a }}: 1
            {{ .b }}: 2
            "{{ .c }}": {{ .d }}
        """, [{"labels.{{ .a }}": 1, "labels.{{ .b }}": 2, "labels.{{ .c }}": "{{ .d }}"}]),
    "escaped braces": ("""
        {{ if .x }}
        - alert: A
          expr: x
          annotations:
            one: "{{ "{{" }} $labels.x {{ "}}" }} is down"
            two: {{`{{ $labels.y }}`}} is down
            three: {{ '{{' }} $value {{ '}}' }}
            four: it is down
        """, [{"annotations.one": '{{ "{{" }} $labels.x {{ "}}" }} is down',
               "annotations.two": "{{`{{ $labels.y }}`}} is down",
               "annotations.three": "{{ '{{' }} $value {{ '}}' }}", "annotations.four": "it is down"}]),
    "actions inside a block": ("""
        - alert: A
          expr: |
            {{ include "selector" . }}
              > 5
        {{- if .x }}
          for: 5m
        {{- end }}
        - alert: B
          expr: |-
              up == 0
            {{- if .y }}
              and on() busy
            {{- end }}
          for: 6m
        """, [{"expr": '{{ include "selector" . }}\n  > 5\n', "for": "5m"},
              {"expr": "up == 0\n    {{- if .y }}\nand on() busy\n", "for": "6m"}]),
    "a block of nothing but an action": ("""
        - alert: A
          expr: |
            {{ .expr }}
          for: {{ .for }}
        """, [{"expr": "{{ .expr }}\n", "for": "{{ .for }}"}]),
    "a literal block above a control line": ("""
        {{ if .x }}
        - alert: A
          expr: |
            up == 0
        {{ end }}
        """, [{"expr": "up == 0\n"}]),
    "an action over several lines": ("""
        - alert: A
          expr: {{ include "selector"
              (dict "a" .a) }}
          for: 5m
        {{/* Don't
             worry }} */}}
        - alert: B
          expr: x
        """, [{"expr": '{{ include "selector"', "for": "5m"}, {"alert": "B"}]),
    "braces that nobody closed": ("""
        {{ if .x }}
        - alert: A
          expr: "{{ oops"
        - alert: B
          expr: x
        {{ end }}
        """, [{"alert": "A", "expr": "{{ oops"}, {"alert": "B", "expr": "x"}]),
    "Jinja": ("""
        {% for name in names %}
        - alert: {{ name }}
          expr: {% if a %}up{% else %}down{% endif %}
          annotations: {text: "{% raw %}{{ $labels.x }}{% endraw %}"} {# why #}
        {% endfor %}
        """, [{"alert": "{{ name }}", "expr": "{% if a %}up{% else %}down{% endif %}",
               "annotations.text": "{% raw %}{{ $labels.x }}{% endraw %}"}]),
    "ERB": ("""
        <% names.each do |name| -%>
        - alert: <%= name %>
          expr: x
        <% end %>
        """, [{"alert": "<%= name %>", "expr": "x"}]),
    "square brackets": ("""
        [[ range .Names ]]
        - alert: [[ .Name ]]Down
          expr: x
          for: [[ $for ]]
        [[ end ]]
        """, [{"alert": "[[ .Name ]]Down", "for": "[[ $for ]]"}]),
    "Terraform": ("""
        %{ for name in names ~}
        - alert: ${name}
          expr: x
        %{ endfor ~}
        """, [{"alert": "${name}", "expr": "x"}]),
    "a ConfigMap": ("""
        data:
          {{ .a }}.yaml: |
            {{- if .x }}
            - alert: A
              expr: x > {{ .limit }}
            {{- end }}
          {{ .b }}.yaml: |
            - alert: {{ .name }}
              expr: x
        """, [{"alert": "A", "expr": "x > {{ .limit }}"}, {"alert": "{{ .name }}", "expr": "x"}]),
}  # fmt: skip


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ.keys())
def test_a_template_is_read(text: str, expected: list[dict[str, object]], line_end: str) -> None:
    text = dedent(text).replace("\n", line_end)
    items = alerts.read(text, "rules.yaml")
    assert [item.noun for item in items] == ["alert"] * len(expected)
    for item, fields in zip(items, expected, strict=True):
        assert {name: _lines(item.raw(name)) for name in fields} == fields
        assert text.startswith("alert:", item.place.start)


def _lines(value: object) -> object:
    return re.sub(r"\r\n?", "\n", value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("value", "unknown"),
    [
        ("{{ $labels.x }}", True),
        ("a{{`b`}}", True),
        ("[[ .Z ]]", True),
        ("<%= x %>", True),
        ("${NAME}", True),
        ("{% if x %}a{% endif %}", True),
        ("rate(up[5m]) > 0", False),
        ('up{job="a"}', False),
        ("", False),
    ],
)
def test_a_value_holds_a_template(value: str, unknown: bool) -> None:
    assert templates.holds(value) is unknown


def test_what_cannot_be_read_even_so_is_one_fault_and_hides_no_other_document() -> None:
    text = dedent("""
        {{ if .x }}
        - alert: A
          expr: x
        ---
        - alert: B
          expr: [x
          for: 5m
        {{ end }}
        ---
        - alert: C
          expr: x
        """)
    items = alerts.read(text, "rules.yaml")
    assert [(item.key, Lines(text).position(item.place.start)[0]) for item in items] == [
        ("A", 3),
        ("C", 11),
        ("syntax", 8),
    ]


def test_a_template_of_json() -> None:
    text = '{"rules": [\n{% if x %}\n{"alert": {{ name }}, "expr": "x"}\n{% endif %}\n]}'
    assert [item.key for item in alerts.read(text, "rules.json")] == ["{{ name }}"]


def test_json_that_only_speaks_in_templates_stays_strict() -> None:
    text = '{"rules": [{"alert": "A", "expr": "{{ x }}",}]}'
    assert alerts.read(text, "rules.json")[0].place == jsontree.read(text).faults[0].span


PIECES = [
    "{{ .x }}", "{{- if .y }}", "{{", "}}", '"', "'", "`", "{%", "%}", "{#", "#}", "<%= z %>", "[[ .a ]]", "${b}",
    "a: ", "- ", "|\n", ">-\r\n", "  ", "\n", "\r", "\t", "é", "\ud800", "\uf8ff", "% if x", "{{/*", "*/}}",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text())
@example("{{ a\n b }}: c")
@example("a: |\n  {{ b }}\n    c")
def test_filling_keeps_length_and_line_ends(text: str) -> None:
    filled = templates.fill(text)
    assert len(filled) == len(text)
    ends = [(found.start(), found[0]) for found in re.finditer(r"\r\n|\r|\n", text)]
    assert [(found.start(), found[0]) for found in re.finditer(r"\r\n|\r|\n", filled)] == ends


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_reading_a_template_never_raises(text: str) -> None:
    for document in templates.read(text).documents:
        plain(document.root)
    alerts.read(text, "rules.yaml")


@given(st.text(st.sampled_from('abc .$|-"()'), max_size=20).filter(lambda action: "{" not in action))
def test_the_value_of_an_action_comes_back(action: str) -> None:
    text = f"a: {{{{{action}}}}}\nb: word\n"
    [document] = templates.read(text).documents
    assert plain(document.root) == {"a": f"{{{{{action}}}}}", "b": "word"}


OPENINGS = ["{{", "{%", "{#", "<%", '{{ "a" ', "{{`", "{{/*", "[[ .", "${", "a: |\n {{ x }}\n"]


@pytest.mark.parametrize("opening", OPENINGS)
def test_openings_without_end_take_no_more_than_their_length(opening: str) -> None:
    start = time.process_time()
    templates.fill(opening * 50_000)
    assert time.process_time() - start < 10
