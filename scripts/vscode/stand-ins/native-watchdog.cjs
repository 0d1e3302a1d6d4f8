// In place of VS Code's native watchdog, which would need a compiler: ends the extension host when the process that
// started it is gone. Unlike the native one it cannot do so while the host's event loop is blocked.
exports.start = (pid) => {
  setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      process.exit(87);
    }
  }, 1000).unref();
};
exports.exit = (code) => process.exit(code);
