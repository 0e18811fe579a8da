/** The version of the platform and of its API, as the package has it. */
export const platformVersion = '0.1.0';
