/** *Filter Trials…*: an expression that the tree, the table and the charts of a study all follow. */
import { window } from 'vscode';
import type { Focus } from '../focus.js';
import type { StudyEntry } from '../study-entry.js';
import { filterProblem } from '../trial-filter.js';

export class FilterActions {
  constructor(private readonly focus: Focus) {}

  async filter(entry: StudyEntry): Promise<void> {
    const { text = '', brushes = [] } = this.focus.filterOf(entry.id) ?? {};
    const metric = entry.study.objectives[0]?.metric ?? 'val_loss';
    const wanted = await window.showInputBox({
      title: `Filter the trials of ${entry.name}`,
      value: text,
      placeHolder: `${metric} < 0.1 and state = complete`,
      prompt: 'Names of columns, =, !=, <, >, ~ (contains), and, or, not. No text shows all trials.',
      validateInput: (typed) => filterProblem(entry.study, typed),
    });
    if (wanted === undefined) return;
    this.focus.show(entry.id);
    const filter = wanted.trim() === '' ? { text: '', brushes: [] } : { text: wanted.trim(), brushes };
    this.focus.share({ study: entry.id, what: { kind: 'filtered', filter }, by: this });
  }

  clear(entry: StudyEntry): void {
    const filter = { text: '', brushes: [] };
    this.focus.share({ study: entry.id, what: { kind: 'filtered', filter }, by: this });
  }
}
