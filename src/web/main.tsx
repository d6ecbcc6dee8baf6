import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/goals.css';
import './styles/goal.css';
import './styles/drawer.css';
import './styles/lists.css';
import { App } from './screens/app.tsx';
import { useTransport } from './state/request.ts';
import './state/theme.ts';
import { service } from './transport/service.ts';

useTransport(service);
render(<App />, document.getElementById('app') as HTMLElement);
