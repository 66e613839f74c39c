"""The verbs. ``CHECKS`` is the table: what a pack may say after ``must``, with its scope and its function.

A check of scope ``one`` gets an item and a value, of scope ``every`` all items of all files, of scope ``change`` what
happened between two states of all files. Its options are its keyword arguments. Some of these are not the pack's to
give: ``today`` and those in ``SETTINGS`` come from the command line and the configuration. A check that knows ``today``
is never remembered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from runbook_lint.checks import (
    alerts,
    approval,
    catalogs,
    ids,
    incidents,
    leaks,
    links,
    mapping,
    owners,
    prose,
    reviewing,
    reviews,
    secrets,
    signals,
    structure,
    values,
    waivers,
)
from runbook_lint.model import Problem, Value

SETTINGS = frozenset({"runbook_keys", "url_prefixes", "severity_map", "link_hosts", "resource_prefix", "rule_ids"})
GIVEN = SETTINGS | {"today"}


class Check(NamedTuple):
    """A row of the table.

    ``together`` makes of the options of many rules one look at a value, for checks of which a text has hundreds: the
    look gives the number of the rule and the problem. ``mistake`` says what is wrong with options that are right each
    alone; empty when nothing is. ``idle`` tells whether it never finds anything with these options.
    """

    scope: str
    function: Callable[..., Iterable[Problem]]
    together: (
        Callable[[Sequence[Mapping[str, Any]]], Callable[[Value | None], Iterator[tuple[int, Problem]]]] | None
    ) = None
    mistake: Callable[[Mapping[str, Any]], str] | None = None
    idle: Callable[[Mapping[str, Any]], bool] | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """The names of its options, those that a pack may not give included."""
        return options_of(self.function)


@lru_cache(maxsize=256)
def options_of(function: Callable[..., Iterable[Problem]]) -> tuple[str, ...]:
    """The keyword arguments of a check, wrapped or not; cheaper than ``inspect``, which a clean run need not import."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = function.__code__
    names: tuple[str, ...] = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return names


CHECKS: dict[str, Check] = {
    "be-present": Check("one", values.be_present),
    "be-absent": Check("one", values.be_absent),
    "match": Check("one", values.match),
    "not-match": Check("one", values.not_match),
    "be-one-of": Check("one", values.be_one_of),
    "match-schema": Check("one", values.match_schema),
    "be-a-date": Check("one", values.be_a_date),
    "have-a-title": Check("one", structure.have_a_title),
    "have-sections": Check("one", structure.have_sections),
    "have-no-empty-section": Check("one", structure.have_no_empty_section),
    "hold-no-placeholder": Check("one", prose.hold_no_placeholder),
    "hold-no-template": Check("one", prose.hold_no_template),
    "hold-no-mojibake": Check("one", prose.hold_no_mojibake),
    "hold-no-hidden-character": Check("one", prose.hold_no_hidden_character),
    "hold-no-secret": Check("one", secrets.hold_no_secret, secrets.together, secrets.mistake_in_form),
    "hold-no-secret-manifest": Check("one", secrets.hold_no_secret_manifest),
    "assign-no-secret": Check("one", secrets.assign_no_secret, secrets.together, secrets.mistake_in_names),
    "hold-no-leak": Check("one", leaks.hold_no_leak),
    "have-a-backup": Check("one", owners.have_a_backup),
    "have-plausible-times": Check("one", incidents.have_plausible_times),
    "hold-evidence": Check("one", incidents.hold_evidence),
    "lead-to-allowed-hosts": Check("one", links.lead_to_allowed_hosts, idle=links.allow_all),
    "be-complete": Check("one", waivers.be_complete),
    "name-known-rules": Check("one", waivers.name_known_rules),
    "not-be-expired": Check("one", waivers.not_be_expired),
    "not-end-after": Check("one", waivers.not_end_after),
    "not-end-within": Check("one", waivers.not_end_within),
    "be-used": Check("one", waivers.be_used),
    "have-unique-ids": Check("every", catalogs.have_unique_ids),
    "have-unique-targets": Check("every", catalogs.have_unique_targets),
    "have-a-target": Check("every", catalogs.have_a_target),
    "be-listed": Check("every", catalogs.be_listed),
    "have-the-same-title": Check("every", catalogs.have_the_same_title),
    "be-mapped": Check("every", signals.be_mapped),
    "have-known-signals": Check("every", signals.have_known_signals),
    "have-agreeing-signals": Check("every", signals.have_agreeing_signals),
    "be-reviewed-within": Check("every", reviews.be_reviewed_within),
    "not-be-due-within": Check("every", reviews.not_be_due_within),
    "not-be-in-the-future": Check("every", reviews.not_be_in_the_future),
    "have-the-same-date": Check("every", reviews.have_the_same_date),
    "be-in-the-roster": Check("every", owners.be_in_the_roster),
    "be-owned-by-its-team": Check("every", owners.be_owned_by_its_team),
    "have-a-runbook-id": Check("every", alerts.have_a_runbook_id),
    "have-known-runbooks": Check("every", alerts.have_known_runbooks),
    "have-agreeing-links": Check("every", alerts.have_agreeing_links),
    "have-a-live-runbook": Check("every", alerts.have_a_live_runbook),
    "have-the-same-severity": Check("every", alerts.have_the_same_severity),
    "have-unique-incident-ids": Check("every", incidents.have_unique_incident_ids),
    "name-known-runbooks": Check("every", incidents.name_known_runbooks),
    "name-known-signals": Check("every", incidents.name_known_signals),
    "be-reviewed-after-incidents": Check("every", incidents.be_reviewed_after_incidents),
    "lead-to-a-file": Check("every", links.lead_to_a_file),
    "lead-to-an-anchor": Check("every", links.lead_to_an_anchor),
    "be-kept": Check("change", ids.be_kept),
    "not-be-renamed": Check("change", ids.not_be_renamed),
    "not-be-reused": Check("change", ids.not_be_reused),
    "be-mapped-when-new": Check("change", mapping.be_mapped_when_new),
    "take-their-runbooks-along": Check("change", mapping.take_their_runbooks_along),
    "be-reviewed-when-changed": Check("change", reviewing.be_reviewed_when_changed),
    "not-be-bumped-in-bulk": Check("change", reviewing.not_be_bumped_in_bulk),
    "be-approved-by-its-owners": Check("change", approval.be_approved_by_its_owners),
    "be-comparable": Check("change", ids.be_comparable),
}

TOGETHER = {check.function: check.together for check in CHECKS.values() if check.together is not None}
IDLE = {check.function: check.idle for check in CHECKS.values() if check.idle is not None}
