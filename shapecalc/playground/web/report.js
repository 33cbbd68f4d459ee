// The first tab: the picture and the table of layers.
import { make } from "./dom.js";
import { createPicture } from "./picture.js";
import { table } from "./table.js";

const MANY = 60; // layers, from which on blocks are folded unless somebody opens them

export const report = {
  id: "report",
  title: "Report",
  create(host, page) {
    const drawing = make("div", { class: "drawing" });
    const rows = make("div", { id: "rows" });
    host.append(drawing, rows);
    const picture = createPicture(drawing, page);
    let result = null, chosen = null;

    function show() {
      const fold = chosen ?? result.count > MANY;
      rows.replaceChildren(...table(result, page, fold, (value) => {
        chosen = value;
        show();
      }));
      if (page.live()) picture.show(result, fold);
    }

    return {
      show(next) {
        result = next;
        show();
      },
      prepared: picture.prepared,
      style: picture.style,
      scheme: () => result && page.live() && picture.redraw(),
      fresh: () => (chosen = null),
      line(number) {
        for (const row of rows.querySelectorAll("tr.row")) row.classList.toggle("at", Number(row.dataset.line) === number);
      },
    };
  },
};
