// The worker's other end. A call that takes too long ends its worker, and a new one starts.
//
// An error that a call is rejected with has `refused` if its message is in words for the reader.
import { inline, packed } from "./inline.js";

const AT_ONCE = ["interpreter", "library", "pydantic", "first"];
const LATER = ["later"];

const LONGEST = 20_000; // milliseconds

const refusal = (text) => Object.assign(new Error(text), { refused: true });

export function createEngine(assets) {
  const total = AT_ONCE.reduce((sum, name) => sum + assets[name].size, 0);
  let worker, waiting, timer, state, listener = () => {}, number = 0;

  function become(change) {
    state = { ...state, ...change };
    listener(state);
  }

  function start() {
    waiting = new Map();
    become({ loaded: 0, total, steps: null, failure: null });
    const code = inline("worker"); // where the whole page is one file
    const url = code === null ? new URL(assets.worker, document.baseURI) : URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    worker = new Worker(url, { type: code === null ? "module" : "classic", name: "shapecalc" });
    worker.onerror = (event) => become({ failure: event.message || "the worker could not be loaded" });
    worker.onmessage = ({ data }) => {
      if (data.progress) become({ loaded: state.loaded + data.progress });
      else if (data.ready) {
        become({ steps: data.ready });
        watch();
      } else if (data.failed) become({ failure: data.failed });
      else settle(data);
    };
    worker.postMessage({ start: Object.fromEntries([...AT_ONCE, ...LATER].map((name) => [name, packed(assets, name)])) });
  }

  function settle({ id, result, error }) {
    const entry = waiting.get(id);
    waiting.delete(id);
    watch();
    if (!entry) return;
    if (error) return entry.reject(new Error(error));
    const answer = JSON.parse(result);
    if (answer.refused === undefined) entry.resolve(answer.value);
    else entry.reject(refusal(answer.refused));
  }

  /* Only once Python is up: loading may take as long as it takes. */
  function watch() {
    clearTimeout(timer);
    if (state.steps && waiting.size) timer = setTimeout(stop, LONGEST);
  }

  function stop() {
    worker.terminate();
    for (const { reject } of waiting.values()) reject(refusal("Stopped: it took longer than 20 s."));
    start();
  }

  start();
  return {
    /* Tell of the start, now and whenever something changes: how many bytes are `loaded` of the
       `total`, then the milliseconds of its `steps`, or the `failure` in words. */
    listen(next) {
      listener = next;
      listener(state);
    },
    call(call, ...values) {
      const id = ++number;
      worker.postMessage({ id, call, values });
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        watch();
      });
    },
  };
}
