/** What the charts beyond the overview need over the common styles: a sheet that may scroll, and handles on axes. */
import { css } from 'lit';

export const explorerStyles = css`
  :host {
    height: 100%;
    padding: 4px 20px 6px;
  }
  .bar {
    gap: 2px 8px;
  }
  vscode-dropdown {
    min-width: 120px;
    --input-height: 22;
  }
  .plot {
    overflow: auto;
  }
  /* Where there is no bar the button lies over the plot, which must not move when it comes. */
  .over-plot {
    position: relative;
    z-index: 1;
    display: flex;
    justify-content: flex-end;
    height: 0;
  }
  .over-plot .reset-zoom {
    height: 17px;
    padding: 0 4px;
    background: var(--vscode-editor-background);
  }
  @media (max-width: 719px) {
    .plot {
      flex: none;
      height: 270px;
    }
  }
  /* Room for plots that stand below one another there. */
  @media (max-width: 660px) {
    .plot.stacked {
      height: 470px;
    }
  }
  .pair {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
  }
  @media (max-width: 480px) {
    :host {
      padding: 4px 12px 6px;
    }
    .bar {
      gap: 2px 6px;
    }
    vscode-dropdown {
      min-width: 92px;
    }
    /* As long as its text where there is room, and in one line with the boxes beside it. */
    .studies {
      flex: 100 1 92px;
      min-width: 0;
      max-width: max-content;
    }
    .studies + .fill {
      margin-left: -6px;
    }
    /* In a line of their own, side by side. */
    .pair {
      flex: 1 0 100%;
      order: 1;
      margin: 2px 0;
    }
    .pair vscode-dropdown {
      flex: 1 1 0;
      min-width: 0;
    }
    .pair .first {
      display: none;
    }
  }
  .sheet {
    position: relative;
  }
  canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }
  canvas.over {
    pointer-events: none;
  }
  .plot.parallel {
    touch-action: none;
  }
  .axis {
    position: absolute;
    top: 0;
    height: 24px;
    overflow: hidden;
    border-radius: 3px;
    /* The name is on the canvas, so that it is in the files too. */
    color: transparent;
    font-size: 11px;
    cursor: grab;
    transform: translateX(-50%);
  }
  .axis:hover {
    background: color-mix(in srgb, var(--vscode-foreground) 10%, transparent);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
  }
  .axis.moving {
    cursor: grabbing;
    background: color-mix(in srgb, var(--vscode-foreground) 20%, transparent);
  }
  .tip {
    max-width: 340px;
  }
  .tip div {
    overflow: hidden;
    text-overflow: ellipsis;
  }
`;
