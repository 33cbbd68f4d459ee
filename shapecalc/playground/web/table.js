// The table of layers: a row opens its working, and instances of blocks can be folded.
import { family, make, number, volume } from "./dom.js";

/* Rows in written order; the outermost instances of blocks become one row each if they are folded. */
export function listed(result, fold) {
  const rows = [];
  for (let index = 0; index < result.layers.length; index++) {
    const group = fold && result.groups.filter((one) => one.first === index && one.end > index + 1 && one.end <= result.layers.length).sort((a, b) => b.end - a.end)[0];
    if (group) {
      rows.push(folded(result, group));
      index = group.end - 1;
    } else rows.push({ ...result.layers[index], index });
  }
  return rows;
}

function folded(result, group) {
  const inside = result.layers.slice(group.first, group.end);
  const sum = (key) => inside.reduce((total, layer) => (typeof total === "number" && typeof layer[key] === "number" ? total + layer[key] : null), 0);
  const last = inside[inside.length - 1];
  return { ...last, name: group.name, kind: group.kind, summary: `${group.kind}, ${inside.length} layers`, inside, index: group.first, parameters: sum("parameters"), macs: sum("macs"), place: group.place[0] ? group.place : inside[0].place };
}

export function table(result, page, fold, setFold) {
  if (!result.layers.length) return [make("p", { class: "empty" }, result.readable ? "No layers yet: write layers: and a list." : "The table appears once the text can be read.")];
  const rows = listed(result, fold);
  const most = (key) => Math.max(1, ...rows.map((row) => (typeof row[key] === "number" ? row[key] : 0)));
  const largest = { parameters: most("parameters"), macs: most("macs") };
  const body = make("tbody");
  for (const row of rows) body.append(entry(row, largest, page));
  const heads = [["Layer"], ["Output"], ["Parameters", "n"], ["MACs", "n"], ["Field", "n field", "Receptive field: the input pixels that one value depends on"]];
  const { totals } = result;
  const rest = result.count - result.layers.length;
  return [
    make(
      "div",
      { class: "tools" },
      make("h3", {}, "Layers"),
      result.groups.length > 0 && make("label", {}, make("input", { type: "checkbox", checked: fold, onchange: (event) => setFold(event.target.checked) }), " fold blocks"),
      make("span", { class: "note" }, "a row opens its working"),
    ),
    make(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": "Layers" },
      make(
        "table",
        {},
        make("thead", {}, make("tr", {}, heads.map(([text, style, title]) => make("th", { scope: "col", class: style, title }, text)))),
        body,
        make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, "Total"), make("td"), make("td", { class: "n" }, number(totals.parameters)), make("td", { class: "n" }, number(totals.macs)), make("td", { class: "field" }))),
      ),
      rest > 0 && make("p", { class: "empty" }, `${number(rest)} further layers are counted but not listed here.`),
    ),
  ];
}

function entry(row, largest, page) {
  const button = make("button", { type: "button", "aria-expanded": "false" }, row.name);
  const fields = row.summary.startsWith(`${row.kind} `) ? row.summary.slice(row.kind.length + 1) : row.summary === row.kind ? "" : row.summary;
  const counted = (key) => {
    const value = row[key];
    const share = value > 0 ? `--share:${Math.max(1.5, (100 * value) / largest[key]).toFixed(1)}%` : null;
    return make("td", { class: "n part", style: share }, value === 0 ? make("span", { class: "nil" }, "0") : number(value));
  };
  const field = row.receptive_field;
  const line = make(
    "tr",
    { class: `row f-${row.inside ? "merge" : family(row.kind)}`, "data-line": row.place[0] },
    make(
      "th",
      { scope: "row" },
      make("i", { class: "mark", title: row.kind }),
      button,
      make("span", { class: "fields" }, fields || (row.name.split(".").pop().startsWith(row.kind) ? "" : row.kind)),
      row.shares && make("span", { class: "fields" }, ` shares ${row.shares}`),
    ),
    make("td", { class: "volume" }, volume(row.output)),
    counted("parameters"),
    counted("macs"),
    make("td", { class: "n field" }, field ? volume(field.every((size) => size === field[0]) ? [field[0]] : field) : "–"),
  );
  line.addEventListener("mouseenter", () => page.point(row.place[0]));
  line.addEventListener("mouseleave", () => page.point(null));
  line.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) return line.nextElementSibling.remove();
    const text = make("pre", {}, row.inside?.map((layer) => `${layer.name}: ${layer.summary} → ${volume(layer.output)}`).join("\n") ?? "…");
    if (!row.inside) working(row, page).then((told) => (text.textContent = told));
    const look = row.window && !row.inside && make("button", { type: "button", class: "plain look", onclick: () => page.look(row.index) }, "See its window");
    line.after(make("tr", { class: "working" }, make("td", { colspan: "5" }, text, look)));
  });
  return line;
}

async function working(row, page) {
  try {
    return (await page.call("working", row.index)).join("\n") || "Nothing is known of this layer.";
  } catch (error) {
    return page.told(error);
  }
}
