// What is wrong: each finding with its rule, its place, and repairs that a click writes.
import { make, number } from "./dom.js";

export function findings(result, page) {
  const listed = result.findings;
  if (!listed.length) return result.count ? [make("p", { class: "clear" }, make("span", { "aria-hidden": "true" }, "✓"), " Everything fits")] : [];
  const more = result.more_findings;
  return [...listed.map((found) => finding(found, page)), more ? make("p", { class: "note" }, `${number(more)} further findings are not listed.`) : null].filter(Boolean);
}

function finding(found, page) {
  const { line, column, severity, code, message, hint, edits } = found;
  return make(
    "article",
    { class: `finding ${severity}` },
    make(
      "header",
      {},
      make("span", { class: "severity" }, severity),
      make("button", { type: "button", class: "code", onclick: () => page.explain(code), title: "Explain this rule" }, code, " ", make("span", {}, "why?")),
      line && make("button", { type: "button", class: "place", onclick: () => page.go(line, column) }, `line ${line}`),
    ),
    make("p", {}, message),
    edits.length ? repairs(edits, page) : hint && make("p", { class: "hint" }, hint),
  );
}

function repairs(edits, page) {
  return make(
    "div",
    { class: edits.length > 1 ? "repairs ranked" : "repairs" },
    make("span", { class: "lead" }, edits.length > 1 ? "What would work, the smallest change first; a click writes it" : "What would work; a click writes it"),
    make("ul", {}, edits.map((edit) => make("li", {}, make("button", { type: "button", onclick: () => page.apply(edit) }, edit.title)))),
  );
}
