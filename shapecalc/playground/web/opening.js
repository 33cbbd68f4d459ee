// Files that are dropped on the page, or chosen: shapecalc reads them here, and they go nowhere.
import { bytes, make, number } from "./dom.js";
import { stem } from "./file_name.js";

const MOST = 200_000_000; // bytes that a browser's Python can hold beside everything else

export function createOpening({ button, input, sign, dialog, page }) {
  button.onclick = () => input.click();
  input.onchange = () => {
    if (input.files[0]) open(input.files[0]);
    input.value = "";
  };

  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  let inside = 0;
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    inside++;
    sign.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (hasFiles(event) && --inside <= 0) close();
  });
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener(
    "drop",
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation(); // the editor would insert the file
      close();
      if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
    },
    true,
  );

  function close() {
    inside = 0;
    sign.hidden = true;
  }

  async function open(file) {
    if (file.size > MOST) return page.toast(`${file.name} has more than ${bytes(MOST)}: use the command line.`);
    page.toast(`Reading ${file.name}`);
    try {
      const found = await page.call("open", file.name, new Uint8Array(await file.arrayBuffer()));
      if (found.tensors) return list(file.name, found);
      page.set(found.text, found.format ? `${stem(file.name)}.shape.yaml` : file.name);
      if (found.notes.length) tell(file.name, found.notes);
      else page.toast(`${file.name}${found.format ? `, written as a spec from ${found.format}` : ""}`);
    } catch (error) {
      tell(file.name, page.told(error).split("\n"));
    }
  }

  function tell(name, lines) {
    dialog.title.textContent = name;
    dialog.body.replaceChildren(...lines.map((line) => make("p", {}, line)));
    if (!dialog.box.open) dialog.box.showModal();
  }

  function list(name, { format, titles, tensors, sums }) {
    const shown = (value) => (typeof value === "number" ? number(value) : (value ?? "?"));
    dialog.title.textContent = name;
    dialog.body.replaceChildren(
      make("p", { class: "lead" }, `Weights (${format}): ${number(sums.tensors)} ${sums.tensors === 1 ? "tensor" : "tensors"}, ${number(sums.values)} values, ${bytes(sums.bytes)}.`),
      make(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Tensors" },
        make(
          "table",
          { class: "plain" },
          make("thead", {}, make("tr", {}, titles.map(([title, isNumber]) => make("th", { scope: "col", class: isNumber ? "n" : null }, title)))),
          make("tbody", {}, tensors.map((row) => make("tr", {}, row.map((value, at) => make("td", { class: titles[at][1] ? "n" : "volume" }, shown(value)))))),
        ),
      ),
    );
    if (!dialog.box.open) dialog.box.showModal();
  }
}
