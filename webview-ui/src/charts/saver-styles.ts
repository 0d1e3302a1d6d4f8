/** The buttons that save a chart, and copy its data. */
import { css } from 'lit';

export const saverStyles = css`
  .save {
    height: 22px;
    padding: 0 5px;
    border-radius: 5px;
    font-size: 11px;
    color: var(--vscode-icon-foreground);
    display: inline-flex;
    align-items: center;
    gap: 2px;
    white-space: nowrap;
  }
  .save:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .save svg {
    width: 14px;
    height: 14px;
  }
`;
