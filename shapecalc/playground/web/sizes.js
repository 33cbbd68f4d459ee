// A tab: which input sizes fit, and which gives an output.
import { make } from "./dom.js";

export const sizes = {
  id: "sizes",
  title: "Sizes",
  create(host, page) {
    const wanted = make("input", { type: "text", placeholder: "388x388", size: "10", autocomplete: "off", spellcheck: "false" });
    const form = make("form", { class: "asked", onsubmit: asked }, make("label", {}, "For an output of ", wanted), make("button", { type: "submit" }, "find the input"));
    const answer = make("div", {});
    host.append(make("p", { class: "lead" }, "The sizes of the input at which the whole network fits, from its first layer to its last."), form, answer);
    let number = 0;

    function asked(event) {
      event.preventDefault();
      ask();
    }

    async function ask() {
      const mine = ++number;
      try {
        const found = await page.call("sizes", wanted.value);
        if (mine === number) answer.replaceChildren(...shown(found));
      } catch (error) {
        if (mine === number) answer.replaceChildren(make("p", { class: "empty" }, page.told(error)));
      }
    }

    const shown = ({ text, offers }) => [
      make("pre", { class: "told" }, text),
      offers.length > 0 &&
        make(
          "div",
          { class: "repairs" },
          make("span", { class: "lead" }, "Inputs that fit; a click writes one"),
          make("ul", {}, offers.map((offer) => make("li", {}, offer.edits.length ? make("button", { type: "button", onclick: () => page.apply(...offer.edits) }, offer.text) : make("span", {}, offer.text)))),
        ),
    ].filter(Boolean);

    return {
      show: () => page.live() && ask(),
      fresh: () => (wanted.value = ""),
    };
  },
};
