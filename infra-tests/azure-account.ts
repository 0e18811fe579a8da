import { addedTo, type Inputs } from '../tools/engine/azure/outputs.ts';

export { answerTo, location, subscription, tenant } from '../tools/engine/azure/outputs.ts';

/** A resource as it is once it is made: with a name of its own (the logical one and eight digits) where the program gave it none. */
export const outputsOf = (type: string, name: string, inputs: Inputs): { readonly id: string; readonly state: Inputs } => {
  if (type === 'random:index/randomPassword:RandomPassword') return { id: name, state: { ...inputs, result: 'r'.repeat(43) } };
  const { id, name: called, ...added } = addedTo(type, `${name}12345678`, inputs);
  return { id, state: { ...inputs, id, name: called, ...added } };
};
