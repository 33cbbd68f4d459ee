// Runs shapecalc: Pyodide, and archives of compiled Python. Talks in messages: {id, call, values} in,
// {id, result} or {id, error} out; {progress} while it loads, and {ready} or {failed}.
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { loadPyodide, version } from "pyodide";
import { unpacked } from "./inline.js";

const SITE = "/lib/python3.14/site-packages";
const EXTENSION = "_pydantic_core.cpython-314-wasm32-emscripten.so";
const steps = {};
const download = self.fetch.bind(self);

const counted = (stream) =>
  stream.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        self.postMessage({ progress: chunk.length });
        controller.enqueue(chunk);
      },
    }),
  );

const bytes = async (part, through) => new Uint8Array(await (await unpacked(part, through)).arrayBuffer());

/* Makes files of an archive of pack.mjs, without copying them. */
function unpack(FS, archive) {
  const length = new DataView(archive.buffer).getUint32(0, true);
  let at = 4 + length;
  for (const [name, size] of JSON.parse(new TextDecoder().decode(archive.subarray(4, at)))) {
    const [, folder, file] = /^(.*)\/([^/]*)$/.exec(`${SITE}/${name}`);
    FS.mkdirTree(folder);
    FS.createDataFile(folder, file, archive.subarray(at, at + size), true, false, true);
    at += size;
  }
}

async function start(parts) {
  const from = performance.now();
  const note = (what) => (steps[what] = Math.round(performance.now() - from));
  const [library, extension, first] = ["library", "pydantic", "first"].map((name) => bytes(parts[name], counted));
  Promise.all([library, extension, first]).then(() => note("fetched"), () => {});
  // Pyodide asks for its files by URL: hand it these.
  self.fetch = async (url, options) => {
    const name = String(url?.url ?? url).split("/").pop();
    if (name === "python_stdlib.zip") return new Response(await library);
    if (name !== "pyodide.asm.wasm") return download(url, options);
    const { body } = await unpacked({ ...parts.interpreter, fetch: download }, counted);
    return new Response(body, { headers: { "content-type": "application/wasm" } });
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
  unpack(FS, await first);
  FS.createDataFile(`${SITE}/pydantic_core`, EXTENSION, await extension, true, false, true);
  note("unpacked");
  pyodide.runPython(`
import gc, sys
sys.dont_write_bytecode = True
gc.disable()
from shapecalc.playground.bridge import answer, report
gc.freeze()
gc.enable()
`);
  note("shapecalc imported");
  const answer = pyodide.globals.get("answer");
  let rest = null;
  return async (call, given) => {
    const values = given.map((value) => value ?? undefined); // Python's None; null has a type of its own
    const result = answer(call, ...values);
    if (result !== undefined) return result;
    rest ??= bytes(parts.later).then((archive) => unpack(FS, archive)); // it needs what was left for later
    await rest;
    pyodide.runPython("import importlib; importlib.invalidate_caches()");
    return answer(call, ...values);
  };
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
    const ask = await engine;
    self.postMessage({ id: data.id, result: await ask(data.call, data.values) });
  } catch (error) {
    // A Python traceback ends with what happened.
    self.postMessage({ id: data.id, error: String(error?.message ?? error).trim().split("\n").slice(-12).join("\n") });
  }
};
