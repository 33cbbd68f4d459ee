// How elements are made, and how numbers and volumes are shown. A count may be a number, null where
// it is not known, or a formula in sizes that have names; so may each size of a volume.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const number = (value) => (value === null || value === undefined ? "?" : typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 6 }) : String(value));

export const volume = (sizes) => (sizes ? sizes.map((size) => size ?? "?").join("×") : "?");

const scaled = (value, units, otherwise) => {
  for (const [unit, size] of units) if (value >= size) return `${(value / size).toPrecision(3)} ${unit}`;
  return otherwise;
};

export const short = (value) => (typeof value === "number" ? scaled(value, [["T", 1e12], ["G", 1e9], ["M", 1e6]], number(value)) : number(value));

export const bytes = (value) => (typeof value === "number" ? scaled(value, [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]], `${value} B`) : number(value));

const FAMILIES = [
  ["conv", /conv/],
  ["pool", /pool|upsample/],
  ["dense", /^dense$/],
  ["norm", /norm|lrn|dropout/],
  ["merge", /^(add|subtract|multiply|maximum|average|concat|residual|parallel)$/],
  ["shape", /^(flatten|reshape|pad|crop)$/],
];
export const family = (kind) => FAMILIES.find(([, pattern]) => pattern.test(kind))?.[0] ?? "act";

/* A page's paragraphs; what is indented there is in columns, or written as code is. */
export const explained = (text) => text.split(/\n{2,}/).map((part) => (/^\s/.test(part) ? make("pre", { tabindex: "0" }, part) : make("p", {}, reflowed(part).split("`").map((piece, at) => (at % 2 ? make("code", {}, piece) : piece)))));

/* A page's text with its paragraphs' lines joined; lines that begin with a blank stay apart. */
export const reflowed = (text) => text.replace(/([^\n])\n(?=[^\s|$-])/g, "$1 ");
