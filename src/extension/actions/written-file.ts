/** What is offered once a file was written: to open it here or, for what the editor cannot show, to see where it lies. */
import { commands, env, type Uri, window } from 'vscode';

const READABLE = /\.(csv|jsonl?|md|log|txt)$/i;

/** @param file a file or a folder */
export async function offerFile(file: Uri, message: string): Promise<void> {
  const isPage = /\.html$/i.test(file.path);
  const open = isPage ? 'Open in Browser' : READABLE.test(file.path) ? 'Open' : undefined;
  const choice = await window.showInformationMessage(message, ...(open ? [open] : []), 'Show in Explorer');
  if (choice === 'Open in Browser') await env.openExternal(file);
  else if (choice === 'Open') await commands.executeCommand('vscode.open', file);
  else if (choice === 'Show in Explorer') await commands.executeCommand('revealInExplorer', file);
}
