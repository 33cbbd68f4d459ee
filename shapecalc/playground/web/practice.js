// The tab to practise in: questions drawn by a level and a seed, or those that a link sets.
import { createBook } from "./answers.js";
import { make } from "./dom.js";
import { drawnSheet } from "./drawn_sheet.js";
import { linkedSheet } from "./links.js";
import { createSetting } from "./setting.js";
import { setSheet } from "./set_sheet.js";

const SEEDS = 10_000;
const COUNT = 5;

export const practice = {
  id: "practice",
  title: "Practice",
  apart: true,
  create(host, page) {
    const heading = make("h2", { class: "practice-title" });
    const levels = [1, 2].map((level) => make("button", { type: "button", class: "plain", "aria-pressed": "false", onclick: () => own(level) }, `Level ${level}`));
    const setting = createSetting(page);
    const set = make("button", { type: "button", class: "plain", onclick: () => setting.open({ level: written?.level ?? 1, seed: written?.seed ?? draw() }) }, "Set for a class…");
    const tools = make("div", { class: "tools practice-tools" }, make("div", { class: "choice", role: "group", "aria-label": "Level" }, levels), make("button", { type: "button", class: "plain", onclick: () => own(written.level ?? 1) }, "Other questions"), set);
    const leave = make("a", { class: "leave", href: location.pathname }, "Open the playground");
    const body = make("div", { class: "practice" });
    host.append(heading, tools, leave, body);
    let written = null, asked = 0;

    const draw = () => Math.floor(Math.random() * SEEDS);
    const own = (level) => open({ level, seed: draw(), count: COUNT }, false);

    /* `set` says that a link asks: then there is nothing to choose, and nothing else on the page. */
    async function open(next, linked) {
      const mine = ++asked;
      written = next;
      document.documentElement.classList.toggle("linked", linked);
      tools.hidden = linked;
      heading.textContent = "Practice";
      heading.classList.toggle("visually-hidden", !linked);
      leave.hidden = !linked;
      leave.target = document.documentElement.classList.contains("embed") ? "_blank" : "";
      for (const [at, button] of levels.entries()) button.setAttribute("aria-pressed", String(written.level === at + 1));
      body.replaceChildren(make("p", { class: "empty" }, "Python is starting."));
      try {
        const sheet = await page.call("sheet", written);
        if (mine !== asked) return;
        if (linked) heading.textContent = sheet.title;
        start(sheet, linked);
      } catch (error) {
        if (mine === asked) body.replaceChildren(make("p", { class: "empty", role: "alert" }, page.told(error)));
      }
    }

    function start(sheet, linked) {
      const book = createBook(page, written);
      if (sheet.table) setSheet(body, sheet, book);
      else drawnSheet(body, sheet, book, (same) => (same ? start(sheet, linked) : own(written.level)));
    }

    async function begin() {
      const linked = await linkedSheet();
      if (linked) open(linked, true);
      else if (!written || document.documentElement.classList.contains("linked")) own(1);
    }

    window.addEventListener("hashchange", begin);
    begin();
    return {};
  },
};
