/** What both charts share: title row, plot area, tooltip, legend. */
import { css } from 'lit';

export const chartStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
  }
  .bar {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 0 12px;
    min-height: 26px;
  }
  .bar .fill {
    flex: 1;
  }
  .bar vscode-checkbox {
    margin: 0;
    font-size: 11px;
    color: var(--vscode-descriptionForeground);
  }
  @media (max-width: 719px) {
    .bar .wide {
      display: none;
    }
  }
  .bar vscode-checkbox::part(control) {
    width: 14px;
    height: 14px;
  }
  .bar vscode-checkbox::part(label) {
    padding-inline-start: 6px;
  }
  @media (max-width: 480px) {
    .bar {
      gap: 0 6px;
    }
    .bar vscode-checkbox::part(label) {
      padding-inline-start: 4px;
      margin-inline-end: 0;
    }
  }
  .plot {
    position: relative;
    flex: 1;
    min-height: 0;
    cursor: default;
    user-select: none;
  }
  .zoom-box {
    position: absolute;
    border: 1px dashed var(--vscode-foreground);
    background: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
    pointer-events: none;
  }
  .reset-zoom {
    white-space: nowrap;
  }
  .plot.pointing {
    cursor: pointer;
  }
  .plot > .canvas {
    position: absolute;
    inset: 0;
  }
  .empty {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    color: var(--vscode-descriptionForeground);
    text-align: center;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 14px;
    min-height: 18px;
    padding-left: 8px;
    font-size: 11px;
    line-height: 18px;
    color: var(--vscode-descriptionForeground);
  }
  .axis-name {
    position: absolute;
    left: 8px;
    top: 0;
    font-size: 11px;
    line-height: 16px;
    color: var(--vscode-descriptionForeground);
    pointer-events: none;
  }
  .legend .axis-end {
    margin-left: auto;
    padding-right: 16px;
  }
  .legend > span {
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .legend svg {
    width: 14px;
    height: 14px;
  }
  .swatch {
    width: 14px;
    height: 0;
    border-top: 2px solid var(--vscode-descriptionForeground);
  }
  .swatch.best {
    border-color: var(--vscode-charts-green);
  }
  .swatch.running {
    border-color: var(--vscode-charts-blue);
  }
  .swatch.selected {
    border-color: var(--vscode-foreground);
  }
  .swatch.other {
    border-top-width: 1px;
    opacity: 0.6;
  }
  .swatch.baseline {
    border-top: 1px dashed var(--vscode-descriptionForeground);
  }
  .tip {
    position: absolute;
    left: 0;
    top: 0;
    z-index: 2;
    max-width: 280px;
    padding: 4px 8px;
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 3px;
    background: var(--vscode-editorHoverWidget-background);
    color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
    font-size: 12px;
    line-height: 17px;
    pointer-events: none;
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
  }
  .tip b {
    font-weight: 600;
  }
  .tip .muted {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;
