/** The version of Headstart, as it stands in what it writes for others. */
export const version = '0.1.0'
