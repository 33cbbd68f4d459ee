// The dialog of examples.
import { make } from "./dom.js";
import { loadJson } from "./inline.js";

export function createExamples({ dialog, search, list, assets, choose }) {
  let examples = null;

  async function open() {
    dialog.showModal();
    examples ??= await loadJson(assets, "examples");
    show("");
    search.value = "";
    search.focus();
  }

  function show(wanted) {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = ({ name, file, text }, title) => {
      const about = `${name} ${file} ${title}`.toLowerCase();
      return words.every((word) => about.includes(word) || (word.length > 3 && text.toLowerCase().includes(word)));
    };
    const sections = examples.map(({ title, note, items }) => {
      const found = items.filter((item) => matches(item, title));
      return found.length > 0 && make("section", {}, make("h3", {}, title, make("small", {}, note)), make("ul", {}, found.map(entry)));
    });
    list.replaceChildren(...(sections.some(Boolean) ? sections.filter(Boolean) : [make("p", { class: "empty" }, "Nothing is called that.")]));
  }

  function entry(item) {
    const picked = () => {
      dialog.close();
      choose(item);
    };
    return make("li", {}, make("button", { type: "button", onclick: picked }, make("b", {}, item.name), item.about && make("span", {}, item.about)));
  }

  search.oninput = () => show(search.value);
  return { open };
}
