/** Ties TanStack Virtual to a Lit element: which rows of a fixed height are in sight, and scrolling one into it. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface RowWindow {
  /** Finds the scrolling element after the first rendering. */
  readonly scroller: () => HTMLElement | null;
  /** Pixels. */
  readonly rowHeight: number;
  /** Pixels at the top that a sticky header covers. */
  readonly headerHeight: number;
}

export class VirtualRows implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #window: RowWindow;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  #stop: (() => void) | undefined;
  #count = 0;

  constructor(host: ReactiveControllerHost, window: RowWindow) {
    this.#host = host;
    this.#window = window;
    this.#virtualizer = new Virtualizer(this.#options());
    host.addController(this);
  }

  #options() {
    const { scroller, rowHeight, headerHeight } = this.#window;
    return {
      count: this.#count,
      getScrollElement: scroller,
      estimateSize: () => rowHeight,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      scrollPaddingStart: headerHeight,
      paddingStart: headerHeight,
      overscan: 3,
      onChange: () => this.#host.requestUpdate(),
    };
  }

  hostConnected(): void {
    this.#stop = this.#virtualizer._didMount();
  }

  hostUpdated(): void {
    this.#virtualizer._willUpdate();
  }

  hostDisconnected(): void {
    this.#stop?.();
  }

  /** The rows to draw of so many. `start` counts from the top of the scrolled content, the header included. */
  rows(count: number): readonly VirtualItem[] {
    if (count !== this.#count) {
      this.#count = count;
      this.#virtualizer.setOptions(this.#options());
    }
    return this.#virtualizer.getVirtualItems();
  }

  get totalHeight(): number {
    return this.#virtualizer.getTotalSize();
  }

  /** Full rows in sight. */
  get pageSize(): number {
    const height = this.#virtualizer.scrollRect?.height ?? 0;
    return Math.max(1, Math.floor((height - this.#window.headerHeight) / this.#window.rowHeight));
  }

  reveal(row: number): void {
    this.#virtualizer.scrollToIndex(row, { align: 'auto' });
  }
}
