// What a browser draws, measured: texts that overlap, and what is outside of where it belongs.

const SLACK = 1; // px that may be shared: letters do not fill their boxes

function meet(one, other, slack = SLACK) {
  return Math.min(one.right, other.right) - Math.max(one.left, other.left) > slack
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > slack;
}

// From top to bottom, each with those that begin before it ends: few stand beside each other.
function overlaps(items) {
  const found = [], sorted = items.filter(item => item.box.width && item.box.height)
    .map(({text, box: {left, right, top, bottom}}) => ({text, left, right, top, bottom}))
    .sort((a, b) => a.top - b.top);
  sorted.forEach((one, index) => {
    for (let next = index + 1; next < sorted.length && sorted[next].top < one.bottom; next++) {
      if (meet(one, sorted[next])) found.push(`${one.text} | ${sorted[next].text}`);
    }
  });
  return found;
}

// A point of the window is inside of a shape, or is not.
function inside(shape, x, y) {
  const point = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
  return shape.isPointInFill(point);
}

function across(box, shape) {
  let within = 0, points = 0;
  for (let column = 0; column <= 6; column++) {
    for (let row = 0; row <= 2; row++) {
      const x = box.left + 1 + (box.width - 2) * column / 6, y = box.top + 2 + (box.height - 4) * row / 2;
      points++;
      within += inside(shape, x, y);
    }
  }
  return within > 0 && within < points;
}

// Every text of a picture, its solid shapes, and its frame.
function pictureFaults(svg) {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")]
    .map(text => ({text: text.textContent, box: text.getBoundingClientRect()}));
  const crossed = [];
  for (const shape of svg.querySelectorAll("[data-solid]")) {
    const box = shape.getBoundingClientRect();
    for (const text of texts) {
      if (meet(text.box, box) && across(text.box, shape)) crossed.push(`${text.text} | ${shape.tagName}`);
    }
  }
  const outside = [...svg.querySelectorAll("text, rect, polygon, path, circle, line")]
    .filter(part => {
      const box = part.getBoundingClientRect();
      return box.left < frame.left - 0.5 || box.right > frame.right + 0.5
        || box.top < frame.top - 0.5 || box.bottom > frame.bottom + 0.5;
    })
    .map(part => part.textContent || part.tagName);
  return {overlaps: overlaps(texts), crossed, outside, texts: texts.length};
}

// The lines of text of a page that are shown, but for those of its pictures.
function lines() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || node.parentElement.closest("svg, script, style")) continue;
    if (unseen(node.parentElement)) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      found.push({text: node.data.trim().slice(0, 60), box});
    }
  }
  return found;
}

// What is kept for those who listen to the page: a heading of a table, cut away.
function unseen(part) {
  const head = part.closest("thead");
  return head !== null && getComputedStyle(head).clipPath !== "none";
}

function pageFaults() {
  const width = document.documentElement.clientWidth;
  const shown = lines().filter(line => line.box.width > 1 && line.box.height > 1);
  const pictures = [...document.querySelectorAll("svg")].filter(svg => svg.getClientRects().length)
    .map(pictureFaults);
  const scrolled = new Set(document.querySelectorAll(".table *, .excerpt *, figure *"));
  const outside = [...document.querySelectorAll("body *")]
    .filter(part => !scrolled.has(part) && !part.closest("svg"))
    .filter(part => part.getClientRects().length && part.getBoundingClientRect().right > width + 0.5)
    .filter(part => getComputedStyle(part).position !== "absolute")
    .map(part => `${part.tagName} ${part.textContent.slice(0, 40)}`);
  if (document.documentElement.scrollWidth > width) outside.push("the page scrolls sideways");
  return {overlaps: overlaps(shown), outside, pictures, texts: shown.length};
}
