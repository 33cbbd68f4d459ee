// The head of the result: name, volumes from input to output, totals.
import { bytes, make, number, short, volume } from "./dom.js";

const FLOAT32 = 4; // bytes
const stored = (count) => (typeof count === "number" ? `${bytes(count * FLOAT32)} as float32` : null);

export function summary(result) {
  const { totals } = result;
  const inputs = Object.entries(result.inputs).map(([name, sizes]) => (name === "input" ? volume(sizes) : `${name} ${volume(sizes)}`));
  const outputs = Object.values(result.outputs).map(volume);
  const learned = result.layers.filter((layer) => layer.parameters).length;
  return [
    make(
      "div",
      { class: "title" },
      make("h2", {}, result.name ?? "network"),
      make("p", { class: "flow" }, make("span", { class: "chip" }, inputs.join(", ") || "no input"), make("span", { class: "arrow", "aria-label": "becomes", role: "img" }, "→"), make("span", { class: "chip out" }, outputs.join(", ") || "?")),
    ),
    result.source && make("p", { class: "source" }, result.source),
    make(
      "dl",
      { class: "tiles" },
      tile("Parameters", short(totals.parameters), totals.parameters >= 1e6 ? number(totals.parameters) : stored(totals.parameters)),
      tile("MACs", short(totals.macs), totals.macs >= 1e6 ? number(totals.macs) : "for one example"),
      tile("Activations", short(totals.activations), stored(totals.activations)),
      tile("Layers", number(result.count), totals.non_trainable ? `${short(totals.non_trainable)} not learned` : `${learned} with weights`),
    ),
  ].filter(Boolean);
}

function tile(label, value, note) {
  return make("div", { class: "tile" }, make("dt", {}, label), make("dd", {}, value), note && make("dd", { class: "more" }, note));
}
