// Links to questions, in the URL's fragment: #practice=LEVEL.SEED.COUNT for drawn ones,
// #sheet=PACKED for those that somebody set about a network. What is in them Python checks.
import { pack, unpack } from "./share.js";

/* The questions that the address sets; null where it sets none. */
export async function linkedSheet() {
  const fragment = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
  const drawn = fragment.get("practice");
  if (drawn !== null) {
    const [level, seed, count = 5] = drawn.split(".").map(Number);
    return { level, seed, count };
  }
  const packed = fragment.get("sheet");
  if (packed === null) return null;
  try {
    return JSON.parse(await unpack(packed));
  } catch {
    return {}; // Python says that nothing can be read
  }
}

export async function linkTo(sheet, { embed = false } = {}) {
  const url = new URL(location.href);
  url.search = embed ? "?embed" : "";
  url.hash = sheet.level ? `practice=${sheet.level}.${sheet.seed}.${sheet.count}` : `sheet=${await pack(JSON.stringify(sheet))}`;
  return url.href;
}

export function codeFor(url, title) {
  const frame = document.createElement("iframe");
  for (const [name, value] of Object.entries({ src: url, title, width: "100%", height: "620", loading: "lazy", style: "border:0" })) frame.setAttribute(name, value);
  return frame.outerHTML;
}
