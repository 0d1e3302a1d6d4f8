/**
 * The ids that package.json and the code share: commands with their arguments, views, context keys and settings with
 * their defaults. A test compares this file with the manifest; the manifest's texts are in package.nls.json.
 */

export const Command = {
  startSweep: 'sweetspot.startSweep',
  forecast: 'sweetspot.forecast',
  newStudy: 'sweetspot.newStudy',
  stopFinish: 'sweetspot.stopFinish',
  stopNow: 'sweetspot.stopNow',
  resume: 'sweetspot.resume',
  compareBest: 'sweetspot.compareBest',
  applyBest: 'sweetspot.applyBest',
  compareTrial: 'sweetspot.compareTrial',
  applyTrial: 'sweetspot.applyTrial',
  openResults: 'sweetspot.openResults',
  showTrialLog: 'sweetspot.showTrialLog',
  revealConfig: 'sweetspot.revealConfig',
  deleteStudy: 'sweetspot.deleteStudy',
  refresh: 'sweetspot.refresh',
  showLog: 'sweetspot.showLog',
  createExample: 'sweetspot.createExample',
  applyFromDiff: 'sweetspot.applyFromDiff',
  installNative: 'sweetspot.installNative',
  renameStudy: 'sweetspot.renameStudy',
  duplicateStudy: 'sweetspot.duplicateStudy',
  mergeStudies: 'sweetspot.mergeStudies',
  compareStudies: 'sweetspot.compareStudies',
  archiveStudy: 'sweetspot.archiveStudy',
  unarchiveStudy: 'sweetspot.unarchiveStudy',
  showArchived: 'sweetspot.showArchived',
  hideArchived: 'sweetspot.hideArchived',
  repairStudy: 'sweetspot.repairStudy',
  starTrial: 'sweetspot.starTrial',
  excludeTrial: 'sweetspot.excludeTrial',
  includeTrial: 'sweetspot.includeTrial',
  retryTrial: 'sweetspot.retryTrial',
  noteTrial: 'sweetspot.noteTrial',
  tagTrial: 'sweetspot.tagTrial',
  showEnvironment: 'sweetspot.showEnvironment',
  compareEnvironments: 'sweetspot.compareEnvironments',
  openForeign: 'sweetspot.openForeign',
  closeForeign: 'sweetspot.closeForeign',
  continueForeign: 'sweetspot.continueForeign',
  restoreStudy: 'sweetspot.restoreStudy',
  filterTrials: 'sweetspot.filterTrials',
  clearFilter: 'sweetspot.clearFilter',
  verifyTrial: 'sweetspot.verifyTrial',
  replayStudy: 'sweetspot.replayStudy',
  lockTrial: 'sweetspot.lockTrial',
  exportStudy: 'sweetspot.exportStudy',
  importTrials: 'sweetspot.importTrials',
} as const;
export type CommandId = (typeof Command)[keyof typeof Command];

export const View = { studies: 'sweetspot.studies', trials: 'sweetspot.trials' } as const;
export const CONTAINER = 'sweetspot';
/** Type of the results panel: what its serializer is registered for. */
export const RESULTS_PANEL = 'sweetspot.results';
/** Scheme of the virtual documents that show a file with a trial's values. */
export const TRIAL_SCHEME = 'sweetspot';
/** Scheme of the virtual documents that show what results depend on. */
export const ENVIRONMENT_SCHEME = 'sweetspot-environment';
/** Scheme of those that show what the command line says at length. */
export const REPORT_SCHEME = 'sweetspot-report';

/** Context keys that menus and welcome texts test. Lists hold paths, for `resourcePath in …`. */
export interface Contexts {
  'sweetspot.scanned': boolean;
  'sweetspot.hasConfigs': boolean;
  'sweetspot.hasRunning': boolean;
  'sweetspot.configFiles': readonly string[];
  'sweetspot.runningFiles': readonly string[];
  /** Configs with a completed trial: those that have a best. */
  'sweetspot.bestFiles': readonly string[];
  'sweetspot.hasStudies': boolean;
  /** A study has a completed trial. */
  'sweetspot.hasBest': boolean;
  'sweetspot.hasForeign': boolean;
  'sweetspot.hasFilter': boolean;
  /** The study in the side bar's table is filtered. */
  'sweetspot.focusFiltered': boolean;
  'sweetspot.hasArchived': boolean;
  'sweetspot.archivedShown': boolean;
}

/** Settings by their name under `sweetspot.`, with the manifest's defaults. */
export const SETTINGS = {
  nodePath: '',
  'tensorflow.backend': 'auto' as 'auto' | 'embedded' | 'native',
  /** 0: as many as the file says, else one less than there are cores. */
  workers: 0,
  whenWindowCloses: 'stop' as 'stop' | 'finish',
  graceSeconds: 60,
  codeLens: true,
} as const;
export type Settings = typeof SETTINGS;
