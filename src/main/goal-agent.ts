#!/usr/bin/env node
import { runProgram } from '../cli/program.ts';
import { readConfig } from './config.ts';
import { init } from './init.ts';
import { serve } from './serve.ts';
import { version } from './version.ts';

const settings = () => readConfig({ env: process.env, cwd: process.cwd() });

process.exitCode = await runProgram(process.argv.slice(2), {
  version,
  serve: () => serve(settings()),
  init: () => init(settings(), (line) => process.stderr.write(`${line}\n`)),
});
