"""What commands share: the repository that is meant, the day, the options, and writing."""

import datetime
import errno
import os
import stat
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from runbook_lint import config, git, inforce, packs, rulebook, snapshot
from runbook_lint.cli import completing
from runbook_lint.config import Config
from runbook_lint.expressions import lazy
from runbook_lint.model import Rule, UserError
from runbook_lint.snapshot import Snapshot

if TYPE_CHECKING:
    from runbook_lint.memory import OnDisk

_Command = TypeVar("_Command", bound=Callable[..., Any])
_CUT = lazy(r"[^\s'\"]{8,}…")
_PASSED = lazy(r"(?<=:)[^\s:/@'\"]{3,}(?=@)")
_DAY = lazy(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


# The states of a repository that are its files on disk, all of them or those that git tracks.
ON_DISK = (snapshot.working_tree, snapshot.tracked)


class Request(NamedTuple):
    """The repository's root, its files once they are asked for, its configuration, the rules in force, the shown paths
    relative to the root, the rules whose finds are shown nowhere, whether they are in force or not, the contents of the
    user's packs, and the nanosecond in which it began."""

    root: str
    world: Callable[[], Snapshot]
    config: Config
    rules: list[Rule]
    shown: tuple[str, ...]
    secrets: list[Rule]
    packs: Mapping[str, bytes]
    began: int


def request(
    paths: Sequence[str],
    config_file: str | None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    take: Callable[[str], Snapshot] = snapshot.working_tree,
) -> Request:
    """What the user asks about. The repository is found from the first path, or from the current folder; ``take`` gives
    the state of it that is meant, and what is in force is written in that state."""
    began = now()
    for path in paths:
        if not os.path.lexists(path) and take in ON_DISK:
            raise UserError(f"there is no file or folder '{path}'")
    root = root_of(paths)
    shown = tuple(_relative(path, root) for path in paths)
    world = cache(partial(take, root))
    on_disk = take in ON_DISK
    settings = config.load(root, config_file) if on_disk or config_file else inforce.config_of(world())
    read = packs.on_disk(root) if on_disk else partial(inforce.recorded, world())
    told: dict[str, bytes] = {}

    def noted(name: str) -> bytes:
        return told.setdefault(name, read(name))

    rules, secrets = inforce.rules_of(root, settings, noted, _listed(select), _listed(ignore))
    return Request(root, world, settings, rules, shown, secrets, told, began)


def now() -> int:
    """The time in nanoseconds."""
    return time.time_ns()


def remembered(asked: Request, wanted: bool) -> "OnDisk | None":
    """What earlier runs remember, where it is wanted; a folder that nobody calls a repository is left as it is."""
    if not wanted or not any(os.path.lexists(os.path.join(asked.root, name)) for name in (".git", config.NAME)):
        return None
    from runbook_lint import memory

    judged = partial(memory.key_of, asked.config, [*asked.rules, *asked.secrets], asked.packs)
    return memory.opened(asked.root, asked.world().paths, judged, asked.began)


def rules_of_changes(
    asked: Request, settings: Config, before: Snapshot, names: tuple[Sequence[str], Sequence[str]]
) -> list[Rule]:
    """The rules in force, those of changes as they were before the change: it must not excuse itself."""
    select, ignore = map(_listed, names)
    former = rulebook.load(asked.root, settings, select, ignore, partial(inforce.recorded, before))
    kept = [rule for rule in asked.rules if rule.scope != "change"]
    return [*kept, *(rule for rule in former if rule.scope == "change")]


def root_of(paths: Sequence[str]) -> str:
    """The repository around the first path, else the current folder if it holds the path, else the path's folder."""
    here = os.path.realpath(_here())
    if not paths:
        return git.find_root(here, config.NAME) or here
    folder = _folder(paths[0])
    found = git.find_root(folder, config.NAME)
    if found:
        return found
    return here if (folder + os.sep).startswith(here.rstrip(os.sep) + os.sep) else folder


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        raise UserError("the current folder is not there any more; change into another one") from None


def _folder(path: str) -> str:
    """The folder that a path is or stands in. A link to a file is meant as itself, not as what it leads to."""
    return os.path.realpath(path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path)))


def _relative(path: str, root: str) -> str:
    folder = _folder(path)
    full = folder if os.path.isdir(path) else os.path.join(folder, os.path.basename(os.path.abspath(path)))
    relative = os.path.relpath(full, root)
    outside = relative == os.pardir or relative.startswith(os.pardir + os.sep)
    if outside or (git.find_root(folder, config.NAME) or root) != root:
        raise UserError(f"'{path}' lies outside the repository {root}; check one repository at a time")
    return "" if relative == os.curdir else relative.replace(os.sep, "/")


