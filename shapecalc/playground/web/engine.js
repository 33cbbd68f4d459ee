// The worker's other end. A call that takes too long ends its worker, and a new one starts.
import { inline, packed } from "./inline.js";

const PARTS = ["interpreter", "library", "pydantic", "first", "later"];

const LONGEST = 20_000; // milliseconds

export class Refused extends Error {} // what a call cannot do, in words for the reader

export function createEngine(assets, { progress, ready, failed, restarted }) {
  let worker, waiting, timer, running = false, number = 0;

  function start() {
    waiting = new Map();
    running = false;
    const code = inline("worker"); // where the whole page is one file
    const url = code === null ? new URL(assets.worker, document.baseURI) : URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    worker = new Worker(url, { type: code === null ? "module" : "classic", name: "shapecalc" });
    worker.onerror = (event) => failed(event.message || "the worker could not be loaded");
    worker.onmessage = ({ data }) => {
      if (data.progress) progress(data.progress);
      else if (data.ready) {
        running = true;
        watch();
        ready(data.ready);
      } else if (data.failed) failed(data.failed);
      else settle(data);
    };
    worker.postMessage({ start: Object.fromEntries(PARTS.map((name) => [name, packed(assets, name)])) });
  }

  function settle({ id, result, error }) {
    const entry = waiting.get(id);
    waiting.delete(id);
    watch();
    if (!entry) return;
    if (error) return entry.reject(new Error(error));
    const answer = JSON.parse(result);
    if (answer.refused === undefined) entry.resolve(answer.value);
    else entry.reject(new Refused(answer.refused));
  }

  /* Only once Python is up: loading may take as long as it takes. */
  function watch() {
    clearTimeout(timer);
    if (running && waiting.size) timer = setTimeout(stop, LONGEST);
  }

  function stop() {
    worker.terminate();
    for (const { reject } of waiting.values()) reject(new Refused("Stopped: it took longer than 20 s."));
    restarted();
    start();
  }

  start();
  return {
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
