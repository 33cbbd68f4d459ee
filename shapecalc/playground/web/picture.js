// The picture: shapecalc draws it, at the width there is and in the page's colours.
import { make } from "./dom.js";

export const STYLES = ["volumes", "graph", "field"];
const NARROWEST = 320; // px that a picture is drawn for; it scrolls where there is less

export function createPicture(host, page) {
  const box = make("div", { id: "picture", role: "group", tabindex: "0", "aria-label": "Picture of the network" });
  const note = make("p", { class: "empty", hidden: true });
  const chosen = make("select", { "aria-label": "Style of the picture", onchange: () => redraw() }, STYLES.map((style) => make("option", {}, style)));
  const tools = make("div", { class: "tools" }, make("h3", {}, "Picture"), chosen);
  host.append(tools, box, note);
  let result = null, fold = false, drawn = 0, width = 0;

  async function redraw() {
    const mine = ++drawn;
    if (!result?.layers.length) return show(null);
    width = Math.max(NARROWEST, box.parentElement.clientWidth - 2);
    try {
      const text = await page.call("picture", chosen.value, width, page.scheme(), fold ? 0 : null);
      if (mine === drawn) show(text);
    } catch (error) {
      if (mine === drawn) show(null, page.told(error));
    }
  }

  function show(text, why = "") {
    const image = text && document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    box.replaceChildren(...(image ? [image] : []));
    box.style.background = image?.querySelector(":scope > rect")?.getAttribute("fill") ?? ""; // its paper
    box.hidden = !image;
    note.textContent = why;
    note.hidden = !why;
  }

  box.addEventListener("click", (event) => {
    const name = event.target.closest("g[data-part]")?.querySelector("title")?.textContent.split(":")[0];
    const layer = result?.layers.find((one) => one.name === name);
    if (layer?.place[0]) page.go(...layer.place);
  });
  new ResizeObserver(() => {
    const now = Math.max(NARROWEST, box.parentElement.clientWidth - 2);
    if (result && Math.abs(now - width) > 24) redraw();
  }).observe(host);

  return {
    prepared: show,
    show(next, folded) {
      [result, fold] = [next, folded];
      redraw();
    },
    redraw,
    style: () => chosen.value,
  };
}
