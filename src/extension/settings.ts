/** Typed reading of the settings under `sweetspot.`; ids and defaults are in contributions.ts. */
import { workspace } from 'vscode';
import { SETTINGS, type Settings } from './contributions.js';

export function setting<K extends keyof Settings>(key: K): Settings[K] {
  return workspace.getConfiguration('sweetspot').get(key, SETTINGS[key]) as Settings[K];
}
