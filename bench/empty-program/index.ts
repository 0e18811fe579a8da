import { getStack } from '@pulumi/pulumi';

/** A program that makes nothing still loads the SDK. */
export const stack = getStack();
