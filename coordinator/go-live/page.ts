import { find, mark, write } from '../web/dom.ts';
import { Broadcast } from './broadcast.ts';
import { capture, stop } from './capture.ts';
import { addressOf, keepKey, keptKey, read } from './credentials.ts';
import { Form } from './form.ts';
import { type Counts, count, rowsOf } from './sending.ts';
import { complaintOf, isOn, lineOf, type State } from './state.ts';
import { captureTrouble } from './trouble.ts';

const REFRESH_MS = 1_000;

const form = new Form(find(document, '.controls', HTMLFormElement));
const preview = find(document, '.preview', HTMLVideoElement);
const placeholder = find(document, '.placeholder', HTMLElement);
const badge = find(document, '.badge', HTMLElement);
const facts = find(document, '.facts', HTMLElement);
const watch = find(document, '.watch', HTMLElement);
let state: State = { kind: 'idle' };
let stream: MediaStream | null = null;
let broadcast: Broadcast | null = null;
let before: Counts | null = null;
/** Keeps a phone awake while it publishes (W3C SCREEN-WAKE-LOCK). */
let awake: WakeLockSentinel | null = null;

function show(next: State): void {
  state = next;
  const { tone, text } = lineOf(state, Date.now());
  write(badge, text);
  mark(badge, 'data-tone', tone);
  form.show(isOn(state), complaintOf(state));
  watch.hidden = state.kind !== 'live';
  document.title = state.kind === 'live' ? `● ${text} · Headwater` : 'Go live · Headwater';
}

/** Opens what the form asks for; gives null, and says why, when it can't be. */
async function open(): Promise<MediaStream | null> {
  close();
  try {
    const opened = await capture(form.wish);
    for (const track of opened.getTracks()) track.addEventListener('ended', end);
    stream = opened;
    preview.srcObject = opened;
    preview.classList.toggle('mirrored', form.wish.source === 'camera');
    placeholder.hidden = true;
    await form.listDevices();
    return opened;
  } catch (error) {
    show({ kind: 'failed', reason: captureTrouble(error).message });
    return null;
  }
}

function close(): void {
  if (stream !== null) stop(stream);
  stream = null;
  preview.srcObject = null;
  placeholder.hidden = false;
}

async function start(): Promise<void> {
  const { credentials } = form;
  keepKey(credentials);
  history.replaceState(null, '', addressOf(credentials.channel));
  find(watch, 'a', HTMLAnchorElement).href = `/?watch=${credentials.channel}`;
  show({ kind: 'connecting' });
  const opened = stream ?? (await open());
  if (opened === null) return;
  before = null;
  broadcast = new Broadcast(opened, credentials, show);
  broadcast.start();
  awake = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
}

function end(): void {
  broadcast?.stop();
  broadcast = null;
  void awake?.release();
  awake = null;
  facts.hidden = true;
  close();
}

async function refresh(): Promise<void> {
  if (state.kind !== 'live') return;
  show(state);
  const report = await broadcast?.stats();
  if (!report) return;
  const now = count(report.values(), performance.now());
  const rows = rowsOf(now, before).map(([term, value]) => {
    const row = document.createElement('div');
    row.append(document.createElement('dt'), document.createElement('dd'));
    write(find(row, 'dt', HTMLElement), term);
    write(find(row, 'dd', HTMLElement), value);
    return row;
  });
  facts.replaceChildren(...rows);
  facts.hidden = false;
  before = now;
}

const given = read(location);
if (given.key !== '') keepKey(given);
history.replaceState(null, '', addressOf(given.channel));
form.fill(given.channel, given.key || keptKey(given.channel));
form.onPreview(() => void open());
form.onStart(() => void start());
form.onStop(end);
form.onChange(() => {
  if (stream !== null && !isOn(state)) void open();
});
addEventListener('pagehide', () => broadcast?.stop());
setInterval(() => void refresh(), REFRESH_MS);
void form.listDevices();
show(state);
