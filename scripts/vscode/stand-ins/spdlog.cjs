// In place of VS Code's native logger, which would need a compiler: plain log files, without rotation.
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const NAMES = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  #file;
  #level = 2;
  #bare = false;

  constructor(_kind, _name, file) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = file;
  }
  #write(level, message) {
    if (level < this.#level) return;
    const text = this.#bare ? message : `${new Date().toISOString()} [${NAMES[level]}] ${message}\n`;
    try {
      appendFileSync(this.#file, text);
    } catch {
      // The profile may be removed while the last processes end.
    }
  }
  trace(message) {
    this.#write(0, message);
  }
  debug(message) {
    this.#write(1, message);
  }
  info(message) {
    this.#write(2, message);
  }
  warn(message) {
    this.#write(3, message);
  }
  error(message) {
    this.#write(4, message);
  }
  critical(message) {
    this.#write(5, message);
  }
  getLevel() {
    return this.#level;
  }
  setLevel(level) {
    this.#level = level;
  }
  setPattern() {}
  clearFormatters() {
    this.#bare = true;
  }
  flush() {}
  drop() {}
}

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = async (name, file) => new Logger('rotating', name, file);
exports.createAsyncRotatingLogger = async (name, file) => new Logger('rotating_async', name, file);
