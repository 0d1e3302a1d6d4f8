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
  /* Over the strip above the plot, where there is room on the right: the charts themselves stay as they are. */
  .savers {
    position: relative;
    z-index: 1;
    display: flex;
    justify-content: flex-end;
    height: 0;
    margin-right: 12px;
    opacity: 0;
  }
  .savers .save {
    height: 17px;
    background: var(--vscode-editor-background);
  }
  .savers .save:hover {
    background: linear-gradient(var(--vscode-toolbar-hoverBackground), var(--vscode-toolbar-hoverBackground)),
      var(--vscode-editor-background);
  }
  :host(:hover) .savers,
  .savers:focus-within {
    opacity: 1;
  }
  @media (hover: none) {
    .savers {
      opacity: 1;
    }
  }
`;
