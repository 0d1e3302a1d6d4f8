/** Typed `setContext`: the keys that menus test, set only when they change. */
import { commands } from 'vscode';
import type { Contexts } from './contributions.js';

const current = new Map<string, string>();

export function setContext<K extends keyof Contexts>(key: K, value: Contexts[K]): void {
  const text = JSON.stringify(value);
  if (current.get(key) === text) return;
  current.set(key, text);
  void commands.executeCommand('setContext', key, value);
}
