// The dialog in which a teacher sets questions: what is asked, and the link to hand out.
import { make } from "./dom.js";
import { codeFor, linkTo } from "./links.js";

const PAUSE = 300; // milliseconds without a key before what is asked is checked

export function createSetting(page) {
  const drawn = { level: select([1, 2], "Level"), count: make("input", { id: "set-count", type: "number", min: "1", max: "20", value: "5" }) };
  const title = make("input", { id: "set-title", maxlength: "200", autocomplete: "off" });
  const further = make("textarea", { id: "set-further", rows: "3", spellcheck: "false", placeholder: "P(conv1)\nfits(max_pool1)" });
  const hidden = new Set();
  const table = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Numbers to hide" });
  const link = make("input", { id: "set-link", readonly: true, "aria-label": "Link" });
  const why = make("p", { class: "small says", role: "status" });
  const kinds = ["drawn", "network"].map((kind) => make("input", { type: "radio", name: "set-kind", id: `set-${kind}`, value: kind, checked: kind === "drawn", onchange: change }));
  const parts = {
    drawn: make("div", { class: "part" }, make("label", { for: drawn.level.id }, "Level"), drawn.level, make("label", { for: drawn.count.id }, "Questions"), drawn.count, make("p", { class: "small" }, "Everybody with the link gets the same numbers.")),
    network: make("div", { class: "part" }, make("p", { class: "small" }, "Click the numbers that are to be filled in."), table, make("label", { for: further.id }, "Further questions, one a line"), further, make("label", { for: title.id }, "Title"), title, make("p", { class: "small" }, "The link holds the whole network, so whoever wants to can work out the answers with it.")),
  };
  const copies = [make("button", { type: "button", class: "primary", onclick: () => page.copy(link.value, "Link copied.") }, "Copy link"), make("button", { type: "button", class: "plain", onclick: embed }, "Copy code to embed")];
  const dialog = make(
    "dialog",
    { id: "setting", "aria-labelledby": "setting-title" },
    make("form", { method: "dialog" }, make("h2", { id: "setting-title" }, "Set for a class"), make("button", { class: "icon", "aria-label": "Close" }, "✕")),
    make(
      "div",
      { class: "prose setting" },
      make("fieldset", {}, make("legend", {}, "What is asked"), make("label", {}, kinds[0], " Questions drawn by shapecalc"), make("label", {}, kinds[1], " Numbers of the network in the editor")),
      parts.drawn,
      parts.network,
      make("div", { class: "link-row" }, link, copies),
      why,
      make("p", { class: "small" }, "Answers are marked in the student's own browser; nothing is sent to you."),
    ),
  );
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  for (const input of [drawn.level, drawn.count, title, further]) input.addEventListener("input", typed);
  let seed = 0, checked = 0, pause;

  const kind = () => kinds.find((one) => one.checked).value;
  const sheet = () => (kind() === "drawn" ? { level: Number(drawn.level.value), seed, count: Number(drawn.count.value) } : { spec: page.text(), hide: [...hidden], ask: further.value.split("\n").map((line) => line.trim()).filter(Boolean), title: title.value.trim() });

  /* A word that is half typed is not called wrong, nor is a link copied that lacks it. */
  function typed() {
    for (const button of copies) button.disabled = true;
    checked += 1; // what is under way lacks it as well
    clearTimeout(pause);
    pause = setTimeout(change, PAUSE);
  }

  /* The link is shown once Python has found that all of it can be answered. */
  async function change() {
    clearTimeout(pause);
    const mine = ++checked;
    for (const [name, part] of Object.entries(parts)) part.hidden = name !== kind();
    const wanted = sheet();
    let said = "";
    try {
      await page.call("sheet", wanted);
    } catch (error) {
      said = page.told(error);
    }
    const address = said ? "" : await linkTo(wanted);
    if (mine !== checked) return;
    link.value = address;
    why.textContent = said;
    for (const button of copies) button.disabled = Boolean(said);
  }

  async function embed() {
    page.copy(codeFor(await linkTo(sheet(), { embed: true }), title.value.trim() || "shapecalc questions"), "Code copied.");
  }

  async function list() {
    hidden.clear();
    let found;
    try {
      found = await page.call("choices");
    } catch (error) {
      return table.replaceChildren(make("p", { class: "empty" }, page.told(error)));
    }
    const toggle = (choice, row, column) => make("button", { type: "button", class: "hides", value: choice.path, "aria-pressed": "false", "aria-label": `Hide ${row.name}, ${column}: ${choice.text}`, onclick: (event) => hide([event.currentTarget], !hidden.has(choice.path)) }, choice.text);
    const rows = found.rows.map((row) => make("tr", {}, make("th", { scope: "row" }, make("b", {}, row.name === "total" && !row.what ? "Total" : row.name), make("span", { class: "fields" }, row.what)), row.cells.map((choice, at) => make("td", {}, choice && toggle(choice, row, found.columns[at])))));
    table.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Layer"), found.columns.map((column, at) => make("th", { scope: "col" }, column, " ", make("button", { type: "button", class: "hides", "aria-label": `Hide all of ${column}`, onclick: () => all(at + 1) }, "all"))))), make("tbody", {}, rows)));
  }

  function all(column) {
    const buttons = [...table.querySelectorAll(`tbody td:nth-child(${column + 1}) .hides`)];
    hide(buttons, buttons.some((button) => !hidden.has(button.value)));
  }

  function hide(buttons, on) {
    for (const button of buttons) {
      if (on) hidden.add(button.value);
      else hidden.delete(button.value);
      button.setAttribute("aria-pressed", String(on));
    }
    change();
  }

  return {
    async open(now) {
      seed = now.seed;
      drawn.level.value = String(now.level);
      dialog.showModal();
      await list();
      change();
    },
  };
}

const select = (values, label) => make("select", { id: `set-${label.toLowerCase()}` }, values.map((value) => make("option", {}, String(value))));
