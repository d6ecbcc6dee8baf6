import { render } from 'preact';
import './styles/index.css';
import { App } from './screens/app.tsx';
import { useTransport } from './state/request.ts';
import './state/theme.ts';
import { service } from './transport/service.ts';

useTransport(service);
render(<App />, document.getElementById('app') as HTMLElement);
