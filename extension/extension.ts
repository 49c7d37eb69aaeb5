import * as vscode from 'vscode';
import { explainFile } from './explain-file.ts';

/** Called by VS Code when a workspace with a Cordon policy is opened, or a command of ours is run. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Cordon', { log: true });
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand('cordon.explainFile', async (target?: vscode.Uri) => {
      const uri = target ?? vscode.window.activeTextEditor?.document.uri;
      if (uri?.scheme !== 'file') {
        await vscode.window.showInformationMessage(
          vscode.l10n.t('Cordon: open a file that lies on this machine first.'),
        );
        return;
      }
      const explanation = await explainFile(context.extensionUri.fsPath, uri.fsPath);
      log.info(explanation);
      log.show(true);
    }),
  );
}
