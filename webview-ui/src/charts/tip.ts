/** Puts a tooltip beside a point, on the side where there is room. Measures, so it belongs after rendering. */
const GAP = 12;

export function placeTip(tip: HTMLElement, [x, y]: readonly [number, number]): void {
  const area = tip.parentElement;
  if (!area) return;
  const left = x + GAP + tip.offsetWidth > area.clientWidth ? x - GAP - tip.offsetWidth : x + GAP;
  const top = Math.min(Math.max(0, y - tip.offsetHeight - GAP / 2), area.clientHeight - tip.offsetHeight);
  tip.style.transform = `translate(${Math.round(Math.max(0, left))}px, ${Math.round(top)}px)`;
}
