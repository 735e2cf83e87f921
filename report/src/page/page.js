"use strict";
// Sorting and searching of tables, folding of sections. The page is complete without it.
for (const box of document.querySelectorAll(".table")) {
  const table = box.querySelector("table");
  const body = table.tBodies[0];
  const rows = body ? Array.from(body.rows) : [];
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Table");
  if (rows.length < 2) continue;
  const headings = Array.from(table.tHead.rows[0].cells);
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(body, rows, column, down);
    });
  });
  if (rows.length > 8) box.before(search(rows));
}

// A number at the start counts; what is missing comes last.
function sort(body, rows, column, down) {
  const texts = new Map(rows.map((row) => [row, row.cells[column].textContent.trim()]));
  const missing = (text) => text === "" || text === "–";
  const numeric = Array.from(texts.values()).every((text) => missing(text) || !isNaN(parseFloat(text)));
  const sorted = rows.slice().sort((left, right) => {
    const [a, b] = [texts.get(left), texts.get(right)];
    if (missing(a) || missing(b)) return missing(a) - missing(b);
    const order = numeric ? parseFloat(a) - parseFloat(b) : a < b ? -1 : a > b ? 1 : 0;
    return down ? -order : order;
  });
  body.append(...sorted);
}

// Rows that have every word.
function search(rows) {
  const tools = document.createElement("div");
  tools.className = "tools";
  const label = document.createElement("label");
  label.append("Search ");
  const input = document.createElement("input");
  input.type = "search";
  const count = document.createElement("span");
  count.className = "note";
  count.setAttribute("role", "status");
  label.append(input);
  tools.append(label, count);
  const texts = rows.map((row) => row.textContent.toLowerCase());
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !words.every((word) => texts[place].includes(word));
      if (!row.hidden) shown += 1;
    });
    count.textContent = shown === rows.length ? "" : shown + " of " + rows.length + " rows";
  });
  return tools;
}

const sections = Array.from(document.querySelectorAll("main > details"));
if (sections.length > 1) {
  const tools = document.createElement("div");
  tools.className = "tools";
  for (const [text, open] of [["Show all", true], ["Hide all", false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(text);
    button.addEventListener("click", () => sections.forEach((section) => { section.open = open; }));
    tools.append(button);
  }
  sections[0].before(tools);
}
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const section = target && target.closest("details");
  if (section) section.open = true;
}
addEventListener("hashchange", open);
addEventListener("beforeprint", () => sections.forEach((section) => { section.open = true; }));
open();
