// Grids of small numbers: the input that a window lies on, a filter, an output to walk through.
import { make } from "./dom.js";

const LARGEST = 32, SMALLEST = 9; // px of a cell
const LEGIBLE = 17; // px of a cell that has room for a number
const BESIDE = 24, GAP = 48; // px of a cell, and between the two columns, where they stand beside each other
const TITLE = 45; // px of a grid's title and the gap above it
const ROOMY = 28; // px of a cell that has room for a weight below the number

const key = (place) => place.join(",");

/* The cells' size, for a place of so many px: with the input beside the rest where that leaves cells
   to read, and both it and the output in sight as far as numbers can still be read. */
export function layout(view, width, height) {
  const grids = [view.part.input[0], view.part.output, view.filter?.weights[0]].filter(Boolean);
  const [input, ...rest] = grids.map((grid) => grid[0].length);
  const rows = grids.map((grid) => grid.length);
  const seen = (cell, total, titles) => Math.min(cell, Math.max(LEGIBLE, Math.floor((height - titles * TITLE) / total)));
  const below = rows.slice(1).reduce((sum, count) => sum + count, 0);
  const beside = size(input + Math.max(...rest), width - GAP);
  const stacked = size(Math.max(input, ...rest), width);
  const high = stacked * (rows[0] + below) + grids.length * TITLE > height;
  if (beside >= (high ? LEGIBLE : BESIDE)) return { beside: true, cell: seen(beside, Math.max(rows[0], below), rest.length) };
  return { beside: false, cell: seen(stacked, rows[0] + Math.max(...rows.slice(1)), 2) };
}

/* The input: `part` is what the bridge gives; a 1-D input is a single row. */
export function inputGrid(view, slice, cell) {
  const rows = view.part.input[slice], { inside } = view.part;
  const weights = new Map(view.window.taps.map((tap, at) => [key(view.window.places[at]), weightAt(view, slice, tap)]));
  const chosen = view.window.chosen && key(view.window.chosen);
  const cells = rows.map((row, r) =>
    row.map((value, c) => {
      const place = key(placeOf(view.part.places, r, c));
      const weight = weights.get(place);
      const classes = [inside[r][c] ? "in" : "pad", weights.has(place) && "seen", place === chosen && "best"].filter(Boolean).join(" ");
      return make("td", { class: classes }, cell >= LEGIBLE && value !== null ? String(value) : "", weight !== undefined && weight !== null && cell >= ROOMY && make("small", {}, `×${signed(weight)}`));
    }),
  );
  return grid("Input", cells, cell);
}

export function filterGrid(view, slice, cell) {
  const rows = view.filter.weights[slice];
  const used = new Set(view.window.taps.map(key));
  const flat = view.window.taps[0]?.length === 1;
  const cells = rows.map((row, r) => row.map((value, c) => make("td", { class: used.has(key(flat ? [c] : [r, c])) ? "seen" : "in" }, cell >= LEGIBLE ? signed(value) : "")));
  return grid("Filter", cells, cell);
}

/* The output, whose cells are chosen by click and by the arrow keys: `go(place)`. */
export function outputGrid(view, cell, go) {
  const rows = view.part.output;
  const cells = rows.map((row, r) =>
    row.map((value, c) => {
      const place = placeOf(view.part.outputs, r, c);
      const here = key(place) === key(view.at);
      return make("td", { role: "gridcell", class: here ? "here" : "in", tabindex: here ? "0" : "-1", "aria-selected": String(here), "aria-label": `${said(view, place)}: ${value}`, onclick: () => go(place) }, cell >= LEGIBLE ? value.replace("-", "−") : "");
    }),
  );
  const table = grid("Output", cells, cell);
  table.setAttribute("role", "grid");
  return table;
}

const placeOf = (start, row, column) => (start.length === 1 ? [start[0] + column] : [start[0] + row, start[1] + column]);

const weightAt = (view, slice, tap) => view.filter && (tap.length === 1 ? view.filter.weights[slice][0][tap[0]] : view.filter.weights[slice][tap[0]][tap[1]]);

const signed = (value) => String(value).replace("-", "−");

const NAMES = { height: "row", width: "column", length: "position" };
export const said = (view, place) => view.axes.map((axis, at) => `${NAMES[axis]} ${place[at]}`).join(", ");

const size = (columns, width) => Math.max(SMALLEST, Math.min(LARGEST, Math.floor((width - 4) / columns)));

function grid(title, cells, cell) {
  return make("table", { class: "grid", "aria-label": title, style: `--cell:${cell}px` }, make("tbody", {}, cells.map((row) => make("tr", { role: "row" }, row))));
}
