// What stands beside the report, a tab each. A panel is {id, title, create(host, page)}; `create`
// fills its element once, when the tab is first opened, and returns what it does later:
//
//   show(result)   a network was read; result is what the bridge's `trace` returns
//   scheme()       the page became light or dark
//   fresh()        another network was opened, not edited
//   line(number)   the cursor is on a line of the text
//
// all of them optional. A panel that says `apart` shows nothing of the network in the editor. `page` is what a panel may ask for:
//
//   call(name, ...values)   a call of the bridge: a promise of its value
//   told(error)             what to tell a reader of an error that a call was rejected with
//   text(), file()          the text in the editor, and the name of its file
//   set(text, file)         another text; file is the name of what it came from, if it has one
//   go(line, column)        put the cursor there; point(line) marks a line, or none
//   apply(...edits)         change the text as edits of findings say, all at once
//   explain(word)           open the page about a word
//   scheme()                "light" or "dark"
//   live()                  whether Python has read the text; before, the result is prepared
//   toast(text)             say something in passing
//   copy(text, said)        put a text on the clipboard, and say so
//   look(index)             open the view of one layer
import { make } from "./dom.js";
import { layerView } from "./layer_view.js";
import { memory } from "./memory.js";
import { practice } from "./practice.js";
import { report } from "./report.js";
import { sizes } from "./sizes.js";

export const PANELS = [report, layerView, sizes, memory, practice];

export function createPanels(bar, host, page) {
  let open = null, last = null;
  const tabs = PANELS.map((panel) => {
    const button = make("button", { type: "button", role: "tab", id: `tab-${panel.id}`, "aria-controls": `panel-${panel.id}`, "aria-selected": "false", tabindex: "-1" }, panel.title);
    const place = make("div", { role: "tabpanel", id: `panel-${panel.id}`, "aria-labelledby": button.id, hidden: true });
    bar.append(button);
    host.append(place);
    return { panel, button, place, made: null, shown: null };
  });

  function choose(tab, focus = false) {
    for (const other of tabs) {
      const selected = other === tab;
      other.button.setAttribute("aria-selected", String(selected));
      other.button.tabIndex = selected ? 0 : -1;
      other.place.hidden = !selected;
    }
    open = tab;
    document.documentElement.dataset.panel = tab.panel.id;
    tab.made ??= tab.panel.create(tab.place, page);
    update();
    if (focus) tab.button.focus();
  }

  function update() {
    if (!last || open.shown === last) return;
    open.shown = last;
    open.made.show?.(last);
  }

  const tell = (what, ...values) => tabs.forEach(({ made }) => made?.[what]?.(...values));
  for (const tab of tabs) tab.button.onclick = () => choose(tab);
  bar.onkeydown = (event) => {
    const at = tabs.findIndex(({ button }) => button === document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    choose(tabs[next % tabs.length], true);
  };
  bar.hidden = tabs.length < 2;
  choose(tabs[0]);
  return {
    open: (id) => choose(tabs.find(({ panel }) => panel.id === id) ?? tabs[0]),
    get: (id) => tabs.find(({ panel }) => panel.id === id)?.made,
    show(result) {
      last = result;
      update();
    },
    scheme: () => tell("scheme"),
    fresh() {
      tell("fresh");
      if (open.panel.apart) choose(tabs[0]); // there somebody sees that it was opened
    },
    line: (number) => tell("line", number),
  };
}
