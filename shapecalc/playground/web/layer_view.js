// One layer: its window on the input, and the arithmetic of the output that the window makes.
// Every number comes from Python; here is only where it stands.
import { make } from "./dom.js";
import { fieldPicture } from "./field.js";
import { filterGrid, inputGrid, layout, outputGrid, said } from "./grids.js";

const STEP = 900; // milliseconds between two places while the window slides by itself
const ABOVE = 280; // px of the page above the grids, once the tabs are at its top
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export const layerView = {
  id: "layer",
  title: "One layer",
  create(host, page) {
    const layers = make("select", { id: "layer-choice", onchange: () => choose(Number(layers.value)) });
    const play = make("button", { type: "button", class: "plain", "aria-pressed": "false", onclick: () => (timer ? stop() : start()) }, "Slide");
    const body = make("div", { class: "layer-view" });
    const spoken = make("div", { class: "visually-hidden", "aria-live": "polite" });
    host.append(make("div", { class: "tools" }, make("label", { for: "layer-choice" }, "Layer"), layers, play, make("span", { class: "note" }, "arrow keys move the window")), body, spoken);
    let result = null, index = null, at = [], slice = 0, view = null, asked = 0, timer = null;

    const wide = () => Math.max(260, body.clientWidth - 30); // without the card's border
    const high = () => innerHeight - ABOVE;

    async function ask(focus = false) {
      const mine = ++asked;
      if (!page.live()) return body.replaceChildren(make("p", { class: "empty" }, "Python is starting."));
      try {
        const next = await page.call("layer", index, at);
        if (mine !== asked) return;
        view = next;
        if (view.drawn) at = view.at;
        draw(focus);
      } catch (error) {
        if (mine === asked) body.replaceChildren(make("p", { class: "empty" }, page.told(error)));
      }
    }

    function draw(focus) {
      play.hidden = !view.drawn;
      if (slice >= (view.part?.input.length ?? 1)) slice = 0;
      body.replaceChildren(head(view), ...(view.drawn ? [scene(), arithmetic(view, slice)] : [make("p", { class: "why" }, `Nothing is drawn: ${view.why}.`)]), sizes(view));
      if (!view.drawn) return stop();
      spoken.textContent = `${said(view, view.at)}: ${view.value}`;
      if (focus) body.querySelector("td.here").focus();
    }

    function scene() {
      const { beside, cell } = layout(view, wide(), high());
      const output = outputGrid(view, cell, (place) => go(place, true));
      output.onkeydown = (event) => {
        const step = STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        stop();
        move(step, true);
      };
      const part = view.part.whole ? "" : ", a part";
      const filter = view.filter && figure(view.filter.bias === null ? "First filter" : `First filter, bias ${view.filter.bias}`, filterGrid(view, slice, cell));
      const input = figure(`Input${part}`, inputGrid(view, slice, cell), slices());
      return make("div", { class: beside ? "scene beside" : "scene" }, input, make("div", {}, filter, figure(`Output${part}`, output)));
    }

    function slices() {
      const count = view.part.input.length;
      if (count < 2) return null;
      const buttons = Array.from({ length: count }, (_, number) => make("button", { type: "button", class: "plain", "aria-pressed": String(number === slice), onclick: () => ((slice = number), draw(false), body.querySelectorAll(".slices button")[number].focus()) }, `${number}`));
      return make("div", { class: "slices", role: "group", "aria-label": "Slice of the input" }, make("span", {}, "slice"), buttons);
    }

    function go(place, focus) {
      at = place;
      return ask(focus);
    }

    function move([down, across], focus) {
      const step = view.axes.length === 1 ? [down + across] : [down, across];
      const next = at.map((place, axis) => Math.min(view.size[axis] - 1, Math.max(0, place + step[axis])));
      if (next.some((place, axis) => place !== at[axis])) go(next, focus);
    }

    /* From left to right, row by row, and from the start again. */
    function onward() {
      const next = [...view.at];
      for (let axis = next.length - 1; axis >= 0; axis--) {
        next[axis] = (next[axis] + 1) % view.size[axis];
        if (next[axis]) break;
      }
      go(next, body.contains(document.activeElement) && document.activeElement.matches("td"));
    }

    function start() {
      timer = setInterval(() => (host.hidden ? stop() : onward()), STEP);
      play.textContent = "Stop";
      play.setAttribute("aria-pressed", "true");
      onward();
    }

    function stop() {
      clearInterval(timer);
      timer = null;
      play.textContent = "Slide";
      play.setAttribute("aria-pressed", "false");
    }

    function choose(number) {
      stop();
      [index, at, slice] = [number, [], 0];
      layers.value = String(number);
      return ask();
    }

    function list() {
      layers.replaceChildren(...result.layers.map((layer, number) => make("option", { value: number }, `${layer.name}: ${layer.summary}`)));
      if (!result.layers.length) {
        stop();
        index = null;
        return body.replaceChildren(make("p", { class: "empty" }, "No layers yet."));
      }
      if (index === null || index >= result.layers.length) index = Math.max(0, result.layers.findIndex((layer) => layer.window));
      layers.value = String(index);
      ask();
    }

    new ResizeObserver(() => view && !host.hidden && draw(body.contains(document.activeElement) && document.activeElement.matches("td"))).observe(host);
    return {
      choose,
      show(next) {
        result = next;
        list();
      },
      fresh: () => (index = null),
      line(number) {
        const found = result?.layers.findIndex((layer) => layer.place[0] === number) ?? -1;
        if (found >= 0 && found !== index && !host.hidden) choose(found);
      },
    };
  },
};

const head = (view) => make("p", { class: "layer-head" }, make("code", {}, view.summary), " takes ", make("b", {}, view.input.join(" and ") || "?"), ", gives ", make("b", {}, view.output ?? "?"));

const figure = (title, table, more) => make("figure", {}, make("figcaption", {}, title, more), make("div", { class: "grid-scroll" }, table));

function arithmetic(view, slice) {
  const lines = view.lines[slice] ?? [];
  const several = view.lines.length > 1;
  return make(
    "section",
    { class: "arithmetic", "aria-label": "Arithmetic" },
    make("h3", {}, `The output at ${said(view, view.at)}`, make("small", {}, "counted from 0")),
    several && make("p", { class: "small" }, `Slice ${slice}:`),
    lines.length > 0 && make("ol", {}, lines.map((line) => make("li", {}, make("span", {}, line.title), make("code", {}, `${line.text} = ${line.value}`)))),
    make("p", { class: "total" }, make("span", {}, view.filter ? (several ? "all slices" : "together") + bias(view) : "the window"), make("code", {}, view.total)),
    view.notes.map((note) => make("p", { class: "small" }, note)),
    make("p", { class: "small" }, "The numbers are made up: small ones, to follow by hand."),
  );
}

const bias = (view) => (view.filter.bias === null ? "" : ", and bias");

function sizes(view) {
  return make(
    "div",
    { class: "facts" },
    view.sizes.length > 0 && make("section", {}, make("h3", {}, "Output size"), make("pre", {}, view.sizes.join("\n"))),
    (view.field || view.field_working.length > 0) && make("section", { class: "seen" }, make("h3", {}, "Receptive field"), view.field && fieldPicture(view.field), make("div", {}, view.field && make("p", {}, view.field.said), make("pre", {}, view.field_working.join("\n")))),
  );
}
