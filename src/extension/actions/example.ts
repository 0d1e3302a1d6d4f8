/** A first annotated config for a workspace that has none: small, self-contained, with its data beside it. */
import { Uri, window, workspace } from 'vscode';

const CONFIG = `# @sweep
#   metric: val_loss
#   stop: {trials: 20}
data:
  csv: ./sweetspot-example.csv   # relative to this file
  target: quality
  validation: 0.25
  standardize: true
model:
  task: regression
  units: [16]              # @tune choice([8], [16], [32], [16, 8])
  activation: relu         # @tune choice(relu, tanh, elu)
optimizer:
  name: adam               # @tune choice(sgd, rmsprop, adam)
  learningRate: 1e-3       # @tune float(1e-4, 1e-1, log)
training:
  epochs: 30               # @tune int(10, 60)
  batchSize: 16            # @tune ordinal(8, 16, 32)
seed: 1
`;

/** A smooth surface with a little fixed unevenness: something a small network can learn within seconds. */
function exampleData(rows = 160): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const heat = (i * 0.618034) % 1;
    const time = (i * 0.754878) % 1;
    const quality = Math.sin(3 * heat) + time * time - heat * time + 0.05 * Math.sin(97 * i);
    return [heat, time, quality].map((value) => value.toFixed(4)).join(',');
  });
  return `heat,time,quality\n${lines.join('\n')}\n`;
}

export async function createExample(): Promise<void> {
  const folder = workspace.workspaceFolders?.[0];
  if (!folder) {
    void window.showInformationMessage('Open a folder first: the example is put into it.');
    return;
  }
  const config = Uri.joinPath(folder.uri, 'sweetspot-example.yaml');
  const data = Uri.joinPath(folder.uri, 'sweetspot-example.csv');
  const encoder = new TextEncoder();
  const there = await workspace.fs.stat(config).then(
    () => true,
    () => false,
  );
  if (!there) {
    await workspace.fs.writeFile(data, encoder.encode(exampleData()));
    await workspace.fs.writeFile(config, encoder.encode(CONFIG));
  }
  await window.showTextDocument(config);
}
