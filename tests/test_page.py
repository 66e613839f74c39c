"""The page of the nightly report: what it says, what it is made of, and how it behaves in a browser."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import nightly
import pytest
from browser import Browser, browser
from conftest import ROOT, commit, started

from runbook_lint.report import render
from runbook_lint.report.document import Nightly
from runbook_lint.report.page.actions import worst_first
from runbook_lint.report.page.charts import bar
from runbook_lint.report.page.fleet import common_folder
from runbook_lint.report.page.tags import anchor, percent, reference, said, text
from runbook_lint.summary import many

SECTIONS = ["Decision Header", "Action Required", "Health Summary", "Investigation", "Fleet and Samples"]
DOCUMENTS = {
    "small": nightly.small,
    "calm": nightly.calm,
    "empty": nightly.empty,
    "merged": nightly.merged,
    "hostile": nightly.hostile,
    "hostile-days": lambda: nightly.hostile(days=True),
    "sized": nightly.sized,
}


# What it says


def plain(page: str) -> str:
    """What is read, without what it is drawn with."""
    page = re.sub(r"(?s)<(style|script|svg).*?</\1>", "", page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_nothing_to_do_is_a_sentence() -> None:
    page = plain(render("html", nightly.calm()))
    assert "Fit for tonight. Nothing speaks against it." in page
    assert "Action Required Nothing is asked of anybody tonight. Health" in page
    assert "No review falls due." in page
    assert "There is no history to ask." in page
    assert "Nothing is excused." in page
    assert "Everything leads somewhere, and something leads to everything." in page


def test_a_repository_without_anything_of_ours() -> None:
    page = plain(render("html", nightly.empty()))
    assert "There are no alerts. " in page
    assert "There are no runbooks." in page
    assert "No repository was looked at." in page


def test_what_a_review_was_worth() -> None:
    page = plain(render("html", nightly.small()))
    assert "2026-07-21 103 days 2026-10-19 13 days late Ada Lovelace with 40 others, nothing edited" in page
    assert "reviewed 12 days before db/seeds/outbox.sql changed; 1 incident" in page


def test_what_the_page_speaks_of() -> None:
    page = plain(render("html", nightly.merged()))
    assert "gpu-cloud 8102876f3c of 2026-10-31 none since 2024-11-01 22 runbooks" in page
    assert "shop 5d4f17b20b of 2026-10-31 yes, and this page counts it in" in page
    assert "since 2026-04-15, cut off there (shallow clone)" in page


def test_a_repository_is_named_where_there_are_several() -> None:
    assert "shop: alerts/shop.yaml" in plain(render("html", nightly.merged()))
    assert "gpu-cloud:" not in plain(render("html", nightly.small()))


def test_the_team_with_the_worst_comes_first_and_nobody_is_a_team() -> None:
    document = nightly.small()
    asked = worst_first(document["teams"], document["actions"])
    assert [(each.team, each.total) for each in asked] == [("platform-team", 3), ("billing-team", 2), ("", 1)]
    assert "Nobody owns it 1 thing to do" in plain(render("html", document))


def test_the_page_of_a_team_says_whose_it_is() -> None:
    document = nightly.small()
    document["team"] = ""
    document["actions"] = document["actions"][-1:]
    page = plain(render("html", document))
    assert "Runbooks of nobody in gpu-cloud, 2026-11-01" in page
    assert "All teams" not in page


def test_a_team_is_not_flooded() -> None:
    document = nightly.small()
    document["actions"] = [nightly.action("overdue", 2, f"number {each}", "review it") for each in range(1_500)]
    page = plain(render("html", document))
    assert "platform-team 1,500 things to do; on call: ada, backup: grace" in page
    assert "12 more" in page
    assert "And 1,480 lesser ones that the JSON report lists." in page
    assert "number 19 " in page
    assert "number 20 " not in page
    assert "Nothing is asked of billing-team." in page


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 9, "0%"), (9, 9, "100%"), (1, 4000, "1%"), (3999, 4000, "99%"), (1, 2, "50%"), (0, 0, "0%")],
)
def test_a_share(part: int, whole: int, told: str) -> None:
    assert percent(part, whole) == told


def test_counts() -> None:
    assert many(1, "entry", "entries") == "1 entry"
    assert many(0, "entry", "entries") == "0 entries"
    assert many(4000, "alert") == "4,000 alerts"


def test_a_bar_of_nothing_is_empty() -> None:
    assert bar(("full", 0), of=0).count("<rect") == 1


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        (["a/b/c.md", "a/b/d.md", "https://wiki.example.com/x", ""], "a/b/"),
        (["a/b.md", "ab/b.md"], ""),
        (["b.md"], ""),
        ([], ""),
    ],
)
def test_the_folder_that_all_paths_share(paths: list[str], folder: str) -> None:
    assert common_folder(paths) == folder


# Data, and perhaps hostile


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\" onload='x' &amp;", "&quot; onload=&#x27;x&#x27; &amp;amp;"),
        ("runbook\u202egnp.exe", "runbook\\u202egnp.exe"),
        ("\x1b[31m\x00\n", "\\x1b[31m\\x00\\n"),
        ("byte\udcff", "byte\\xff"),
        ("=cmd()", "=cmd()"),
    ],
)
def test_text_is_text(value: str, escaped: str) -> None:
    assert text(value) == escaped


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("https://example.com/d/api?x=<b>", '<a href="https://example.com/d/api?x=&lt;b&gt;" rel=noopener>api</a>'),
        ("HTTP://example.com/", '<a href="HTTP://example.com/" rel=noopener>example.com</a>'),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("data:text/html,x", "data:text/html,x"),
        ("//example.com", "//example.com"),
        ("https://example.com/ onclick=x", "https://example.com/ onclick=x"),
        ("https://example.com/\u202e", "https://example.com/\\u202e"),
        ("doc/x.md", "doc/x.md"),
    ],
)
def test_only_an_address_of_the_web_is_a_link(value: str, shown: str) -> None:
    assert reference(value) == shown


def test_names_between_backticks_are_code() -> None:
    assert said("run `<b>` now") == "run <code>&lt;b&gt;</code> now"


def test_what_a_fragment_names() -> None:
    assert anchor("team=ops") == ("team=ops", "#team=ops")
    assert anchor('team="a b"') == ("team=&quot;a-b&quot;", "#team=%22a-b%22")


# What it is made of


class Tags(HTMLParser):
    """The tags of a page in their order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def of(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_structure(name: str) -> None:
    page = render("html", DOCUMENTS[name]())
    tags = Tags(page)
    ids = [attributes["id"] for _, attributes in tags.tags if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))
    named = " ".join(attributes.get("aria-labelledby", "") for _, attributes in tags.tags).split()
    assert set(named) <= set(ids)
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in tags.tags}
    levels = [int(tag[1]) for tag, _ in tags.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 and after > 1 for before, after in pairwise(levels))
    assert len(tags.of("table")) == len(tags.of("caption"))
    assert all(attributes.get("scope") for attributes in tags.of("th"))
    assert len(tags.of("script")) == len(tags.of("style")) == 1
    assert not tags.of("img", "iframe", "object", "embed", "base")
    assert all(href.startswith(("#", "http://", "https://", "data:,")) for href in _addresses(tags))
    assert not [each for _, attributes in tags.tags for each in attributes if each.startswith("on") or each == "style"]
    inner = [attributes["href"][1:] for attributes in tags.of("a") if re.match("#[a-z]+$", attributes["href"])]
    assert set(inner) <= set(ids)


