/**
 * What every element of the page shares: fonts, focus ring, text for screen readers only, small buttons. Colours are
 * VS Code's variables and nothing else.
 */
import { css } from 'lit';

export const base = css`
  :host {
    box-sizing: border-box;
    color: var(--vscode-foreground);
    font: var(--vscode-font-size, 13px) / 18px var(--vscode-font-family, sans-serif);
    font-weight: var(--vscode-font-weight, normal);
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  h1,
  h2,
  p,
  dl,
  dd {
    margin: 0;
    font: inherit;
  }
  h2 {
    font-size: 11px;
    font-weight: 600;
    line-height: 22px;
    white-space: nowrap;
  }
  .muted {
    color: var(--vscode-descriptionForeground);
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .quiet {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  button {
    padding: 0;
    border: none;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  button.link {
    color: var(--vscode-textLink-foreground);
  }
  button.link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  button.icon {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    width: 22px;
    height: 22px;
    border-radius: 5px;
    color: var(--vscode-icon-foreground);
  }
  button.icon:hover {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
    outline-offset: -1px;
  }
  svg {
    display: block;
    width: 16px;
    height: 16px;
    flex: none;
    fill: currentColor;
  }
  .state-running {
    color: var(--vscode-charts-blue);
  }
  .state-complete {
    color: var(--vscode-charts-blue);
  }
  .state-pruned {
    /* Transparent in VS Code's own themes, absent in those of high contrast. */
    color: rgb(from var(--vscode-charts-orange, var(--vscode-editorWarning-foreground)) r g b / 1);
  }
  .state-failed {
    color: var(--vscode-charts-red);
  }
  .state-excluded,
  .state-waiting {
    color: var(--vscode-descriptionForeground);
  }
  .star {
    color: var(--vscode-charts-yellow);
  }
  .spin {
    transform-origin: 8px 8px;
    animation: turn 1.4s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(360deg);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spin {
      animation: none;
    }
  }
`;

/** A field to type in, as VS Code's. */
export const fieldStyles = css`
  input {
    width: 100%;
    height: 22px;
    padding: 0 6px;
    border: 1px solid var(--vscode-input-border, var(--vscode-checkbox-border, var(--vscode-panel-border, transparent)));
    border-radius: 3px;
    background: var(--vscode-input-background, var(--vscode-dropdown-background, transparent));
    color: var(--vscode-input-foreground, var(--vscode-foreground));
    font: inherit;
    font-size: 12px;
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground, var(--vscode-descriptionForeground));
    opacity: 1;
  }
`;
