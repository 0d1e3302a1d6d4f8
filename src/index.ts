/**
 * The library: `import { createStudy } from 'sweetspot'`, and the types of a user's training module,
 * `import type { Trial } from 'sweetspot'`.
 */
export type { Json } from './core/json.js';
export type { Verdict } from './core/pruners/pruner.js';
export type { Condition, Distribution, Parameter, Params, Space } from './core/space/parameter.js';
export type { AskedTrial, AskTellStudy, CreateStudyOptions, TellOptions } from './core/study/ask-tell.js';
export { createStudy } from './core/study/ask-tell.js';
export type { Direction, Report, Trial as StudyTrial, TrialState } from './core/study/trial.js';
export type { WarmTrial } from './core/study/warm-start.js';
export type { Winner } from './core/study/winner.js';
export type { Train, TrainResult, Trial } from './engine/trial/user-api.js';
