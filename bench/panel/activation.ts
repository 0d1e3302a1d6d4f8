/**
 * What the extension costs a window that starts: processor time of loading its script, in fresh processes, with a
 * stand-in for VS Code's API. What `activate` itself takes is in the extension's log and in test/extension.
 */
import { execFileSync } from 'node:child_process';

const LOAD = `
const Module = require('node:module');
const stub = new Proxy(function () {}, { get: (_, key) => (key === 'prototype' ? {} : stub), apply: () => stub, construct: () => ({}) });
const load = Module._load;
Module._load = function (name, ...rest) { return name === 'vscode' ? stub : load.call(this, name, ...rest); };
const before = process.cpuUsage();
require(process.argv[1]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
`;

/** Median over the runs, in milliseconds. */
export function loadTime(script: string, runs: number): number {
  const times = Array.from({ length: runs }, () =>
    Number(execFileSync(process.execPath, ['-e', LOAD, script], { encoding: 'utf8' })),
  );
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}
