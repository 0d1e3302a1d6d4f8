/**
 * Buttons, checkboxes and drop-downs that look like VS Code's: the one importer of the (archived) webview toolkit, so
 * that another library can take its place by changing this file.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
} from '@vscode/webview-ui-toolkit';

/** Defines `vscode-button`, `vscode-checkbox`, `vscode-dropdown` and `vscode-option`. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeDropdown(), vsCodeOption());
}
