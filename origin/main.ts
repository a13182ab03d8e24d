import { runNode } from '../runtime/node.ts';
import { originSettings } from './config.ts';
import { startOrigin } from './origin.ts';

await runNode('origin', originSettings, startOrigin);
