/** Entry of the page's bundle: connects to the extension and shows the page that the host's HTML asks for. */
import './prepare.js';
import { App } from './app.js';
import { registerControls } from './controls.js';
import { connectHost } from './host.js';
import './charts/chart-area.js';
import './charts/curves-chart.js';
import './charts/explorer-chart.js';
import './charts/history-chart.js';
import './page/announcer.js';
import './page/filter-bar.js';
import './page/results-page.js';
import './page/sidebar-page.js';
import './page/study-header.js';
import './page/table-bar.js';
import './page/trial-details.js';
import './table/compact-table.js';
import './table/wide-table.js';
import type { ResultsPage } from './page/results-page.js';
import type { SidebarPage } from './page/sidebar-page.js';

registerControls();

// VS Code pads the body of every webview; our pages reach the edges.
const sheet = new CSSStyleSheet();
sheet.replaceSync('body { margin: 0; padding: 0; overflow: hidden; }');
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
window.addEventListener('contextmenu', () => delete document.body.dataset.vscodeContext, {
  capture: true,
});

const app = new App(connectHost());
const tag = document.body.dataset.page === 'table' ? 'sweet-sidebar' : 'sweet-results';
const page = document.createElement(tag) as ResultsPage | SidebarPage;
page.app = app;
document.body.append(page);
app.feed.refresh();
