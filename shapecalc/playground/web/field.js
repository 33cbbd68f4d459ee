// The receptive field: the network's input, and the part of it that one output value sees.
const NS = "http://www.w3.org/2000/svg";
const SIDE = 132, STRIP = 22; // px of the input's longer side, and of a single axis's height

function shape(name, attributes) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export function fieldPicture({ extent, spans, said }) {
  const axes = spans.map(([low, high], at) => ({ W: extent[at], low, high: high + 1 }));
  const scale = SIDE / Math.max(...extent);
  const beyond = Math.max(...axes.map(({ W, low, high }) => Math.max(0, -low, high - W)));
  const edge = Math.min(beyond * scale, SIDE / 2) + 4; // what a field sees beside the input is drawn as far as there is room
  const [down, across] = axes.length === 1 ? [null, axes[0]] : axes.slice(-2);
  const box = ({ W, low, high }) => {
    const from = Math.max(low * scale, 2 - edge), to = Math.min(high * scale, W * scale + edge - 2);
    return [from, Math.max(3, to - from)];
  };
  const size = (axis) => (axis ? axis.W * scale : STRIP);
  const [width, height] = [size(across) + 2 * edge, size(down) + 2 * edge];
  const image = shape("svg", { viewBox: `${-edge} ${-edge} ${width} ${height}`, width, height, role: "img", "aria-label": said, class: "seen-part" });
  image.append(shape("rect", { class: "whole", x: 0, y: 0, width: size(across), height: size(down), rx: 2 }));
  const [x, w] = box(across), [y, h] = down ? box(down) : [0, STRIP];
  image.append(shape("rect", { class: "part", x, y, width: w, height: h, rx: 2 }));
  return image;
}
