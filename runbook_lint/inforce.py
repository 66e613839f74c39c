"""What is in force in a state of a repository: its configuration, its rules, and whether its own files are right."""

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from runbook_lint import config, rulebook, snapshot
from runbook_lint.config import Config
from runbook_lint.documents.settings import WAIVERS
from runbook_lint.documents.text import decode
from runbook_lint.model import Rule, UserError
from runbook_lint.snapshot import Snapshot


def config_of(world: Snapshot) -> Config:
    """The configuration that a state of the repository has in it."""
    content = snapshot.content(world, config.NAME)
    if content is None:
        return Config()
    try:
        return config.parse(content.decode("utf-8-sig"), config.NAME)
    except UnicodeDecodeError:
        raise UserError(f"the configuration {config.NAME} cannot be read: it is no UTF-8") from None


def recorded(world: Snapshot, path: str) -> bytes:
    """The content of a file of a state, for those who read packs."""
    content = snapshot.content(world, path)
    if content is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    return content


def rules_of(
    root: str,
    settings: Config,
    read: Callable[[str], bytes],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> tuple[list[Rule], list[Rule]]:
    """The rules in force, and those whose finds are shown nowhere, whether they are in force or not."""
    rules = rulebook.load(root, settings, select, ignore, read)
    whole = not (select or ignore or settings.rules)
    every = rules if whole else rulebook.load(root, replace(settings, rules={}), read=read)
    return rules, [rule for rule in every if rule.secret]


def refuse_wrong_files(world: Snapshot, schemas: Mapping[str, str] = MappingProxyType({WAIVERS: "waivers"})) -> None:
    """Refuses a file of waivers of a wrong shape, and others that are given with their schemas; what a waiver lacks is
    a finding, and so is a baseline of a wrong shape."""
    for path, schema in schemas.items():
        content = snapshot.content(world, path)
        if content is not None:
            text, fault = decode(content)
            if fault is not None:
                raise UserError(f"{path}: {fault.words}")
            config.checked_tree(text, path, schema)
