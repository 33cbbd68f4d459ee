// The page's first script, and a small one: Python takes longest, so it starts while the rest of the
// page is being loaded.
import { createEngine } from "./engine.js";

window.playground = { engine: createEngine(JSON.parse(document.getElementById("assets").textContent)) };
