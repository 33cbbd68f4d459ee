// The page: what is typed goes to the worker, what comes back is shown.
import { Language } from "./completion.js";
import { createDivider } from "./divider.js";
import { explained, make, number } from "./dom.js";
import { createEditor } from "./editor.js";
import { createExamples } from "./examples.js";
import { createExports } from "./exports.js";
import { createFileName } from "./file_name.js";
import { findings } from "./findings.js";
import { loadJson, loadText } from "./inline.js";
import { kept } from "./kept.js";
import { linkedSheet } from "./links.js";
import { createOpening } from "./opening.js";
import { createPanels } from "./panels.js";
import { pack, unpack } from "./share.js";
import { summary } from "./summary.js";
import { createTheme, scheme } from "./theme.js";

const $ = (id) => document.getElementById(id);
const given = (id) => JSON.parse($(id).textContent);
const assets = given("assets");
const initial = given("initial");
const PAUSE = 60; // milliseconds without a key before a text is read
const TEXT = "shapecalc.text";

const clock = window.playground; // what the tests and the measurements read
const { engine } = clock; // start.js has started it
const embedded = new URLSearchParams(location.search).has("embed"); // inside of another page: what is needed there
document.documentElement.classList.toggle("embed", embedded);
let language = null, result = null, live = false, ready = false, broken = false, version = 0, pause;

// -- saying things --------------------------------------------------------------------------------

function status(text, state) {
  $("status").className = `status ${state}`;
  $("status-text").textContent = text;
}

function toast(text, time = 3200) {
  const box = $("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (box.hidden = true), time);
}

function told(error) {
  if (error.refused) return error.message;
  console.error(error);
  return "This did not work; the browser's console says more.";
}

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch {
    toast("The browser does not let the page copy.");
  }
}

function read(title, ...parts) {
  $("page-title").textContent = title;
  $("page-text").replaceChildren(...parts);
  $("page").showModal();
}

async function explain(word) {
  try {
    const text = language?.page(word) ?? (await engine.call("explain", word));
    const [heading, ...rest] = text.split("\n");
    read(heading || word, make("div", { class: "explained" }, explained(rest.join("\n").replace(/^\n+|\s+$/g, ""))));
  } catch (error) {
    toast(told(error));
  }
}

// -- the result -----------------------------------------------------------------------------------

function show(next) {
  const stale = !next.readable && result?.layers.length > 0; // half-typed: the last table stays
  $("result").classList.toggle("stale", stale);
  if (!stale) {
    result = next;
    fileName.of(next);
    $("summary").replaceChildren(...summary(next));
    panels.show(next);
  }
  $("findings").replaceChildren(...findings(next, page));
  editor.underline(next.findings);
  const count = next.findings.length + next.more_findings;
  const said = count ? `${number(count)} ${count === 1 ? "finding" : "findings"}` : "No faults found";
  if (live) status(said, next.findings.some((f) => f.severity === "error") ? "bad" : next.findings.some((f) => f.severity === "warning") ? "odd" : "good");
  $("said").textContent = `${next.name ?? "network"}: ${number(next.totals.parameters)} parameters, ${said}`;
  clock.shown = performance.now();
}

async function trace(text) {
  const mine = ++version;
  try {
    const next = await engine.call("trace", new TextEncoder().encode(text), fileName.given());
    if (mine !== version) return; // something newer was typed
    live = true;
    show(next);
    if (!clock.first) {
      clock.first = performance.now();
      keepOffline(); // not before: it loads all files again
    }
    clock.traced = mine;
  } catch (error) {
    if (mine === version && !broken) status(told(error), "bad");
  }
}

function changed(text) {
  kept.set(TEXT, text);
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  if (ready) status("…", "busy");
  clearTimeout(pause);
  pause = setTimeout(() => trace(text), PAUSE);
}

/* Another text, of a file or of none. */
function set(text, file = null) {
  fileName.set(file);
  panels.fresh();
  editor.set(text);
  $("result").scrollTo({ top: 0 });
}

