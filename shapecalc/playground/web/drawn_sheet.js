// Questions that were drawn, one problem at a time; each answer is marked as soon as it is given.
import { make } from "./dom.js";
import { GOOD, feedback, sign, style, title } from "./marks.js";

/* `book` holds the answers and marks (answers.js); `again(keep)` draws other questions, or the same. */
export function drawnSheet(host, sheet, book, again) {
  let at = 0;

  const items = (problem) => problem.items.map(({ id }) => book.mark(id));
  const done = (problem) => items(problem).every((mark) => mark && mark.verdict !== "needs a look");

  function show(focus = true) {
    const last = at === sheet.problems.length;
    host.replaceChildren(progress(), last ? summary() : question(sheet.problems[at]));
    if (focus) host.querySelector("h3").focus();
  }

  function progress() {
    const steps = sheet.problems.map((problem, number) => {
      const marks = items(problem);
      const bad = marks.find((mark) => mark && !GOOD.has(mark.verdict));
      const mark = bad ?? (marks.every(Boolean) ? marks[0] : null); // of several parts the one to look at
      return make("li", {}, make("button", { type: "button", class: style(mark), "aria-current": number === at ? "step" : null, "aria-label": `Question ${number + 1}: ${title(mark)}`, onclick: () => ((at = number), show()) }, sign(mark) || `${number + 1}`));
    });
    return make("ol", { class: "steps", "aria-label": "Questions" }, steps);
  }

  function question(problem) {
    const card = make("section", { class: "card question" }, make("h3", { tabindex: "-1" }, `Question ${at + 1} of ${sheet.problems.length}`), problem.intro && make("p", { class: "intro" }, problem.intro));
    const next = make("button", { type: "button", class: "next", onclick: () => ((at += 1), show()) }, at + 1 < sheet.problems.length ? "Next question" : "How it went");
    const changed = () => {
      host.firstChild.replaceWith(progress());
      next.classList.toggle("primary", done(problem));
    };
    for (const item of problem.items) card.append(entry(item, problem, book, changed));
    card.append(make("div", { class: "foot" }, at > 0 && make("button", { type: "button", class: "plain", onclick: () => ((at -= 1), show()) }, "Back"), next), sheet.notes && make("p", { class: "small" }, sheet.notes));
    changed();
    return card;
  }

  function summary() {
    const all = sheet.problems.flatMap((problem) => problem.items);
    const good = all.filter(({ id }) => GOOD.has(book.mark(id)?.verdict));
    const first = good.filter(({ id }) => book.first(id));
    return make(
      "section",
      { class: "card" },
      make("h3", { tabindex: "-1" }, `${good.length} of ${all.length} right${good.length ? `, ${first.length === good.length ? "all" : first.length} of them at the first try` : ""}`),
      make(
        "ul",
        { class: "outcome" },
        all.map((item) => {
          const mark = book.mark(item.id);
          return make("li", { class: style(mark) }, make("span", { "aria-hidden": "true" }, sign(mark) || "–"), make("button", { type: "button", onclick: () => ((at = sheet.problems.findIndex((problem) => problem.items.includes(item))), show()) }, `${item.number}. ${item.text}`), make("small", {}, mark ? mark.explained && !GOOD.has(mark.verdict) && mark.feedback : "not answered"));
        }),
      ),
      make("div", { class: "foot" }, make("button", { type: "button", class: "plain", onclick: () => again(true) }, "The same again"), make("button", { type: "button", class: "primary", onclick: () => again(false) }, "Other questions")),
    );
  }

  show(false);
}

/* One question with its answer. */
function entry(item, problem, book, changed) {
  const box = make("div", { class: "item" });
  const told = make("div", { class: "feedback", role: "status" });
  const input = item.form === "truth" ? null : make("input", { id: `answer-${item.id}`, autocomplete: "off", autocapitalize: "off", spellcheck: "false", value: book.answer(item.id) });

  async function check(answer) {
    if (!answer.trim()) return input.focus();
    await book.check({ [item.id]: answer });
    say();
  }

  function say() {
    told.replaceChildren(...feedback(book.mark(item.id), async () => {
      await book.reveal(item.id);
      say();
      told.querySelector(".shown-working")?.scrollIntoView({ block: "nearest" });
    }));
    changed();
  }

  const label = make(input ? "label" : "p", input ? { for: input.id, class: "ask" } : { class: "ask", id: `ask-${item.id}` }, problem.items.length > 1 ? make("b", {}, `${item.number}. `) : "", item.text);
  const form = input
    ? make("form", { onsubmit: (event) => (event.preventDefault(), check(input.value)) }, input, make("button", { class: "primary" }, "Check"))
    : make("div", { class: "choice", role: "group", "aria-labelledby": label.id }, ["yes", "no"].map((answer) => make("button", { type: "button", class: "plain", "aria-pressed": String(book.answer(item.id) === answer), onclick: async (event) => {
        await check(answer);
        for (const button of event.target.parentElement.children) button.setAttribute("aria-pressed", String(button === event.target));
      } }, answer === "yes" ? "Yes" : "No")));
  box.append(label, form, told);
  told.replaceChildren(...feedback(book.mark(item.id), async () => (await book.reveal(item.id), say())));
  return box;
}
