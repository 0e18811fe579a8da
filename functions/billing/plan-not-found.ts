import { type Failure, failed } from '../../domain/kernel/failure.ts';

export const planNotFound = (id: string): Failure<'plan-not-found'> => failed('not-found', 'plan-not-found', `There is no plan "${id}".`);
