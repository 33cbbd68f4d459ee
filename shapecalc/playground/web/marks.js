// What is said about an answer: whether it is right, what went wrong, and on request the working.
import { make } from "./dom.js";

const TITLES = { right: "Right", "partly right": "Partly right", "followed through": "Right for your earlier answer", wrong: "Not yet", "needs a look": "Not understood" };
const SIGNS = { right: "✓", "partly right": "◐", "followed through": "✓", wrong: "✗", "needs a look": "?" };
export const GOOD = new Set(["right", "followed through"]);

export const style = (mark) => (!mark || mark.verdict === "blank" ? "open" : GOOD.has(mark.verdict) ? "right" : mark.verdict === "partly right" ? "partly" : mark.verdict === "wrong" ? "wrong" : "unread");
export const sign = (mark) => SIGNS[mark?.verdict] ?? "";
export const title = (mark) => TITLES[mark?.verdict] ?? "Not answered";

/* `reveal()` asks for the working; a mark that has it holds `working`. */
export function feedback(mark, reveal) {
  if (!mark) return [];
  const shown = "working" in mark;
  const said = shown ? mark.told : mark.feedback;
  return [
    mark.verdict !== "blank" && make("p", { class: `verdict ${style(mark)}` }, make("b", {}, make("span", { "aria-hidden": "true" }, sign(mark)), ` ${title(mark)}`), said && !/^Right\.$/.test(said) ? ` ${said}` : ""),
    shown && make("p", { class: "shown-working" }, mark.working),
    !shown && make("button", { type: "button", class: "plain", onclick: reveal }, "Show the working"),
  ].filter(Boolean);
}
