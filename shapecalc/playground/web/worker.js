// Runs shapecalc: Pyodide, and one archive of compiled Python. Talks in messages: {id, call, values}
// in, {id, result} or {id, error} out; {progress} while it loads, and {ready} or {failed}.
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { loadPyodide, version } from "pyodide";

const SITE = "/lib/python3.14/site-packages";
const steps = {};
const download = self.fetch.bind(self);

/* The assets are gzip files under a neutral name: small on every host, whether it compresses or not
   (few do for .wasm), and none mistakes them for something to decode on the way. */
async function asset(entry) {
  const response = entry.data ? new Response(entry.data) : await download(new URL(entry.file, self.location));
  if (!response.ok) throw new Error(`${entry.file}: ${response.status} ${response.statusText}`);
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        self.postMessage({ progress: chunk.length });
        controller.enqueue(chunk);
      },
    }),
  );
  return counted.pipeThrough(new DecompressionStream("gzip"));
}

const bytes = async (entry) => new Uint8Array(await new Response(await asset(entry)).arrayBuffer());

async function start(assets) {
  const from = performance.now();
  const note = (what) => (steps[what] = Math.round(performance.now() - from));
  const library = bytes(assets.python).then((data) => (note("python fetched"), data));
  const extension = bytes(assets.pydantic).then((data) => (note("pydantic fetched"), data));
  // Pyodide asks for its files by URL: hand it these.
  self.fetch = async (url, options) => {
    const name = String(url?.url ?? url).split("/").pop();
    if (name === "pyodide.asm.wasm") return new Response(await asset(assets.wasm), { headers: { "content-type": "application/wasm" } });
    if (name === "python_stdlib.zip") return new Response(await library);
    return download(url, options);
  };
  const pyodide = await loadPyodide({
    createPyodideModule,
    indexURL: "https://pyodide.invalid/", // nothing is loaded from there
    lockFileContents: { info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", version, python: "3.14.2" }, packages: {} },
    env: { PYDANTIC_DISABLE_PLUGINS: "1", PYTHONHASHSEED: "0" },
    stdin: () => null,
  });
  self.fetch = download;
  note("python up");
  const { FS } = pyodide;
  FS.mkdirTree(`${SITE}/pydantic_core`);
  FS.writeFile(`${SITE}/pydantic_core/${assets.pydantic.module}`, await extension);
  // An extension is loaded from a file, and shapecalc has files that are read: its pages, a style.
  pyodide.runPython(`
import gc, os, sys, zipfile
sys.dont_write_bytecode = True
gc.disable()
with zipfile.ZipFile("/lib/python314.zip") as archive:
    for name in archive.namelist():
        if name.startswith(("shapecalc/", "_pydantic_core/")):
            path = os.path.join("${SITE}", name.removeprefix("_") if name.startswith("_") else name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(archive.read(name))
`);
  note("unpacked");
  pyodide.runPython(`
from shapecalc.playground.bridge import answer, report
gc.freeze()
gc.enable()
`);
  note("shapecalc imported");
  return pyodide.globals.get("answer");
}

let engine;

self.onmessage = async ({ data }) => {
  if (data.start) {
    engine = start(data.start);
    engine.then(
      () => self.postMessage({ ready: steps }),
      (error) => self.postMessage({ failed: String(error?.message ?? error) }),
    );
    return;
  }
  try {
    const answer = await engine;
    self.postMessage({ id: data.id, result: answer(data.call, ...data.values) });
  } catch (error) {
    // A Python traceback ends with what happened.
    self.postMessage({ id: data.id, error: String(error?.message ?? error).trim().split("\n").slice(-12).join("\n") });
  }
};
