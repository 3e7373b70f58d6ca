/** The name of the account that a new data folder begins with. */
export const firstAdministrator = 'admin';
