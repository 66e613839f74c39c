"""Alert rules are found in every format in which people keep them, each once and at its place; and only alert rules."""

from textwrap import dedent

import pytest

from runbook_lint.documents import alerts, markdown
from runbook_lint.model import Item
from runbook_lint.places import Lines


def read(text: str, path: str = "rules.yaml") -> list[Item]:
    """The items of a text that may hold alert rules."""
    return alerts.read(text, path) if alerts.hinted(text) else []


def found(text: str, path: str = "rules.yaml") -> list[str]:
    """Every item as ``line:column key``; a key that is no word in quotes."""
    lines = Lines(text)
    shown = ((lines.position(item.place.start), item.key) for item in read(text, path))
    return [f"{line}:{column} {key or repr(key)}" for (line, column), key in shown]


# Where the alert named A stands is marked, and the mark is no part of the text.
PLACED = {
    "a plain file": """
        groups:
          - name: g
            rules:
              - record: a:b
                expr: a
              - ⟦alert: A
                expr: up == 0
        """,
    "an alert without an expression, in a group": """
        groups: [{name: g, rules: [{⟦alert: A}]}]
        """,
    "Thanos": """
        groups:
          - name: g
            partial_response_strategy: warn
            rules: [{⟦alert: A, expr: x}]
        """,
    "Mimir and Loki": """
        namespace: team
        groups:
          - name: g
            source_tenants: [a]
            rules: [{⟦alert: A, expr: x}]
        """,
    "Cortex, by namespace": """
        my-namespace:
          - name: g
            rules: [{⟦alert: A, expr: x}]
        """,
    "PrometheusRule": """
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        spec:
          groups:
            - name: g
              rules:
                - ⟦alert: A
                  expr: x
        """,
    "VMRule": """
        apiVersion: operator.victoriametrics.com/v1beta1
        kind: VMRule
        spec: {groups: [{name: g, rules: [{⟦alert: A, expr: x, debug: true}]}]}
        """,
    "a List": """
        kind: List
        items:
          - kind: Service
          - kind: PrometheusRule
            spec: {groups: [{name: g, rules: [{⟦alert: A, expr: x}]}]}
        """,
    "chart values": """
        additionalPrometheusRulesMap:
          custom:
            groups: [{name: g, rules: [{⟦alert: A, expr: x}]}]
        """,
    "a bare list": """
        - record: b
          expr: y
        - ⟦alert: A
          expr: x
        """,
    "a single rule": """
        ⟦alert: A
        expr: x
        """,
    "several documents, some of them empty": """
        ---
        ---
        # nothing
        ---
        - ⟦alert: A
          expr: x
        ---
        """,
    "Grafana": """
        apiVersion: 1
        groups:
          - orgId: 1
            name: g
            folder: f
            rules:
              - uid: u
                ⟦title: A
                condition: C
                data: [{refId: A, model: {expr: up}}]
        """,
    "a group of the Grafana operator": """
        kind: GrafanaAlertRuleGroup
        spec:
          folderRef: f
          rules:
            - {uid: u, ⟦title: A, condition: C, data: [], noDataState: OK}
        """,
    "a ConfigMap": """
        kind: ConfigMap
        data:
          rules.yaml: |
            groups:
              - name: g
                rules:
                  - ⟦alert: A
                    expr: x
          other: text
        """,
    "a block with an indentation indicator": """
        data:
          rules.yaml: |2
              - ⟦alert: A
                expr: x
        """,
    "a block with a comment on its header": """
        data:
          rules.yaml: |- # see below
            - ⟦alert: A
              expr: x
        """,
    "a folded block": """
        data:
          rules.yaml: >-
            # text

            - ⟦alert: A

              expr: x
        """,
    "a block with an anchor and a tag, used twice": """
        data:
          rules.yaml: &rules !!str |
            - ⟦alert: A
              expr: x
          again: *rules
        """,
    "a block inside a block": """
        items:
          - manifest: |
              kind: ConfigMap
              data:
                rules.yaml: |
                  - ⟦alert: A
                    expr: x
        """,
    "a group that is used three times": """
        x-group: &group
          name: g
          rules:
            - ⟦alert: A
              expr: x
        groups: [*group, *group]
        """,
    "a name with spaces around": """
        - ⟦alert: ' A '
          expr: x
        """,
    "a key in quotes": """
        - "⟦alert": A
          expr: x
        """.replace('"⟦', '⟦"'),
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("marked", PLACED.values(), ids=PLACED.keys())
def test_an_alert_is_found_once_at_its_place(marked: str, line_end: str) -> None:
    marked = dedent(marked).replace("\n", line_end)
    line, column = Lines(marked).position(marked.index("⟦"))
    assert found(marked.replace("⟦", "")) == [f"{line}:{column} A"]


JSON = {
    "a rule file": '{"groups": [{"name": "g", "rules": [{⟦"alert": "A", "expr": "x"}]}]}',
    "a rule file with lines": '{\n"groups": [\n {"name": "g", "rules": [\n  {⟦"alert":"A", "expr": "x"}]}]}',
    "inside a larger document": '{"prometheusAlerts": {"groups": [{"name": "g", "rules": [{⟦"alert": "A"}]}]}}',
    "Grafana": '{"apiVersion": 1, "groups": [{"name": "g", "rules": [{⟦"title": "A", "condition": "C"}]}]}',
}


@pytest.mark.parametrize("marked", JSON.values(), ids=JSON.keys())
def test_an_alert_in_json(marked: str) -> None:
    line, column = Lines(marked).position(marked.index("⟦"))
    assert found(marked.replace("⟦", ""), "rules.json") == [f"{line}:{column} A"]


MANY = {
    "the same name": ("[{alert: A, expr: x}, {alert: A, expr: x}]", ["1:3 A", "1:24 A"]),
    "names with spaces": ("- alert: Disk is full\n  expr: x", ["1:3 Disk is full"]),
    "no name": ("groups: [{name: g,\n  rules: [{alert: }, {alert: ~}, {alert: ''}]}]",
                ["2:12 ''", "2:23 ''", "2:35 ''"]),
    "names that are no text": ("[{alert: 404, expr: 1}, {alert: true, expr: x}]", ["1:3 404", "1:26 true"]),
    "a key twice": ("- alert: A\n  alert: B\n  expr: x", ["1:3 A", "2:3 duplicate-key"]),
    "two blocks": ("a: |\n  - alert: A\n    expr: x\nb: |\n  - alert: B\n    expr: x", ["2:5 A", "5:5 B"]),
    "a fault after it": ("- alert: A\n  expr: x\n---\n[\n---\n- alert: B\n  expr: x", ["1:3 A", "6:3 B", "5:1 syntax"]),
    "a name that is merged in": ("- &a {alert: A, expr: x}\n- {<<: *a, for: 5m}", ["1:7 A", "2:3 A"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MANY.values(), ids=MANY.keys())
def test_what_is_found(text: str, expected: list[str]) -> None:
    assert found(text) == expected


NONE = {
    "groups that are no rules": "groups: [{name: admins, members: [a]}]",
    "a test file of promtool": """
        rule_files: [rules.yaml]
        tests:
          - input_series: [{series: up, values: 0x1}]
            alert_rule_test:
              - alertname: A
                eval_time: 1m
                exp_alerts: [{exp_labels: {a: b}, exp_annotations: {runbook_id: ops.a}}]
            promql_expr_test: [{expr: up, eval_time: 1m, exp_samples: [{labels: up, value: 1}]}]
        """,
    "a schema that describes rules": """
        kind: CustomResourceDefinition
        spec: {schema: {properties: {rules: {items: {properties: {alert: {type: string}, expr: {type: string}}}}}}}
        """,
    "a configuration of Alertmanager": """
        route: {receiver: a, routes: [{match: {alert: A}, receiver: b}]}
        receivers: [{name: a}, {name: b}]
        """,
    "a dashboard": '{"panels": [{"title": "A", "alert": {"name": "A"}, "targets": [{"expr": "up"}]}]}',
    "policies of Grafana": "apiVersion: 1\npolicies: [{receiver: a, matchers: [alert = A]}]",
    "a text about rules": "note: |\n  Write alert: and expr: in a rule.\n",
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE.keys())
def test_no_alert_is_found(text: str) -> None:
    assert found(dedent(text)) == []


def test_labels_that_are_merged_in_count() -> None:
    text = dedent("""
        x-labels: &default {severity: page, team: a}
        groups:
          - name: disk
            rules:
              - alert: A
                expr: x
                labels:
                  <<: *default
                  team: b
        """)
    [alert] = read(text)
    assert (alert.text("labels.severity"), alert.text("labels.team"), alert.text("group")) == ("page", "b", "disk")


def test_a_broken_file_in_a_config_map_is_a_fault_at_its_place() -> None:
    broken = "  a.yaml: |\n    - alert: A\n      expr: x\n     oops\n"
    assert found(f"data:\n{broken}  b.yaml: |\n    - alert: B\n      expr: x\n") == ["5:6 syntax", "7:7 B"]


def test_a_broken_text_that_only_speaks_of_rules_is_none() -> None:
    assert found("note: |\n  - alert: A\n    expr: x\n   oops\n") == []


def test_an_alias_bomb_of_rules_is_walked_once() -> None:
    levels = "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(4))
    assert found(f"a0: &a0 [{{alert: A, expr: x}}]\n{levels}") == ["1:11 A"]


def test_many_blocks_take_no_more_than_their_length() -> None:
    text = "".join(f"a{n}: |\n  - alert: A\n    expr: x\n" for n in range(5000))
    assert len(read(text)) == 5000


# --- fences of runbooks -----------------------------------------------------------------------------------------------

FENCES = {
    "a fence": """
        # Disk

        ```yaml
        - ⟦alert: A
          expr: x
        ```
        """,
    "in a quote": """
        > ```yaml
        > groups:
        >   - name: g
        >
        >     rules:
        >       - ⟦alert: A
        >         expr: x
        > ```
        """,
    "in a list": """
        1. Look at the rule:

           ```yaml
           groups:
             - name: g
               rules:
                 - ⟦alert: A
                   expr: {{ .Values.x }}
           ```
        """,
    "indented code": """
        Text.

            - ⟦alert: A
              expr: x
        """,
    "an excerpt whose end is left out": """
        ```yaml
        - ⟦alert: A
          expr: x
        ---
        - [...
        ```
        """,
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("marked", FENCES.values(), ids=FENCES.keys())
def test_an_alert_in_a_fence(marked: str, line_end: str) -> None:
    marked = dedent(marked).replace("\n", line_end)
    text = marked.replace("⟦", "")
    [block] = markdown.read(text).code
    [alert] = alerts.read_parts(text, block.parts, "disk.md")
    assert (alert.key, alert.place.start) == ("A", marked.index("⟦"))
