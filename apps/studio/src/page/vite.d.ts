/** Styles are brought in by Vite. */
declare module '*.css' {}
