// Brings what tests need of Python, scikit-learn, PyTorch, PyYAML and Optuna, from Debian's packages, where that is
// possible: on Debian or Ubuntu, as root. Elsewhere it says what to install, and fails in CI: what cannot be tested there must
// not pass unseen.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PACKAGES = ['python3-sklearn', 'python3-torch', 'python3-yaml', 'python3-optuna'];
const MODULES = 'import sklearn, torch, yaml, optuna';

const has = (python) => spawnSync(python, ['-c', MODULES], { stdio: 'ignore' }).status === 0;

function apt(...args) {
  const { status } = spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}

function setUp() {
  if (['python3', '/usr/bin/python3'].some(has))
    return 'Python has scikit-learn, PyTorch, PyYAML and Optuna.';
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (canInstall) {
    console.log(`Installing ${PACKAGES.join(', ')} …`);
    const options = ['-y', '-q', '--no-install-recommends'];
    if (apt('update', '-q') && apt('install', ...options, ...PACKAGES) && has('/usr/bin/python3')) {
      return 'Installed scikit-learn, PyTorch, PyYAML and Optuna.';
    }
  }
  if (process.env.CI) process.exitCode = 1;
  return `The Python examples and the exchange with Optuna will NOT BE TESTED: install ${PACKAGES.join(', ')}, or pip install scikit-learn torch pyyaml optuna.`;
}

console.log(setUp());
