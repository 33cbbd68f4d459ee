// How the text in the editor is called: as the file that it came from, else after its network.
import { kept } from "./kept.js";

const KEY = "shapecalc.file";
const ENDING = /(\.shape)?\.[^.]*$/;

export const stem = (name) => name.replace(ENDING, "") || name;

const slug = (name) => (name ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "network";

export function createFileName(host) {
  let given = null, shown = "";

  function show(name) {
    shown = name;
    host.textContent = host.title = name;
  }

  return {
    /* The file that a text came from; null where it came from none. */
    set(name) {
      given = name || null;
      kept.set(KEY, name ?? "");
      if (given) show(given);
    },
    kept: () => kept.get(KEY),
    given: () => given,
    of: (result) => given || show(`${slug(result.name)}.shape.yaml`),
    get: () => shown,
  };
}