const page = {
  call: (...values) => engine.call(...values),
  told,
  text: () => editor.text(),
  file: () => fileName.get(),
  set,
  go: (line, column) => editor.go(line, column),
  point: (line) => editor.point(line),
  apply: (...edits) => editor.apply(...edits),
  explain,
  scheme,
  live: () => live,
  toast,
  copy,
  async look(index) {
    panels.open("layer");
    await panels.get("layer").choose(index);
    $("tabs").scrollIntoView(); // not before there is something below them
  },
};

// -- the start ------------------------------------------------------------------------------------

const linked = () => (location.hash.startsWith("#s=") ? unpack(location.hash.slice(3)).catch(() => toast("The link could not be read.")) : null);

const fileName = createFileName($("file"));
const fromLink = (await linked()) ?? null;
const start = fromLink ?? kept.get(TEXT) ?? initial.text;
fileName.set(fromLink !== null ? null : start === initial.text ? initial.file : fileName.kept());
let panels = null;
const editor = createEditor($("editor"), start, { changed, moved: (line) => panels?.line(line), explain, language: () => language });
createTheme($("theme"), () => panels?.scheme());
panels = createPanels($("tabs"), $("panels"), page);
if (start === initial.text) {
  show(initial.result); // it was traced when the page was built
  panels.get("report").prepared(initial.pictures[scheme()]);
}
clock.prepared = performance.now();

engine.listen(({ loaded, total, steps, failure }) => {
  ready = steps !== null;
  broken = failure !== null;
  $("loading").hidden = ready || broken;
  if (broken) {
    status("Python could not be started", "bad");
    toast(failure, 20_000);
  } else if (ready) {
    clock.ready = performance.now();
    clock.steps = steps;
  } else {
    $("loaded").style.transform = `scaleX(${Math.min(1, loaded / total)})`;
    const part = `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;
    status(loaded < total ? `Loading Python, ${part}` : "Starting Python", "busy");
  }
});

clock.call = engine.call;
clock.text = () => editor.text();
trace(start);
loadJson(assets, "language").then(({ schema, version: release }) => {
  language = new Language(schema);
  $("version").textContent = `This is shapecalc ${release}.`;
  clock.language = true;
});

const practise = async () => (await linkedSheet()) && panels.open("practice");
practise();
window.addEventListener("hashchange", practise);
window.addEventListener("hashchange", async () => {
  const text = await linked();
  if (text && text !== editor.text()) set(text);
});

/* The files are kept, so that the page opens without a network. */
function keepOffline() {
  if (!("serviceWorker" in navigator) || !window.isSecureContext || location.protocol === "file:") return;
  navigator.serviceWorker
    .register(assets.offline)
    .then(() => navigator.serviceWorker.ready)
    .then(() => (clock.offline = true))
    .catch(() => {}); // the page works without
}

// -- what the buttons do --------------------------------------------------------------------------

const examples = createExamples({
  dialog: $("examples"),
  search: $("search"),
  list: $("list"),
  assets,
  choose(item) {
    set(item.text, item.file.split("/").at(-1));
    editor.view.focus();
  },
});
$("open-examples").onclick = examples.open;
$("open-help").onclick = () => $("help").showModal();
$("notices").onclick = async () => {
  $("help").close();
  read("Licences", make("pre", {}, await loadText(assets, "notices")));
};
for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

$("share").onclick = async () => {
  history.replaceState(null, "", `#s=${await pack(editor.text())}`);
  copy(location.href, `Link copied, ${number(location.href.length)} characters`);
};

createOpening({ button: $("open-file"), input: $("file-input"), sign: $("drop"), dialog: { box: $("page"), title: $("page-title"), body: $("page-text") }, page });
createExports({ button: $("open-export"), list: $("export"), page, style: () => panels.get("report").style() });
createDivider($("divider"));

if (embedded) {
  const onward = make("a", { class: "onward", target: "_blank", rel: "noopener", href: location.pathname }, "Open in the playground");
  const point = async () => (onward.href = `${location.pathname}#s=${await pack(editor.text())}`);
  for (const event of ["pointerenter", "focus"]) onward.addEventListener(event, point);
  $("file").after(onward);
}
