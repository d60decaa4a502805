/**
 * A server under load: `load-side.ts FORM STEPS ANSWER SERVER ARG…` starts it, sees whether it says what it should, then
 * asks it over 64 connections for some seconds for each line `run`; a step is a request.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';
import { type Form, requestOf } from './served-files.js';

const [form = '', steps = '', answer = '', file = '', ...args] = process.argv.slice(2);
const CONNECTIONS = 64;
const SECONDS = 4;
const TOLERANCE = 1e-4;

const server = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
const { url, versions } = await started();
const request = { url, method: 'POST' as const, ...(await requestOf(form as Form, url)) };
await check();
await load();
say({ ready: versions });
for await (const line of createInterface({ input: process.stdin })) if (line === 'run') say(await load());
const ended = once(server, 'exit');
server.stdin.end();
await ended;

async function started(): Promise<{ url: string; versions: Record<string, string> }> {
  for await (const line of createInterface({ input: server.stdout })) if (line.startsWith('{')) return JSON.parse(line);
  throw new Error(`${args.join(' ')} ended before it listened`);
}

/** Why: a server that answers fast what is wrong is no rival. */
async function check(): Promise<void> {
  const [expected = []] = JSON.parse(await readFile(answer, 'utf8')) as number[][];
  const said = (await (await fetch(url, { ...request, body: new Uint8Array(request.body) })).json()) as Record<
    string,
    unknown
  >;
  const [output] = (said.outputs ?? []) as { data: number[] }[];
  const values = output?.data ?? ((said.predictions ?? []) as number[][]).flat();
  if (expected.every((value, i) => Math.abs(value - (values[i] ?? Number.NaN)) < TOLERANCE)) return;
  throw new Error(`${url} says ${JSON.stringify(said).slice(0, 200)} instead of ${expected}`);
}

async function load(): Promise<{ ms: number; p99: number }> {
  const result = await autocannon({ ...request, connections: CONNECTIONS, duration: SECONDS });
  const { latency, non2xx, errors } = result;
  if (non2xx + errors > 0) throw new Error(`${url} failed ${non2xx + errors} of ${result.requests.total} requests`);
  return { ms: ((result.duration * 1000) / result['2xx']) * Number(steps), p99: latency.p99 };
}

function say(answer: object): void {
  console.log(JSON.stringify(answer));
}
