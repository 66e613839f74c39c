"""Which files of a base are which of a head: the same path, or the same text at another one."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

# As git has it: a file is another one's successor when so much of the larger one stands in both.
ALIKE = 0.5
# Lines that so many texts have come from a template, and say nothing about which text is which.
_COMMON = 3
# So many of the likeliest candidates are compared.
_CLOSELY = 5


class Files(NamedTuple):
    """The files of one side: the content ids of our texts by path, all paths, and the text of a path."""

    ids: Mapping[str, str]
    paths: Collection[str]
    text: Callable[[str], str]


def find(before: Files, after: Files, common: Callable[[], Collection[str]]) -> dict[str, str]:
    """Leads from the paths of the base to those of the head; ``common`` gives the lines that say nothing."""
    moved = _swapped(before, after, common)
    taken = set(moved.values())
    moved.update((path, path) for path in before.ids if path in after.paths and path not in moved and path not in taken)
    lost = {path: content for path, content in before.ids.items() if path not in after.paths and path not in moved}
    fresh = {path: content for path, content in after.ids.items() if path not in before.paths and path not in taken}
    for pairs in (_by(lost, fresh, lambda path, content: content), _by(lost, fresh, lambda path, _: path.casefold())):
        for source, target in pairs:
            if source in lost and target in fresh:
                moved[source] = target
                del lost[source], fresh[target]
    if lost and fresh:
        known = common()
        sources = {path: weights(before.text(path), known) for path in sorted(lost)}
        moved.update(_edited(sources, {path: weights(after.text(path), known) for path in sorted(fresh)}))
    return moved


def _swapped(before: Files, after: Files, common: Callable[[], Collection[str]]) -> dict[str, str]:
    """Texts that went to another path whole while something else was put into their place: files that were swapped, or
    shifted into one another's names."""
    altered = {path: content for path, content in before.ids.items() if after.ids.get(path, content) != content}
    news = {path: content for path, content in after.ids.items() if before.ids.get(path) != content}
    moved = {}
    for source, target in _by(altered, news, lambda _, content: content):
        known = common()
        if alike(weights(before.text(source), known), weights(after.text(source), known)) < ALIKE:
            moved[source] = target
    return moved


def common_lines(texts: Iterable[str]) -> frozenset[str]:
    """The lines that several texts have."""
    seen = Counter(line for text in texts for line in weights(text))
    return frozenset(line for line, number in seen.items() if number >= _COMMON)


def _by(lost: Mapping[str, str], fresh: Mapping[str, str], key: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    """Pairs that have the same key; of several those that have the same name first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path, content in sorted(fresh.items()):
        found[key(path, content)].append(path)
    for path, content in sorted(lost.items()):
        name = key(path, content)
        targets = found.get(name, []) if name else []
        if targets:
            target = next((each for each in targets if _name(each) == _name(path)), targets[0])
            targets.remove(target)
            yield path, target


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _edited(sources: Mapping[str, Counter[str]], targets: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Files that were moved and edited at once, the most alike first."""
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for path, lines in sources.items():
        for line in lines:
            holders[line].append(path)
    scores = sorted(
        (-alike(sources[source], lines), _name(source) != _name(target), source, target)
        for target, lines in targets.items()
        for source in _likeliest(lines, holders)
    )
    moved: dict[str, str] = {}
    taken: set[str] = set()
    for score, _, source, target in scores:
        if -score >= ALIKE and source not in moved and target not in taken:
            moved[source] = target
            taken.add(target)
    return moved


def _likeliest(lines: Counter[str], holders: Mapping[str, Sequence[str]]) -> list[str]:
    """The files that share the most with some lines. A line counts the less the more files have it."""
    shared: Counter[str] = Counter()
    for line in lines:
        for path in holders.get(line, ())[:_CLOSELY]:
            shared[path] += len(line)
    return [path for path, _ in shared.most_common(_CLOSELY)]


def weights(text: str, common: Collection[str] = ()) -> Counter[str]:
    """The lines of a text that say something, each with how often it stands there; all of them where that is none."""
    lines = Counter(line.strip() for line in text.splitlines() if line.strip())
    return Counter({line: number for line, number in lines.items() if line not in common}) or lines


def alike(one: Counter[str], other: Counter[str]) -> float:
    """How much of the larger of two texts stands in both, between 0 and 1, by the length of the lines."""
    both = _weight(one & other)
    return both / max(_weight(one), _weight(other), 1)


def _weight(lines: Counter[str]) -> int:
    return sum(len(line) * number for line, number in lines.items())
