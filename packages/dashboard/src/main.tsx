/** Where the dashboard begins. */
import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import { pauseWhileHidden } from './api/resources.ts';
import { App } from './app.tsx';
import { linkUnderBase } from './base-location.tsx';
import { applyTheme } from './shell/theme.ts';
import { guardAddress } from './state/address-guard.ts';

applyTheme();
guardAddress();
linkUnderBase();
pauseWhileHidden();
const root = document.getElementById('app');
if (!root) throw new Error('the document has no place for the dashboard');
render(<App />, root);
