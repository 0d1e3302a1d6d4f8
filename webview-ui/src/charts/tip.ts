/** Tooltips: what a target says, where it stands, and at which targets the arrow keys stop. */
import { html, type TemplateResult } from 'lit';
import type { Target } from './kit/scene.js';

const GAP = 12;

/** Puts a tooltip beside a point, on the side where there is room. Measures, so it belongs after rendering. */
export function placeTip(tip: HTMLElement, [x, y]: readonly [number, number]): void {
  const area = tip.parentElement;
  if (!area) return;
  const left = x + GAP + tip.offsetWidth > area.clientWidth ? x - GAP - tip.offsetWidth : x + GAP;
  const top = Math.min(Math.max(0, y - tip.offsetHeight - GAP / 2), area.clientHeight - tip.offsetHeight);
  tip.style.transform = `translate(${Math.round(Math.max(0, left))}px, ${Math.round(top)}px)`;
}

/** What a target says, its heading first. */
export function tipOf(target: Target): TemplateResult {
  const [heading, ...lines] = target.tip();
  return html`<b>${heading}</b>${lines.map((line) => html`<div class="number">${line}</div>`)}`;
}

/** Where the arrow keys stop: each trial once, by number; what is no trial in the chart's order. */
export function stopsOf(targets: readonly Target[]): readonly Target[] {
  const seen = new Set<number>();
  const stops = targets.filter(({ trial }) => {
    if (trial === undefined) return true;
    if (seen.has(trial)) return false;
    seen.add(trial);
    return true;
  });
  return stops.sort((a, b) => (a.trial ?? 0) - (b.trial ?? 0));
}
