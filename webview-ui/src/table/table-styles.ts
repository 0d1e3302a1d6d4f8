/** What both tables share: scroller, header, row states, focus. */
import { css } from 'lit';

export const tableStyles = css`
  :host {
    display: block;
    position: relative;
    min-height: 0;
  }
  .scroller {
    position: absolute;
    inset: 0;
    overflow: auto;
    outline: none;
    /* A new row above the reader must not move what is being read. */
    overflow-anchor: none;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 3;
    height: 24px;
    margin-bottom: -24px;
    background: var(--sweet-background);
    border-bottom: 1px solid var(--sweet-border);
  }
  .head .cell {
    font-size: 11px;
    font-weight: 600;
    color: var(--vscode-descriptionForeground);
    cursor: pointer;
    user-select: none;
  }
  .head .cell:hover,
  .head .cell[aria-sort='ascending'],
  .head .cell[aria-sort='descending'] {
    color: var(--vscode-foreground);
  }
  .head svg {
    width: 12px;
    height: 12px;
  }
  /* It alone moves when the table scrolls: styling every row anew would take longer than a frame. */
  .window {
    position: absolute;
    left: 0;
    top: 0;
    min-width: 100%;
  }
  .row {
    position: relative;
    cursor: default;
    /* Shift and a click choose trials, not letters. */
    user-select: none;
  }
  .cell {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .row:hover,
  .row.pointed {
    --sweet-row: var(--vscode-list-hoverBackground);
  }
  .row[aria-selected='true'] {
    --sweet-row: var(--vscode-list-inactiveSelectionBackground);
  }
  /* Over the cells, some of which stick and would hide an outline of the row. */
  .row:is([aria-selected='true'], :hover, .pointed)::after {
    content: '';
    position: absolute;
    inset: 0;
    z-index: 2;
    border: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    pointer-events: none;
  }
  .row[aria-selected='true']::after {
    border-style: solid;
  }
  /* It does not count. */
  .row.excluded :is(.cell.first, .cell.trial) {
    text-decoration: line-through;
  }
  .row.excluded:not([aria-selected='true']) .cell {
    color: var(--vscode-descriptionForeground);
  }
  .row[aria-selected='true'] .muted {
    color: inherit;
  }
  .scroller:focus-visible .row[aria-selected='true'] {
    --sweet-row: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground);
  }
  .scroller:focus-visible .row[aria-selected='true'] :is(.muted, .star, [class^='state-']) {
    color: inherit;
  }
  .row {
    background: var(--sweet-row, transparent);
  }
  .scroller:focus-visible .active {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
`;
