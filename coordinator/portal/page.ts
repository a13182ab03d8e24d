import { find } from '../web/dom.ts';
import { type Poll, poll } from '../web/poll.ts';
import { fetchPresentations } from '../web/presentation.ts';
import { Dashboard } from './dashboard.ts';
import { fetchNodes } from './node.ts';
import { forgetToken, keepToken, keptToken } from './token.ts';

const NODES_EVERY_MS = 1_000;
const PRESENTATIONS_EVERY_MS = 3_000;

const signIn = find(document, '.sign-in', HTMLFormElement);
const field = find(signIn, 'input', HTMLInputElement);
const complaint = find(signIn, '.complaint', HTMLElement);
const portal = find(document, '.portal', HTMLElement);
const leave = find(document, '.sign-out', HTMLButtonElement);
const outage = find(document, '.outage', HTMLElement);
let polls: readonly Poll[] = [];
let dashboard: Dashboard | null = null;

/** Shows the sign-in form; with the sentence that the token was wrong when it was. */
function close(refused: boolean): void {
  for (const each of polls) each.stop();
  polls = [];
  forgetToken();
  portal.hidden = leave.hidden = outage.hidden = true;
  signIn.hidden = false;
  complaint.hidden = !refused;
  field.ariaInvalid = String(refused);
  field.select();
  field.focus();
}

/** Shows the portal, once a token has proved right. */
function open(): Dashboard {
  const opening = portal.hidden;
  signIn.hidden = true;
  portal.hidden = leave.hidden = false;
  // Charts measure the place they are drawn in, so it has to be there first.
  dashboard ??= new Dashboard();
  if (opening) polls = [...polls, poll(PRESENTATIONS_EVERY_MS, showPresentations)];
  return dashboard;
}

async function showNodes(token: string): Promise<boolean> {
  const answer = await fetchNodes(token);
  if (keptToken() !== token) return true;
  outage.hidden = answer.kind !== 'silent';
  if (answer.kind === 'refused') close(true);
  if (answer.kind === 'nodes') open().showNodes(answer.nodes, Date.now());
  return answer.kind !== 'silent';
}

async function showPresentations(): Promise<boolean> {
  const items = await fetchPresentations();
  if (items && dashboard) dashboard.showPresentations(items);
  return items !== null;
}

function enter(token: string): void {
  keepToken(token);
  polls = [poll(NODES_EVERY_MS, () => showNodes(token))];
}

signIn.addEventListener('submit', (event) => {
  event.preventDefault();
  const token = field.value.trim();
  if (token !== '') enter(token);
});
leave.addEventListener('click', () => close(false));

const token = keptToken();
if (token === null) close(false);
else enter(token);
