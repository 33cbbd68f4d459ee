for (const table of document.querySelectorAll(".sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells], written = [...body.rows];
  const sort = (chosen, way) => {
    const value = row => parseFloat(row.cells[chosen].textContent.replaceAll(",", "")) || 0;
    const order = {descending: (a, b) => value(b) - value(a), ascending: (a, b) => value(a) - value(b)}[way];
    body.append(...(order ? written.toSorted(order) : written));
    heads.forEach((head, column) => order && column === chosen
      ? head.setAttribute("aria-sort", way) : head.removeAttribute("aria-sort"));
  };
  heads.forEach((head, column) => {
    if (!head.classList.contains("n")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => sort(column, {descending: "ascending", ascending: ""}[head.getAttribute("aria-sort")] ?? "descending");
  });
}
