/** Errors that every other trial would meet as well, so that the study should stop rather than go on. */

/** `message` is shown to the user as it is: it names file, line and remedy. */
export class FatalTrainingError extends Error {
  override readonly name = 'FatalTrainingError';
}
