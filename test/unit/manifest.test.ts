// package.json and the extension's code name the same commands, views, context keys and settings.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTAINER, Command, RESULTS_PANEL, SETTINGS, View } from '../../src/extension/contributions.js';

const read = (file: string) => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
const manifest = read('package.json');
const texts: Record<string, string> = read('package.nls.json');
const { commands, menus, submenus, views, viewsContainers, configuration, walkthroughs, viewsWelcome } =
  manifest.contributes;
const whole = JSON.stringify(manifest);

interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
}
const items: readonly MenuItem[] = Object.values<readonly MenuItem[]>(menus).flat();

describe('the manifest', () => {
  it('contributes exactly the commands that the code registers', () => {
    const ids = commands.map(({ command }: { command: string }) => command);
    expect(ids.sort()).toEqual(Object.values(Command).sort());
  });

  it('contributes exactly the settings that the code reads, with the same defaults', () => {
    const defaults = Object.entries<{ default: unknown }>(configuration.properties).map(([id, property]) => [
      id,
      property.default,
    ]);
    const wanted = Object.entries(SETTINGS).map(([id, value]) => [`sweetspot.${id}`, value]);
    expect(Object.fromEntries(defaults)).toEqual(Object.fromEntries(wanted));
  });

  it('names the views and their container as the code does', () => {
    expect(viewsContainers.activitybar.map(({ id }: { id: string }) => id)).toEqual([CONTAINER]);
    expect(views[CONTAINER].map(({ id }: { id: string }) => id)).toEqual(Object.values(View));
    expect(manifest.activationEvents).toContain(`onWebviewPanel:${RESULTS_PANEL}`);
  });

  it('shows in menus only commands and submenus that exist, and leaves no submenu out', () => {
    const known = new Set<string>(Object.values(Command));
    const below = new Set<string>(submenus.map(({ id }: { id: string }) => id));
    expect(items.filter(({ command }) => command !== undefined && !known.has(command))).toEqual([]);
    expect(items.filter(({ submenu }) => submenu !== undefined && !below.has(submenu))).toEqual([]);
    const shown = new Set(items.flatMap(({ submenu }) => submenu ?? []));
    expect([...below].filter((id) => !shown.has(id) || (menus[id] ?? []).length === 0)).toEqual([]);
  });

  it('says in the palette when each command makes sense, but for those that always do', () => {
    const always = ['refresh', 'showLog', 'createExample', 'installNative', 'openForeign'];
    const gated = new Set(menus.commandPalette.map(({ command }: MenuItem) => command));
    const ungated = commands.flatMap(({ command }: { command: string }) =>
      gated.has(command) ? [] : [command.replace('sweetspot.', '')],
    );
    expect(ungated.sort()).toEqual(always.sort());
  });

  it('puts every command where a person can find it', () => {
    const hidden = menus.commandPalette.flatMap(({ command, when }: MenuItem) =>
      when === 'false' ? [command] : [],
    );
    const elsewhere = new Set(
      Object.entries<readonly MenuItem[]>(menus).flatMap(([menu, entries]) =>
        menu === 'commandPalette' ? [] : entries.map(({ command }) => command),
      ),
    );
    expect(hidden.filter((command: string) => !elsewhere.has(command))).toEqual([]);
  });

  it('gives the entries of a menu’s group an order', () => {
    const bare = Object.entries<readonly MenuItem[]>(menus).flatMap(([menu, entries]) =>
      menu === 'commandPalette' ? [] : entries.filter(({ group }) => !/^\w+@\d+$|^9_log$/.test(group ?? '')),
    );
    expect(bare).toEqual([]);
  });

  it('gives every command that sits in an inline or title spot an icon', () => {
    const withIcon = new Set(
      commands.flatMap(({ command, icon }: { command: string; icon?: string }) => (icon ? [command] : [])),
    );
    const spots = [...menus['view/item/context'], ...menus['editor/title'], ...menus['view/title']];
    const bare = spots.filter(
      ({ group, command }: MenuItem) =>
        /^(inline|navigation)/.test(group ?? '') && !withIcon.has(command ?? ''),
    );
    expect(bare).toEqual([]);
  });

  it('tests no context key of ours that the code never sets', () => {
    const source = ['extension', 'context']
      .map((file) => readFileSync(new URL(`../../src/extension/${file}.ts`, import.meta.url), 'utf8'))
      .join();
    const conditions = [...items, ...viewsWelcome].map(({ when = '' }) => when).join(' ');
    const tested = new Set(
      [...conditions.matchAll(/\b(?:in )?(sweetspot\.\w+)/g)].map(([, key]) => key ?? ''),
    );
    for (const id of [...Object.values<string>(View), RESULTS_PANEL]) tested.delete(id);
    expect([...tested].filter((key) => !source.includes(`'${key}'`))).toEqual([]);
  });

  it('has a text for every placeholder, and no text without one', () => {
    const used = new Set([...whole.matchAll(/%([\w.]+)%/g)].map(([, key]) => key));
    expect([...used].sort()).toEqual(Object.keys(texts).sort());
  });

  it('refers to files that are there', () => {
    const files = [
      manifest.icon,
      viewsContainers.activitybar[0].icon,
      ...walkthroughs[0].steps.map((step: { media: { markdown: string } }) => step.media.markdown),
    ];
    expect(files.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([]);
  });

  it('lets no workspace say which program is run', () => {
    expect(configuration.properties['sweetspot.nodePath'].scope).toBe('machine');
    const restricted: readonly string[] = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    expect(restricted).toContain('sweetspot.nodePath');
  });
});
