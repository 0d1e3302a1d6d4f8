/** The documents in which annotations are read. By pattern too: a YAML dialect may have a language of its own. */
import type { DocumentSelector } from 'vscode';

export const CONFIG_FILES: DocumentSelector = [
  { scheme: 'file', language: 'yaml' },
  { scheme: 'file', pattern: '**/*.{yaml,yml}' },
];
