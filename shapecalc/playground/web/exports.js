// The menu of what can be saved and copied.
import { make } from "./dom.js";
import { stem } from "./file_name.js";

export function createExports({ button, list, page, style }) {
  const items = [...list.querySelectorAll("[role=menuitem]")];

  function open(wanted, focus = 0) {
    list.hidden = !wanted;
    button.setAttribute("aria-expanded", String(wanted));
    if (wanted) items.at(focus).focus();
  }

  button.onclick = () => open(list.hidden);
  document.addEventListener("click", (event) => list.hidden || event.target.closest(".menu") || open(false));
  list.onkeydown = (event) => {
    const at = items.indexOf(document.activeElement);
    const move = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      items.at(move % items.length).focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      open(false);
      if (event.key === "Escape") button.focus();
    }
  };

  const CALLS = {
    yaml: async () => page.text(),
    svg: () => page.call("picture", style(), null, "light", null, "svg"),
    tex: () => page.call("picture", style(), null, "light", null, "tex"),
  };
  const TYPES = { yaml: "application/yaml", svg: "image/svg+xml", html: "text/html", json: "application/json", csv: "text/csv", tex: "application/x-tex" };

  list.onclick = async (event) => {
    const { save: form, copy } = event.target.closest("button")?.dataset ?? {};
    if (!form && !copy) return;
    open(false);
    button.focus();
    try {
      const text = await (CALLS[form] ?? (() => page.call("export", form ?? copy)))();
      if (form) save(form === "yaml" ? page.file() : `${stem(page.file())}.${form}`, TYPES[form], text);
      else await page.copy(text, "Copied");
    } catch (error) {
      page.toast(page.told(error));
    }
  };
}

function save(name, type, text) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