def _addresses(tags: Tags) -> list[str]:
    return [attributes[key] for _, attributes in tags.tags for key in ("href", "src", "action") if key in attributes]


def test_the_charts_have_words() -> None:
    charts = re.findall(r"<svg class=chart.*?</desc>", render("html", nightly.small()))
    assert len(charts) == 5
    assert all(re.search(r"role=img.*<title id=\S+>[A-Z].+</title><desc id=\S+>.+\.$", each[:-7]) for each in charts)


def test_a_thousand_runbooks_and_four_thousand_alerts_are_less_than_a_megabyte() -> None:
    assert len(render("html", nightly.sized(1_000, 4_000, 12, 53)).encode()) < 1_000_000


def test_the_same_document_gives_the_same_page() -> None:
    assert render("html", nightly.sized(50, 200)) == render("html", nightly.sized(50, 200))


# In a browser


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {name: _written(folder / f"{name}.html", make()) for name, make in DOCUMENTS.items()}


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages as the command writes them: of the governed example, and of a thousand runbooks over two years."""
    folder = tmp_path_factory.mktemp("reported")
    shutil.copytree(ROOT / "examples/gpu-cloud", folder / "governed")
    commit(folder / "governed")
    subprocess.run([sys.executable, ROOT / "benchmarks/corpus.py", folder / "large", "1000", "100"], check=True)
    return {
        name: _reported(folder / name, folder / f"{name}.html", day)
        for name, day in (("governed", "2026-11-01"), ("large", "2026-03-01"))
    }


def _reported(root: Path, page: Path, day: str) -> Path:
    words = ("report", "--as-of", day, "--weeks", "20", "--format", f"html:{page}")
    with started(*words, cwd=root) as running:
        assert running.wait(timeout=120) == 0
    return page


def _written(path: Path, document: Nightly) -> Path:
    path.write_text(render("html", document), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_page_opens_in_peace(chrome: Browser, pages: dict[str, Path], name: str) -> None:
    chrome.open(pages[name])
    assert chrome.ask("[...document.querySelectorAll('h2')].map(each => each.textContent)") == SECTIONS
    assert chrome.ask("document.title").startswith("Runbooks")
    assert chrome.ask("document.querySelectorAll('img, iframe, object, script[src]').length") == 0
    assert chrome.complaints == []
    assert [each for each in chrome.requests if not each.startswith("data:,")] == [pages[name].as_uri()]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_wider_than_the_screen(chrome: Browser, pages: dict[str, Path], name: str) -> None:
    for width in (360, 700, 1024):
        chrome.open(pages[name], width=width)
        chrome.ask("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert chrome.ask("document.documentElement.scrollWidth") == width
        assert chrome.ask(WIDER) == []


# What stands out to the right, but for the column heads that only screen readers read.
WIDER = """[...document.querySelectorAll('main *')]
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('thead, caption'))
  .map(each => each.outerHTML.slice(0, 80))"""

# Every text and its ratio to what is behind it, where that is less than WCAG's AA asks.
FAINT = r"""(() => {
  const rgb = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = rgb(colour).map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if ((rgb(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  let seen = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const seeable = element.getClientRects().length && !element.closest('script, option');
    if (!texts.currentNode.data.trim() || !seeable) continue;
    const style = getComputedStyle(element);
    const [one, other] = [style[element.closest('svg') ? 'fill' : 'color'], behind(element)].map(light);
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    seen += 1;
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${texts.currentNode.data.slice(0, 40)}`);
  }
  return { seen, faint };
})()"""


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["small", "calm", "merged"])
def test_every_text_has_contrast(chrome: Browser, pages: dict[str, Path], name: str, dark: bool) -> None:
    chrome.open(pages[name], dark=dark)
    chrome.ask("document.querySelectorAll('details').forEach(each => { each.open = true })")
    found = chrome.ask(FAINT)
    assert found["seen"] > 90
    assert found["faint"] == []
    paper = "rgb(20, 23, 27)" if dark else "rgb(255, 255, 255)"
    assert chrome.ask("getComputedStyle(document.body).backgroundColor") == paper


@pytest.mark.parametrize(("name", "word"), [("governed", "fail"), ("large", "ops.service.n1")])
def test_the_page_that_the_command_writes(chrome: Browser, reported: dict[str, Path], name: str, word: str) -> None:
    for width, dark in ((1280, False), (1280, True), (360, False)):
        chrome.open(reported[name], width=width, dark=dark)
        assert chrome.ask("[...document.querySelectorAll('h2')].map(each => each.textContent)") == SECTIONS
        assert chrome.ask("document.documentElement.scrollWidth") == width
        assert chrome.complaints == []
        assert chrome.ask(FAINT)["faint"] == []
    assert reported[name].stat().st_size < 1_000_000
    search(chrome, "fleet", word)
    assert 0 < len(shown(chrome, "fleet", 0)) <= 100


def status(chrome: Browser, part: str) -> str:
    said: str = chrome.ask(f"document.querySelector('#{part} [role=status]').textContent")
    return said


def shown(chrome: Browser, part: str, column: int) -> list[str]:
    """The texts of a column in the rows that are seen."""
    rows = f"[...document.querySelectorAll('#{part} .list tbody tr:not(.g)')].filter(each => each.offsetHeight)"
    texts: list[str] = chrome.ask(f"{rows}.map(each => each.cells[{column}].textContent)")
    return texts


def search(chrome: Browser, part: str, words: str) -> None:
    """Types into a search field and waits for what comes of it."""
    chrome.ask(f"document.querySelector('#{part} input[type=search]').select()")
    chrome.send("Input.insertText", text=words)
    chrome.ask("new Promise(done => setTimeout(done, 200))")


def choose(chrome: Browser, part: str, name: str, value: str) -> None:
    chrome.ask(f"""(() => {{
      const labels = [...document.querySelectorAll('#{part} label')];
      const label = labels.find(each => each.firstChild.data.trim() === '{name}');
      label.control.value = '{value}';
      label.control.dispatchEvent(new Event('change'));
    }})()""")


def test_the_investigation_is_searched_and_filtered(chrome: Browser, pages: dict[str, Path]) -> None:
    chrome.open(pages["small"])
    assert status(chrome, "investigation") == "5 rows; all shown"
    search(chrome, "investigation", "BILLING gone")
    assert shown(chrome, "investigation", 1) == ["WebhookGone"]
    assert status(chrome, "investigation") == "5 rows, 1 of them fits; all shown"
    assert chrome.ask("document.querySelectorAll('#investigation .g').length") == 2
    assert (
        chrome.ask("[...document.querySelectorAll('#investigation .g')].filter(each => each.offsetHeight).length") == 1
    )
    search(chrome, "investigation", "nowhere")
    assert status(chrome, "investigation") == "None of the 5 rows fits"
    chrome.ask("document.querySelector('#investigation [type=reset]').click()")
    chrome.ask("new Promise(done => setTimeout(done, 50))")
    assert len(shown(chrome, "investigation", 1)) == 5
    choose(chrome, "investigation", "Team", "billing-team")
    assert shown(chrome, "investigation", 1) == ["InvoicesLate", "WebhookGone"]
    choose(chrome, "investigation", "Severity", "sev1")
    assert shown(chrome, "investigation", 1) == ["WebhookGone"]
    choose(chrome, "investigation", "Team", "")
    choose(chrome, "investigation", "Verdict", "works")
    assert shown(chrome, "investigation", 1) == ["OutboxRelayDown"]
    assert chrome.complaints == []


def test_a_large_estate_shows_a_hundred_rows_and_stays_quick(chrome: Browser, pages: dict[str, Path]) -> None:
    chrome.open(pages["sized"])
    assert status(chrome, "investigation") == "4,000 rows; the first 100 shown"
    began = time.monotonic()
    search(chrome, "investigation", "dns resolver")
    assert re.fullmatch(r"4,000 rows, \d+ of them fit; the first 100 shown", status(chrome, "investigation"))
    chrome.ask("document.querySelector('#investigation .more').click()")
    found = shown(chrome, "investigation", 1)
    assert time.monotonic() - began < 5
    assert len(found) > 100
    assert all(each.startswith("Dns") for each in found)
    assert chrome.ask("document.querySelector('#investigation .more').hidden") is True


def test_a_row_that_is_not_shown_is_shown_when_a_link_leads_to_it(chrome: Browser, pages: dict[str, Path]) -> None:
    chrome.open(pages["sized"])
    row = "document.getElementById('runbook=mail.gateway.case911')"
    assert chrome.ask(f"{row}.offsetHeight") == 0
    search(chrome, "investigation", "mail.gateway.case911")
    chrome.ask("document.querySelector('#investigation tr:not([hidden]) a[href^=\"#runbook\"]').click()")
    chrome.ask("new Promise(done => setTimeout(done, 100))")
    assert chrome.ask("location.hash") == "#runbook=mail.gateway.case911"
    assert chrome.ask(f"{row}.getBoundingClientRect().top") > 0
    assert chrome.ask(f"{row}.offsetHeight") > 0


def test_the_fleet_is_sorted_by_its_heads(chrome: Browser, pages: dict[str, Path]) -> None:
    chrome.open(pages["small"])
    head = "document.querySelectorAll('#fleet .fleet thead th')"
    chrome.ask(f"{head}[3].firstChild.click()")
    order = [each.split()[0] for each in shown(chrome, "fleet", 0)]
    assert order == ["lab.hosts", "ops.outbox.relay", "ops.queue.backlog", "billing.webhook", "billing.invoices"]
    assert chrome.ask(f"[...{head}].map(each => each.getAttribute('aria-sort')).filter(Boolean)") == ["ascending"]
    chrome.ask(f"{head}[8].firstChild.click()")
    chrome.ask(f"{head}[8].firstChild.click()")
    assert shown(chrome, "fleet", 8) == ["2", "1", "1", "0", "0"]
    assert chrome.ask(f"{head}[8].getAttribute('aria-sort')") == "descending"
    search(chrome, "fleet", "hopper")
    assert [each.split()[0] for each in shown(chrome, "fleet", 0)] == ["ops.queue.backlog"]


@pytest.mark.parametrize("script", [True, False])
def test_a_fragment_shows_one_team(chrome: Browser, pages: dict[str, Path], script: bool) -> None:
    chrome.open(pages["small"], script=script)
    teams = "[...document.querySelectorAll('.team')].filter(each => each.offsetHeight).map(each => each.id)"
    assert chrome.ask(teams) == ["team=platform-team", "team=billing-team", "team="]
    chrome.ask("location.hash = '#team=billing-team'")
    assert chrome.ask(teams) == ["team=billing-team"]
    chrome.ask("location.hash = '#action'")
    assert len(chrome.ask(teams)) == 3


def test_without_its_script_the_page_stands_whole(chrome: Browser, pages: dict[str, Path]) -> None:
    chrome.open(pages["sized"], script=False)
    assert chrome.ask("[...document.querySelectorAll('form')].map(each => each.offsetHeight)") == [0, 0]
    assert len(shown(chrome, "investigation", 0)) == 4_000
    assert len(shown(chrome, "fleet", 0)) == 1_000
    assert status(chrome, "investigation") == "4,000 rows"
    assert chrome.complaints == []


def test_the_keyboard_reaches_everything(chrome: Browser, pages: dict[str, Path]) -> None:
    chrome.open(pages["small"])
    wanted = chrome.ask("""(window.all = [...document.querySelectorAll('a[href], button, input, select, summary')]
      .filter(each => each.getClientRects().length)).length""")
    chrome.press("Tab", 9)
    assert chrome.ask("document.activeElement.textContent") == "Skip to the report"
    assert chrome.ask("document.activeElement.getBoundingClientRect().left >= 0") is True
    reached = []
    for _ in range(wanted):
        reached.append(chrome.ask("all.indexOf(document.activeElement)"))
        assert chrome.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        chrome.press("Tab", 9)
    assert reached == list(range(wanted))


def test_it_prints(chrome: Browser, pages: dict[str, Path]) -> None:
    chrome.open(pages["small"], dark=True)
    assert chrome.printed().startswith(b"%PDF")
    chrome.send("Emulation.setEmulatedMedia", media="print")
    assert chrome.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    seen = "[...document.querySelectorAll('nav, form, .skip')].filter(each => each.offsetHeight).length"
    assert chrome.ask(seen) == 0


@pytest.mark.parametrize("name", ["hostile", "hostile-days"])
def test_hostile_texts_are_shown_and_do_nothing(chrome: Browser, pages: dict[str, Path], name: str) -> None:
    chrome.open(pages[name])
    assert "<script>document.title = 'owned'</script>" in chrome.ask("document.body.innerText")
    assert chrome.ask("document.title") != "owned"
    assert chrome.ask("document.querySelectorAll('main script, main [onerror], main [onload]').length") == 0
    assert not re.search("[\u202a-\u202e\x00\x1b]", chrome.ask("document.documentElement.textContent"))
    assert chrome.ask(
        "[...document.querySelectorAll('main a')].every(each => /^(#|https?:)/.test(each.getAttribute('href')))"
    )


def test_nothing_else_may_run(chrome: Browser, pages: dict[str, Path]) -> None:
    chrome.open(pages["small"])
    for attack in ("document.body.innerHTML = '<b>'", "document.body.setAttribute('onclick', '1')"):
        with pytest.raises(AssertionError, match="This document requires 'Trusted"):
            chrome.ask(attack)
