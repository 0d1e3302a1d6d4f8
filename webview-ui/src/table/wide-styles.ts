/** How the wide table looks, beyond what both tables share. */
import { css, unsafeCSS } from 'lit';
import { BAR_STEPS } from './bars.js';

export const ROW_HEIGHT = 24;
/** Room of the row's actions, so that the last column is never under them. */
export const ACTIONS = 84;

export const wideStyles = css`
  :host {
    --sweet-background: var(--vscode-editor-background);
    --sweet-border: var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .line {
    display: flex;
    min-width: 100%;
    width: var(--sweet-width);
  }
  /* Nothing in a row or a cell can move what is outside it: new contents cost no layout of the page. */
  .row {
    contain: strict;
    height: ${ROW_HEIGHT}px;
  }
  .row .cell {
    contain: strict;
  }
  .cell {
    flex: none;
    height: 24px;
    padding: 0 10px;
    line-height: 24px;
  }
  .cell.end {
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .cell.last {
    flex: 1 0 auto;
  }
  .head .cell {
    display: flex;
    align-items: center;
    gap: 2px;
  }
  .head .cell {
    height: 23px;
  }
  .head .cell.end {
    flex-direction: row-reverse;
  }

  .cell.state {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .cell.first {
    position: relative;
    left: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 4px;
    background: linear-gradient(var(--sweet-row, transparent), var(--sweet-row, transparent)),
      var(--sweet-background);
  }
  /* Each that sticks costs a layer of its own, with every frame: only where the table is scrolled to the side. */
  .sideways .cell.first {
    position: sticky;
  }
  .head .cell.first {
    justify-content: flex-start;
  }
  .cell.best {
    font-weight: 600;
  }
  .spark {
    width: 64px;
    height: 16px;
    margin-top: 4px;
    fill: none;
    stroke: var(--vscode-charts-blue);
    stroke-width: 1.2;
  }
  .row[aria-selected='true'] .spark {
    stroke: currentColor;
  }
  .sort-place {
    font-size: 9px;
  }
  .group {
    font-weight: 600;
    border-top: 1px solid var(--sweet-border);
  }
  .group .cell {
    position: sticky;
    left: 0;
    padding-left: 14px;
  }
  .group small {
    font-size: 11px;
    font-weight: normal;
    color: var(--vscode-descriptionForeground);
  }
  .actions {
    position: relative;
    right: 0;
    display: flex;
    align-items: center;
    gap: 2px;
    width: ${ACTIONS}px;
    height: 24px;
    padding: 0 6px;
    visibility: hidden;
    background: linear-gradient(var(--sweet-row, transparent), var(--sweet-row, transparent)),
      var(--sweet-background);
  }
  .row:hover .actions {
    position: sticky;
    visibility: visible;
  }
  .head .cell {
    position: relative;
    touch-action: none;
  }
  .head .cell.first {
    position: sticky;
  }
  .head .cell.lands::before,
  .head .lands-last::after {
    content: '';
    position: absolute;
    left: 0;
    top: 0;
    bottom: 0;
    z-index: 4;
    border-left: 2px solid var(--vscode-focusBorder);
  }
  .head .lands-last::after {
    left: auto;
    right: 0;
  }
  .edge {
    position: absolute;
    right: 0;
    top: 0;
    z-index: 2;
    width: 7px;
    height: 100%;
    cursor: col-resize;
  }
  .edge:hover {
    border-right: 2px solid var(--vscode-sash-hoverBorder, var(--vscode-focusBorder));
  }
  /* Over the name, which needs the room. */
  .funnel {
    position: absolute;
    right: 8px;
    display: inline-flex;
    padding: 2px;
    border-radius: 3px;
    background: var(--sweet-background);
    opacity: 0;
  }
  .end .funnel {
    right: auto;
    left: 2px;
  }
  .head .cell:hover .funnel,
  .funnel.on {
    opacity: 1;
  }
  .funnel.on {
    color: var(--vscode-textLink-foreground);
  }
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  /* How good a value is among all: twenty-one lengths, so that scrolling changes no inline style. */
  .bar {
    position: absolute;
    left: 0;
    bottom: 1px;
    width: 100%;
    height: 3px;
    background: var(--vscode-charts-blue);
    opacity: 0.55;
    transform-origin: right;
  }
  .row[aria-selected='true'] .bar {
    background: currentColor;
  }
  ${unsafeCSS(Array.from({ length: BAR_STEPS + 1 }, (_, step) => `.b${step}{transform:scaleX(${step / BAR_STEPS})}`).join(''))}
`;
