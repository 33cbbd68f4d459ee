// Questions that somebody set about one network: its table with cells to fill in, and further ones.
import { make } from "./dom.js";
import { GOOD, feedback, sign, style } from "./marks.js";

export function setSheet(host, sheet, book) {
  const items = sheet.problems.flatMap((problem) => problem.items);
  const inputs = new Map(), lines = new Map();
  const inCell = new Set(sheet.table.rows.flatMap((row) => row.cells.map((cell) => cell.asks)).filter(Boolean));
  const score = make("p", { class: "score", role: "status" });

  function field(item, label) {
    const input = make("input", { id: `answer-${item.number}`, "aria-label": label, autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
    const state = make("span", { class: "state", "aria-hidden": "true" });
    inputs.set(item.id, { input, state });
    input.addEventListener("input", () => ((input.className = ""), (state.textContent = "")));
    return [make("small", { class: "number", "aria-hidden": "true" }, `${item.number}`), input, state];
  }

  const named = new Map(items.map((item) => [item.id, item]));
  const name = (row, column) => (row.what || row.name !== "total" ? `${row.name}, ${column}` : `Total, ${column}`);
  const cell = (row, found, column) => make("td", { class: "volume" }, found.asks ? make("span", { class: "fill" }, field(named.get(found.asks), name(row, column))) : found.kept_back ? make("span", { class: "nil", title: "Left out: it would give a missing number away" }, "…") : found.text);
  const body = sheet.table.rows.map((row) => make("tr", {}, make("th", { scope: "row" }, make("b", {}, row.name === "total" && !row.what ? "Total" : row.name), make("span", { class: "fields" }, row.what)), row.cells.map((found, at) => cell(row, found, sheet.table.columns[at]))));
  const table = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The network" }, make("table", { class: "to-fill" }, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Layer"), sheet.table.columns.map((column) => make("th", { scope: "col" }, column)))), make("tbody", {}, body)));
  const titles = new Map(sheet.table.rows.flatMap((row) => row.cells.map((found, at) => [found.asks, name(row, sheet.table.columns[at])])));

  const below = items.filter(({ id }) => !inCell.has(id)).map((item) => make("li", {}, make("label", { for: `answer-${item.number}` }, item.text), make("span", { class: "fill" }, field(item, null))));

  async function check() {
    const given = Object.fromEntries([...inputs].map(([id, { input }]) => [id, input.value.trim()]).filter(([, answer]) => answer));
    if (!Object.keys(given).length) {
      score.textContent = "Fill in a number first.";
      return inputs.values().next().value.input.focus();
    }
    await book.check(given);
    say();
  }

  function say() {
    for (const item of items) {
      const mark = book.mark(item.id);
      const { input, state } = inputs.get(item.id);
      const answered = input.value.trim() && mark;
      input.className = answered ? style(mark) : "";
      input.setAttribute("aria-invalid", String(Boolean(answered) && !GOOD.has(mark.verdict)));
      state.textContent = answered ? sign(mark) : "";
      const line = lines.get(item.id);
      const telling = mark && (!GOOD.has(mark.verdict) || "working" in mark || mark.verdict === "followed through");
      line.hidden = !telling;
      line.replaceChildren(...(telling ? [make("b", {}, `${item.number}. ${titles.get(item.id) ?? "further question"}`), ...feedback(mark, async () => (await book.reveal(item.id), say()))] : []));
    }
    const good = items.filter(({ id }) => GOOD.has(book.mark(id)?.verdict));
    score.textContent = `${good.length} of ${items.length} right`;
  }

  for (const item of items) lines.set(item.id, make("li", { class: "feedback", hidden: true }));
  const form = make("form", { class: "set", onsubmit: (event) => (event.preventDefault(), check()) }, table, below.length > 0 && make("ul", { class: "further" }, below), make("div", { class: "foot" }, score, make("button", { class: "primary" }, "Check")), make("div", { role: "status" }, make("ul", { class: "remarks" }, [...lines.values()])));
  host.replaceChildren(form);
}
