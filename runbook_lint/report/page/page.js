"use strict";
(() => {
  // What a table shows at once. Nobody reads thousands of rows, and laying them out takes a second.
  const ROOM = 100;
  const RUNBOOK = 5;
  const order = new Intl.Collator("en", { numeric: true });

  function later(act) {
    let timer = 0;
    return () => { clearTimeout(timer); timer = setTimeout(act, 120); };
  }

  function entriesOf(table) {
    const entries = [];
    for (const body of table.tBodies) {
      let group = "";
      for (const row of body.rows) {
        if (row.className === "g") group = row.textContent;
        else entries.push({ row, body, text: `${row.textContent} ${group}`.toLowerCase() });
      }
    }
    return entries;
  }

  function set(element, hidden) {
    if (element.hidden !== hidden) element.hidden = hidden;
  }

  // Rows of the fleet by their runbook's id: `#runbook=ID` leads to one.
  const fleet = new Map();
  for (const row of document.querySelectorAll(".fleet tbody tr")) {
    const id = row.cells[0].firstChild.textContent.trim();
    if (!fleet.has(id)) fleet.set(id, row);
    row.id = fleet.get(id) === row ? `runbook=${id}` : "";
  }

  // Thousands of links would make the page a tenth larger, so they are made where they are seen.
  function link(entry) {
    const cell = entry.linked ? null : entry.row.cells[RUNBOOK];
    entry.linked = true;
    if (!cell || !fleet.has(cell.textContent)) return;
    const anchor = document.createElement("a");
    anchor.href = `#runbook=${encodeURIComponent(cell.textContent)}`;
    anchor.textContent = cell.textContent;
    cell.replaceChildren(anchor);
  }

  function listing(part) {
    const table = part.querySelector("table");
    const form = part.querySelector("form");
    const search = form.querySelector("input");
    const choices = [...form.querySelectorAll("select")];
    const more = form.querySelector(".more");
    const status = part.querySelector("[role=status]");
    const entries = entriesOf(table);
    const linked = table.className === "ways";
    let whole = false;

    function fits(entry, words, chosen) {
      return words.every((word) => entry.text.includes(word))
        && chosen.every((each) => entry.row.cells[each.dataset.column].textContent === each.value);
    }

    function show() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const chosen = choices.filter((each) => each.value);
      const open = new Set();
      let matching = 0;
      for (const entry of entries) {
        const fit = fits(entry, words, chosen);
        matching += fit;
        const shown = fit && (whole || matching <= ROOM);
        set(entry.row, !shown);
        if (shown) {
          open.add(entry.body);
          if (linked) link(entry);
        }
      }
      for (const body of table.tBodies) set(body, !open.has(body));
      tell(matching);
    }

    function tell(matching) {
      const shown = whole ? matching : Math.min(matching, ROOM);
      const number = (count) => count.toLocaleString("en");
      const noun = entries.length === 1 ? part.dataset.one : part.dataset.many;
      const fitting = matching === entries.length ? "" : `, ${number(matching)} of them ${matching === 1 ? "fits" : "fit"}`;
      status.textContent = matching
        ? `${number(entries.length)} ${noun}${fitting}; ${shown === matching ? "all" : `the first ${number(shown)}`} shown`
        : `None of the ${number(entries.length)} ${noun} fits`;
      more.textContent = `Show all ${number(matching)}`;
      set(more, shown === matching);
    }

    function open() {
      search.value = "";
      for (const each of choices) each.value = "";
      whole = true;
      show();
    }

    function sort(column, button) {
      const head = button.parentElement;
      const turn = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", turn > 0 ? "ascending" : "descending");
      for (const entry of entries) entry.key = entry.row.cells[column].textContent.trim();
      entries.sort((one, other) => (!one.key - !other.key) || turn * order.compare(one.key, other.key));
      const rows = document.createDocumentFragment();
      for (const entry of entries) rows.append(entry.row);
      table.tBodies[0].append(rows);
      show();
    }

    if (table.classList.contains("sortable")) {
      [...table.tHead.rows[0].cells].forEach((cell, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = cell.textContent;
        button.addEventListener("click", () => sort(column, button));
        cell.replaceChildren(button);
      });
    }
    const soon = later(show);
    search.addEventListener("input", soon);
    for (const each of choices) each.addEventListener("change", show);
    more.addEventListener("click", () => { whole = true; show(); search.focus(); });
    form.addEventListener("reset", () => { whole = false; setTimeout(show); });
    form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
    form.hidden = false;
    show();
    return { has: (row) => table.contains(row), open };
  }

  const lists = [...document.querySelectorAll(".list")].map(listing);

  // A link to a row that is not shown shows it.
  function follow() {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* not ours */ }
    const row = id && document.getElementById(id);
    if (!row || row.localName !== "tr") return;
    const list = lists.find((each) => each.has(row));
    if (list && row.hidden) list.open();
    row.scrollIntoView({ block: "center" });
  }
  addEventListener("hashchange", follow);
  follow();
})();
