import type { Decider } from '../kernel/decider.ts';
import { deletionNotBegun, type ModelsFailure, modelExists, modelNotFound } from './failures.ts';

/**
 * A registered model: the name under which versions are kept. While it is `deleting` nothing new may come to refer to it; who asks for its
 * deletion again finishes it. A name may be used again, and goes on with its history and its version numbers.
 */
export type Model =
  | { readonly status: 'absent' }
  | {
      readonly status: 'present' | 'deleting';
      readonly model: string;
      readonly description: string;
      readonly createdAt: string;
      readonly createdBy: string;
    };

export type ModelCommand =
  | { readonly type: 'create'; readonly model: string; readonly description: string; readonly at: string; readonly by: string }
  | { readonly type: 'begin-deletion' | 'cancel-deletion' | 'complete-deletion'; readonly model: string };

export type ModelEvent =
  | {
      readonly type: 'model-created';
      readonly model: string;
      readonly description: string;
      readonly createdAt: string;
      readonly createdBy: string;
    }
  | { readonly type: 'model-deletion-begun' | 'model-deletion-cancelled' | 'model-deleted'; readonly model: string };

export const model: Decider<Model, ModelCommand, ModelEvent, ModelsFailure> = {
  initial: { status: 'absent' },
  decide(command, state) {
    const name = { model: command.model };
    switch (command.type) {
      case 'create':
        if (state.status !== 'absent') return modelExists(command.model);
        return [{ type: 'model-created', ...name, description: command.description, createdAt: command.at, createdBy: command.by }];
      case 'begin-deletion':
        if (state.status === 'absent') return modelNotFound(command.model);
        return state.status === 'deleting' ? [] : [{ type: 'model-deletion-begun', ...name }];
      case 'cancel-deletion':
        return state.status === 'deleting' ? [{ type: 'model-deletion-cancelled', ...name }] : [];
      case 'complete-deletion':
        if (state.status === 'present') return deletionNotBegun();
        return state.status === 'absent' ? [] : [{ type: 'model-deleted', ...name }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'model-created': {
        const { type: _, ...created } = event;
        return { status: 'present', ...created };
      }
      case 'model-deletion-begun':
        return state.status === 'absent' ? state : { ...state, status: 'deleting' };
      case 'model-deletion-cancelled':
        return state.status === 'absent' ? state : { ...state, status: 'present' };
      case 'model-deleted':
        return { status: 'absent' };
    }
  },
};