def _listed(names: Sequence[str]) -> list[str]:
    return [name.strip() for each in names for name in each.split(",") if name.strip()]


def within(path: str, shown: Sequence[str]) -> bool:
    """Whether a file is among the shown paths; without any all are."""
    return not shown or any(each in ("", path) or path.startswith(each + "/") for each in shown)


def unseen(world: snapshot.Snapshot, shown: Sequence[str]) -> list[str]:
    """A sentence for each shown path that is none of the files that are read: naming it must not look like a check."""
    return [
        veiled(f"'{path}' is not read: git ignores it, it is empty, or it belongs to another repository")
        for path in shown
        if path and path not in world.paths
    ]


def veiled(words: str) -> str:
    """Words for a person, without a secret that a path, a configuration or an argument brought into them."""
    from runbook_lint.checks import TOGETHER
    from runbook_lint.findings import HIDDEN
    from runbook_lint.model import Value

    bound = [rule.checks[0] for rule in rulebook.load("", Config(), ["secret"])]
    looks = {TOGETHER[check] for check, _ in bound if check in TOGETHER}
    spans = [
        problem.span
        for look in looks
        for _, problem in look([options for check, options in bound if TOGETHER.get(check) is look])(
            Value(words, 0, len(words))
        )
        if problem.span is not None
    ]
    for start, end in sorted(spans, reverse=True):
        words = words[:start] + HIDDEN + words[end:]
    # What is cut short, or was a URL before it was taken for a path, is no longer recognised.
    return _PASSED.sub(HIDDEN, _CUT.sub(HIDDEN, words))


def day(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime.date:
    """The day of ``--as-of``, today in UTC without it."""
    if value is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        if not _DAY.fullmatch(value):
            raise ValueError
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is no day of the calendar; write YYYY-MM-DD") from None


def save(memory: "OnDisk | None") -> None:
    """Lets the next run know what this one learnt."""
    if memory is not None:
        memory.save()


def config_option(command: _Command) -> _Command:
    """``--config``."""
    words = "Use this file instead of .runbook-lint.yaml."
    named = click.option("--config", "config_file", metavar="FILE", shell_complete=completing.files, help=words)
    return named(command)


def day_option(command: _Command) -> _Command:
    """``--as-of``."""
    words = "The day to judge dates by [today, UTC]."
    return click.option("--as-of", "today", metavar="DATE", callback=day, help=words)(command)


def rule_options(command: _Command) -> _Command:
    """``--select`` and ``--ignore``."""
    words = {"--ignore": "Leave these families or rules out.", "--select": "Only these families or rules (comma list)."}
    for name, said in words.items():
        offered = completing.listed_rules
        command = click.option(name, multiple=True, metavar="RULES", shell_complete=offered, help=said)(command)
    return command


def cache_option(command: _Command) -> _Command:
    """``--no-cache``."""
    words = "Read every text anew, and remember none."
    return click.option("--no-cache", "cached", flag_value=False, default=True, help=words)(command)


def output_option(command: _Command) -> _Command:
    """``--output``."""
    words = "Write there instead of standard output."
    return click.option("--output", metavar="FILE", shell_complete=completing.files, help=words)(command)


def write(text: str, output: str | None = None) -> None:
    """To standard output, or whole to a file: an existing one is replaced only once all is written."""
    data = encoded(text)
    try:
        if output is None or output == "-":
            _write_out(data)
        else:
            write_file(data, os.path.realpath(output))
    except OSError as error:
        where = output if output is not None and output != "-" else "to standard output"
        raise UserError(f"cannot write {where}: {(error.strerror or str(error)).lower()}") from None


def encoded(text: str) -> bytes:
    """A text as it is written."""
    return text.encode("utf-8", "backslashreplace")


def _write_out(data: bytes) -> None:
    """A reader that has gone (``| head``) wants no more: that is no error, and changes no exit code.

    Whatever fails, what is left in the buffer goes nowhere, or the interpreter would try again at its exit.
    """
    if sys.stdout is None:  # closed by whoever started us
        raise OSError(errno.EBADF, "it is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        close_quietly()
        if not isinstance(error, BrokenPipeError):
            raise


def close_quietly() -> None:
    """Nobody takes our output any more; the interpreter must not complain about it at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def write_file(data: bytes, path: str) -> None:
    """To a file, which at any moment is either the old one or the new one; its mode stays."""
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        with open(path, "wb") as handle:  # a device or a pipe cannot be replaced; a folder says so itself
            handle.write(data)
        return
    part = os.path.join(os.path.dirname(path), f".runbook-lint-{os.getpid()}.part")
    try:
        with open(part, "xb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        if os.path.exists(path):
            os.chmod(part, stat.S_IMODE(os.stat(path).st_mode))
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise
