// VS Code's window as a person uses it: files, menus, palette, trees, lenses, notifications, status bar, and the
// documents inside webviews. Knows VS Code 1.139's page; nothing of Sweetspot but the name of its container.
import { basename } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { type OpenWindow, session } from './session.js';

const CONTAINER = 'Sweetspot';

/** Milliseconds. Everything that does not compute is far faster; a busy machine is not. */
const PATIENCE = 20_000;

export interface WindowSize {
  readonly width: number;
  readonly height: number;
}

/** Opens a window on a folder or a `.code-workspace` and waits until Sweetspot's contributions are in place. */
export async function openWorkbench(
  folder: string,
  viewport: WindowSize = { width: 1440, height: 900 },
): Promise<Workbench> {
  const { browser, show, windows } = session();
  const context = await browser.newContext({
    viewport,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const window: OpenWindow = { page, messages: [] };
  page.on('console', (message) => window.messages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => window.messages.push(`page error: ${error.stack ?? error.message}`));
  windows.add(window);
  await show(page, folder);
  const workbench = new Workbench(window, folder);
  await workbench.ready();
  return workbench;
}

export class Workbench {
  readonly page: Page;
  /** What was opened: a folder or a `.code-workspace`. */
  readonly folder: string;
  readonly #window: OpenWindow;

  constructor(window: OpenWindow, folder: string) {
    this.#window = window;
    this.page = window.page;
    this.folder = folder;
  }

  /** What the window's console said, oldest first; refusals by a content security policy are among it. */
  get messages(): readonly string[] {
    return this.#window.messages;
  }

  /** The explorer paints before contributions are registered: a menu opened too early would lack ours. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.#containerTab(CONTAINER).waitFor();
  }

  async close(): Promise<void> {
    await session().evidence;
    session().windows.delete(this.#window);
    await this.page.context().close();
  }

  /** Like *Developer: Reload Window* on a desktop. */
  async reload(): Promise<void> {
    // In a browser VS Code cannot store the window's state while it closes; it does so when idle, every 5 s.
    await this.page.waitForTimeout(7000);
    await this.page.reload();
    await this.ready();
  }

  // Files

  async showExplorer(): Promise<void> {
    await this.#showContainer(/^Explorer/);
  }

  /** A file or folder in the explorer, by name; its parents must be expanded. */
  explorerItem(name: string): Locator {
    return this.page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true });
  }

  /** Opens a file through quick open and waits for its editor. `name`: a name or a path from the folder. */
  async openFile(name: string): Promise<void> {
    const shown = this.editorTab(basename(name)).and(this.page.locator('[aria-selected="true"]')).first();
    // A page that takes the focus closes quick open before it has opened anything: then once more.
    for (const deadline = Date.now() + 2 * PATIENCE; ; ) {
      await this.page.keyboard.press('ControlOrMeta+P');
      await this.#quickInput().fill(name);
      await pressAway(this.#quickRow(basename(name)));
      if (await becomes(shown, 'visible', 3000)) break;
      if (Date.now() > deadline) throw new Error(`Quick open does not open ${name}.`);
    }
    await this.page.locator('.editor-instance .view-lines').first().waitFor();
  }

  /** A text is the whole title: that of a diff begins with its file's. */
  editorTab(title: string | RegExp): Locator {
    // A tab that is only a preview says so after a comma.
    const name = typeof title === 'string' ? new RegExp(`^${title.replace(/\W/g, '\\$&')}(,|$)`) : title;
    return this.page.locator('.tabs-container').getByRole('tab', { name });
  }

  /** The editor that has, or last had, the focus. */
  activeEditor(): Locator {
    return this.page.locator('.editor-group-container.active .editor-instance');
  }

  /** The two sides of the diff editor on top. */
  diff(): { readonly original: Locator; readonly modified: Locator } {
    const editor = this.page.locator('.monaco-diff-editor').first();
    return {
      original: editor.locator('.editor.original .view-lines'),
      modified: editor.locator('.editor.modified .view-lines'),
    };
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+S');
  }

  /** The buttons at the right of the editor tabs, by tooltip. */
  editorAction(name: string | RegExp): Locator {
    return this.page.locator('.editor-group-container.active .editor-actions').getByRole('button', { name });
  }

  codeLens(text: string | RegExp): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: text });
  }

  // Menus and palette

  /** Right-clicks and waits for the menu. Close it with `choose` or `dismiss`. */
  async openContextMenu(on: Locator): Promise<Menu> {
    await on.click({ button: 'right' });
    return this.menu();
  }

  /** The menu that a click has opened. Close it with `choose` or `dismiss`. */
  async menu(): Promise<Menu> {
    const menu = this.page.locator('.monaco-menu').last();
    await menu.getByRole('menuitem').first().waitFor();
    return new Menu(this.page, menu);
  }

  /**
   * The same, and waits until the menu has `label`: what a file offers depends on a scan in the background.
   * @returns the open menu
   */
  async openContextMenuWith(on: Locator, label: string, timeout = PATIENCE): Promise<Menu> {
    for (const deadline = Date.now() + timeout; ; ) {
      const menu = await this.openContextMenu(on);
      const labels = await menu.labels();
      if (labels.includes(label)) return menu;
      await menu.dismiss();
      if (Date.now() > deadline)
        throw new Error(`The menu lacks ${label} after ${timeout} ms: ${labels.join(', ')}`);
      await this.page.waitForTimeout(300);
    }
  }

  /** Runs a command from the palette by its full title, such as 'Sweetspot: Start Sweep'. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#quickInput().fill(`>${title}`);
    await pressAway(this.#quickRow(title));
  }

  /** Titles that the palette offers for what is typed. */
  async paletteOffers(text: string): Promise<readonly string[]> {
    await this.page.keyboard.press('F1');
    await this.#quickInput().fill(`>${text}`);
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    const titles = await this.page.locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return titles;
  }

  /** Chooses in the list that a command opened. */
  async pick(text: string): Promise<void> {
    await this.#quickInput().waitFor();
    await this.#quickRow(text).click();
  }

  /** Answers the input box that a command opened. */
  async answer(text: string): Promise<void> {
    await this.#quickInput().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Answers the file dialog that a command opened; before the dialog knows its folder it would write that over the answer. */
  async answerPath(path: string): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    const input = this.#quickInput();
    for (const deadline = Date.now() + PATIENCE; ; ) {
      await input.fill(path);
      await this.page.waitForTimeout(300);
      if ((await input.inputValue()) === path) break;
      if (Date.now() > deadline) throw new Error(`The file dialog does not keep ${path}.`);
    }
    await this.page.keyboard.press('Enter');
  }

  // Sweetspot's container

  async showSweetspot(): Promise<void> {
    await this.#showContainer(CONTAINER);
  }

  /** The number on Sweetspot's icon, or undefined. */
  async badge(): Promise<string | undefined> {
    const badge = this.#containerTab(CONTAINER).locator('.badge-content');
    const text = (await badge.count()) > 0 ? await badge.first().textContent() : '';
    return text || undefined;
  }

  /** The rows of a tree in the sidebar, by the title of its view. */
  treeRows(view: string | RegExp): Locator {
    return this.#pane(view).getByRole('treeitem');
  }

  /** Opens a row of a tree, once it has something under it. */
  async expandTreeRow(row: Locator): Promise<void> {
    const isOpen = this.page.locator('[aria-expanded="true"]');
    await row.and(this.page.locator('[aria-expanded]')).waitFor();
    if ((await row.and(isOpen).count()) > 0) return;
    await row.locator('.monaco-tl-twistie').click();
    await row.and(isOpen).waitFor();
  }

  /** The buttons in the title of a view. */
  viewAction(view: string | RegExp, name: string | RegExp): Locator {
    return this.#pane(view).getByRole('button', { name });
  }

  // Messages

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-toast', { hasText: text });
  }

  async pressNotificationButton(text: string | RegExp, button: string): Promise<void> {
    await this.notification(text).first().hover();
    await this.notification(text).first().getByRole('button', { name: button }).click();
  }

  async dismissNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
  }

  /** Answers a modal dialog. */
  async answerDialog(button: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name: button }).click();
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item', { hasText: text });
  }

  // Webviews

  /**
   * The document inside a webview, found by something in it. A reloaded or moved webview gets another frame: ask again.
   * @param selector what only this webview's document has
   */
  async webview(selector: string, timeout = PATIENCE): Promise<Frame> {
    for (const deadline = Date.now() + timeout; ; ) {
      for (const frame of this.page.frames()) {
        if (await isWebviewDocument(frame, selector)) return frame;
      }
      if (Date.now() > deadline) {
        const seen = this.page.frames().map((frame) => `  ${frame.name()} ${frame.url()}`);
        throw new Error(`No webview has ${selector} after ${timeout} ms. Frames:\n${seen.join('\n')}`);
      }
      await this.page.waitForTimeout(100);
    }
  }

  /** A picture of the whole window. @returns where it went */
  async screenshot(path: string): Promise<string> {
    await this.page.screenshot({ path, animations: 'disabled' });
    return path;
  }

  #containerTab(name: string | RegExp): Locator {
    return this.page.locator('.part.activitybar').getByRole('tab', { name });
  }

  /** A click on the tab of a container that is shown would hide it, and just after a reload neither is settled. */
  async #showContainer(name: string | RegExp): Promise<void> {
    const shown = this.#containerTab(name).and(this.page.locator('[aria-selected="true"]'));
    const sidebar = this.page.locator('.part.sidebar');
    for (const deadline = Date.now() + PATIENCE; ; ) {
      await this.page.waitForTimeout(250);
      if ((await shown.count()) > 0 && (await sidebar.isVisible())) return;
      if (Date.now() > deadline) throw new Error(`The side bar does not show ${name}.`);
      await this.#containerTab(name).click();
    }
  }

  #pane(view: string | RegExp): Locator {
    const header = this.page
      .locator('.pane-header')
      .filter({ has: this.page.getByRole('heading', { name: view }) });
    return this.page.locator('.pane').filter({ has: header });
  }

  #quickInput(): Locator {
    return this.page.locator('.quick-input-widget input.input');
  }

  #quickRow(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }
}

/** A context menu that is open. */
export class Menu {
  readonly #page: Page;
  readonly #menu: Locator;

  constructor(page: Page, menu: Locator) {
    this.#page = page;
    this.#menu = menu;
  }

  /** The entries, top to bottom, without key bindings. */
  async labels(): Promise<readonly string[]> {
    return this.#menu.locator('.action-label').allInnerTexts();
  }

  /** Clicks an entry. */
  choose(label: string): Promise<void> {
    return pressAway(this.#menu.locator('.action-menu-item', { hasText: label }).first());
  }

  /** Clicks an entry of a submenu, which opens while the pointer is over its name. */
  async chooseWithin(submenu: string, label: string): Promise<void> {
    await this.#menu.locator('.action-menu-item', { hasText: submenu }).first().hover();
    await pressAway(this.#page.locator('.monaco-submenu .action-menu-item', { hasText: label }).first());
  }

  async dismiss(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.#menu.waitFor({ state: 'hidden' });
  }
}

/**
 * Clicks what goes away when it is chosen, until it has: a menu ignores the mouse for a moment after it opened, and a list
 * that is filled anew between the button's way down and up takes that for no click.
 */
async function pressAway(entry: Locator): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await entry.click();
    if (await becomes(entry, 'hidden', 1000)) return;
    if (attempt === 5) throw new Error(`${entry} is still there although it was clicked.`);
  }
}

/** Whether it does so within `timeout` milliseconds. */
function becomes(what: Locator, state: 'visible' | 'hidden', timeout: number): Promise<boolean> {
  return what.waitFor({ state, timeout }).then(
    () => true,
    () => false,
  );
}

async function isWebviewDocument(frame: Frame, selector: string): Promise<boolean> {
  try {
    const element = await frame.frameElement();
    return (
      (await element.getAttribute('id')) === 'active-frame' && (await frame.locator(selector).count()) > 0
    );
  } catch {
    // The main frame has no element; others may go while we look.
    return false;
  }
}
