#!/usr/bin/env node
import { enter } from './enter.ts';

enter(() => import('./start.js'));
