import { runNode } from '../runtime/node.ts';
import { coordinatorSettings } from './config.ts';
import { startCoordinator } from './coordinator.ts';

await runNode('coordinator', coordinatorSettings, startCoordinator);
