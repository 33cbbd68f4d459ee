// A tab: what the network takes in memory, in inference and in training.
import { make } from "./dom.js";

export const memory = {
  id: "memory",
  title: "Memory",
  create(host, page) {
    const batch = make("input", { type: "number", min: "1", max: "1000000", step: "1", placeholder: "1" });
    const dtype = make("select", {}, make("option", {}, "float32"));
    const optimizer = make("select", {}, make("option", {}, "sgd"));
    const fit = make("input", { type: "text", placeholder: "8GiB", size: "8", autocomplete: "off", spellcheck: "false" });
    const field = (title, control) => make("label", {}, `${title} `, control);
    const form = make("form", { class: "asked", oninput: ask, onsubmit: (event) => event.preventDefault() }, field("Batch", batch), field("Precision", dtype), field("Optimizer", optimizer), field("Has to fit in", fit));
    const answer = make("div", {});
    host.append(form, answer);
    let number = 0;

    const fill = (select, words) => select.options.length < words.length && select.replaceChildren(...words.map((word) => make("option", { selected: word === select.value }, word)));

    async function ask() {
      const mine = ++number;
      try {
        const found = await page.call("memory", batch.valueAsNumber || null, dtype.value, optimizer.value, fit.value);
        if (mine !== number) return;
        fill(dtype, found.dtypes);
        fill(optimizer, found.optimizers);
        batch.placeholder = String(found.batch);
        answer.replaceChildren(
          make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Memory" }, make("table", { class: "plain" }, make("tbody", {}, found.rows.map(([name, size, note]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", { class: "n" }, size), make("td", { class: "soft" }, note)))))),
          ...found.remarks.map((text) => make("p", { class: "remark" }, text)),
          make("p", { class: "source" }, found.bound),
        );
      } catch (error) {
        if (mine === number) answer.replaceChildren(make("p", { class: "empty" }, page.told(error)));
      }
    }

    return { show: () => page.live() && ask() };
  },
};
