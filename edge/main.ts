import { runNode } from '../runtime/node.ts';
import { edgeSettings } from './config.ts';
import { startEdge } from './edge.ts';

await runNode('edge', edgeSettings, startEdge);
