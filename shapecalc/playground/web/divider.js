// The line between the two sides: the pointer or the arrow keys move it.
const [LEAST, MOST] = [20, 75]; // percent

export function createDivider(divider) {
  function set(percent) {
    const width = Math.min(MOST, Math.max(LEAST, percent));
    document.documentElement.style.setProperty("--left", `${width}%`);
    divider.setAttribute("aria-valuenow", String(Math.round(width)));
  }

  divider.onpointerdown = (event) => {
    divider.setPointerCapture(event.pointerId);
    divider.onpointermove = (move) => set((100 * move.clientX) / innerWidth);
  };
  divider.onpointerup = () => (divider.onpointermove = null);
  divider.onkeydown = (event) => {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (step) set(Number(divider.getAttribute("aria-valuenow")) + step);
  };
}
