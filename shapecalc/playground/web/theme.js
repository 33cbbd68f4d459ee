// Light or dark: as the system has it, or as somebody chose.
import { kept } from "./kept.js";

const THEMES = ["system", "light", "dark"];
const KEY = "shapecalc.theme";

export function createTheme(button, changed) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function set(name) {
    root.dataset.theme = name;
    button.title = name === "system" ? "Theme: follows the system" : `Theme: ${name}`;
    button.setAttribute("aria-label", button.title);
    kept.set(KEY, name);
    changed();
  }

  const chosen = kept.get(KEY);
  set(THEMES.includes(chosen) ? chosen : "system");
  button.onclick = () => set(THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length]);
  system.addEventListener("change", changed);
}

export const scheme = () => {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
};
